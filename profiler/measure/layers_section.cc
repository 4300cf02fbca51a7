#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "core/provenanced_json.h"
#include "profiler/coreml/compute_plan.h"
#include "profiler/measure/result.h"
#include "profiler/measure/run_work.h"

namespace anemon::profiler {
namespace {

// An operation as the model's file has it.
struct Static {
  const models::AnalysedOperation* operation = nullptr;
  size_t index = 0;  // in its function
  const std::string* where = nullptr;
  const models::PlacedOperation* placed = nullptr;
};

std::vector<Static> operations_in_file(const std::vector<StudiedFunction>& functions) {
  std::vector<Static> all;
  for (const StudiedFunction& function : functions) {
    std::unordered_map<size_t, const models::PlacedOperation*> placed;
    if (function.placement != nullptr) {
      for (const models::PlacedOperation& each : function.placement->operations) {
        placed[each.operation] = &each;
      }
    }
    const auto& operations = function.analysis->operations;
    for (size_t i = 0; i < operations.size(); ++i) {
      const models::Operation& operation = *operations[i].operation;
      if (operation.type == "const" || models::is_constant_expression(operation)) continue;
      const auto found = placed.find(i);
      all.push_back(
          {&operations[i], i, &function.where, found == placed.end() ? nullptr : found->second});
    }
  }
  return all;
}

// Engines call operations by the author's names. Where several have one name, engine and file name
// them in the same order.
class ByName {
 public:
  explicit ByName(const std::vector<Static>& all) {
    for (const Static& each : all) rows_[each.operation->operation->name].push_back(&each);
  }

  const Static* next(const std::string& name) {
    const auto found = rows_.find(name);
    if (name.empty() || found == rows_.end()) return nullptr;
    size_t& used = used_[name];
    return used < found->second.size() ? found->second[used++] : nullptr;
  }

 private:
  std::unordered_map<std::string, std::vector<const Static*>> rows_;
  std::unordered_map<std::string, size_t> used_;
};

struct Layer {
  const OperationTime* time = nullptr;
  const Static* in_file = nullptr;
};

std::vector<Layer> layers_of(const ModelRun& run, const std::vector<Static>& in_file) {
  std::vector<Layer> layers;
  if (run.operations.empty()) {
    for (const Static& each : in_file) layers.push_back({nullptr, &each});
    return layers;
  }
  ByName by_name(in_file);
  for (const OperationTime& time : run.operations) {
    layers.push_back({&time, by_name.next(time.name)});
  }
  return layers;
}

std::unordered_map<std::string, std::string> planned_devices(const ModelRun& run) {
  std::unordered_map<std::string, std::string> devices;
  if (!run.plan) return devices;
  for (const PlannedOperation& each : run.plan->operations) {
    if (each.preferred) devices[each.name] = models::name_of(*each.preferred);
  }
  return devices;
}

// Multiply-accumulates that an operation does besides its own, for those fused into it.
std::unordered_map<std::string, uint64_t> fused_macs(const std::vector<Layer>& layers) {
  std::unordered_map<std::string, uint64_t> macs;
  for (const Layer& each : layers) {
    if (each.time != nullptr && !each.time->fused_into.empty() && each.in_file != nullptr) {
      macs[each.time->fused_into] += each.in_file->operation->cost.macs;
    }
  }
  return macs;
}

void add_cost(ProvenancedJson& layer, const models::OperationCost& cost) {
  const auto count = [&](const char* key, uint64_t value) {
    if (cost.complete || value > 0) layer.number(key, Json(value), Provenance::derived);
  };
  count("macs", cost.macs);
  layer.number("weight_bytes", Json(cost.weight_bytes_stored), Provenance::derived);
  count("input_bytes", cost.input_bytes);
  count("output_bytes", cost.output_bytes);
  if (cost.complete && cost.flops() > 0) {
    layer.number("arithmetic_intensity", Json(cost.arithmetic_intensity()), Provenance::derived);
  }
}

// What is said of where it runs is of the chip's engines; of an engine of another kind, like the
// reference engine, no roof is known, and so no bound.
void add_placement(ProvenancedJson& layer, const models::PlacedOperation& placed, bool on_chip) {
  if (!placed.engine) return;
  layer.number("predicted_engine", Json(models::name_of(*placed.engine)), Provenance::estimated);
  const models::EngineCost& cost = placed.costs[static_cast<size_t>(*placed.engine)];
  if (!on_chip || cost.confidence == models::Confidence::none || cost.bound.empty()) return;
  layer.number("bound", Json(cost.bound == "compute" ? "compute" : "memory"),
               Provenance::estimated);
}

}  // namespace

Json layers_section(const RunFacts& facts) {
  const ModelRun& run = facts.run;
  const std::vector<StudiedFunction> functions = functions_of_run(facts, true);
  const std::vector<Static> in_file = operations_in_file(functions);
  const std::vector<Layer> layers = layers_of(run, in_file);
  const auto devices = planned_devices(run);
  const auto fused = fused_macs(layers);
  const bool on_chip = run.hello && run.hello->engine.name == "coreml";
  const auto calls = static_cast<double>(run.operation_calls.size());
  const double of_calls =
      std::accumulate(run.operation_calls.begin(), run.operation_calls.end(), 0.0);
  const auto items = static_cast<double>(run.request.items);

  Json rows = Json::array();
  for (const Layer& each : layers) {
    ProvenancedJson layer;
    const models::Operation* const operation =
        each.in_file == nullptr ? nullptr : each.in_file->operation->operation;
    const std::string& name = each.time != nullptr ? each.time->name : operation->name;
    layer.text("name", name);
    layer.text("type", each.time != nullptr       ? each.time->type
                       : operation->layer.empty() ? operation->type
                                                  : operation->layer);
    if (each.in_file != nullptr) {
      layer.text("function", *each.in_file->where);
      layer.set("index", each.in_file->index);
    }
    std::optional<double> seconds;
    if (each.time != nullptr) {
      layer.text("fused_into", each.time->fused_into);
      if (each.time->fused_into.empty() && calls > 0)
        seconds = to_seconds(each.time->total) / calls;
    }
    if (seconds) {
      layer.number("time_ms", Json(to_ms(*seconds)), Provenance::measured);
      if (of_calls > 0) {
        layer.number("time_share", Json(*seconds * calls / of_calls), Provenance::derived);
      }
    }
    if (each.in_file != nullptr) {
      const models::OperationCost& cost = each.in_file->operation->cost;
      add_cost(layer, cost);
      const auto more = fused.find(name);
      const uint64_t macs = cost.macs + (more == fused.end() ? 0 : more->second);
      if (seconds && *seconds > 0 && cost.complete && macs > 0) {
        layer.number("achieved_tops", Json(2 * static_cast<double>(macs) * items / *seconds / 1e12),
                     Provenance::derived);
      }
      if (each.in_file->placed != nullptr) add_placement(layer, *each.in_file->placed, on_chip);
    }
    if (const auto device = devices.find(name); device != devices.end()) {
      layer.number("planned_device", Json(device->second), Provenance::estimated);
    }
    rows.push_back(layer.take());
  }
  return rows;
}

}  // namespace anemon::profiler
