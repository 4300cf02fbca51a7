#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json_access.h"
#include "core/provenanced_json.h"
#include "profiler/measure/document_edit.h"
#include "profiler/measure/item_shapes.h"
#include "profiler/measure/model_run.h"
#include "profiler/measure/questions.h"
#include "profiler/measure/several_runs.h"
#include "profiler/measure/studied_model.h"

namespace anemon::profiler {
namespace {

std::vector<uint64_t> ordered(std::vector<uint64_t> sizes) {
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  if (sizes.empty()) throw Error("no batch sizes to measure");
  for (const uint64_t size : {sizes.front(), sizes.back()}) {
    if (size >= 1 && size <= kMaxItems) continue;
    throw Error(fmt::format("a batch of {} items", size),
                fmt::format("1 to {} go into one prediction call", kMaxItems));
  }
  return sizes;
}

// How a size gets into a call, the same way for all of them.
class Batching {
 public:
  Batching(const RunRequest& request, const std::vector<uint64_t>& sizes) {
    if (!request.shapes.empty()) return;
    try {
      inputs_ = interface_of(request).inputs;
    } catch (const Error&) {
      return;  // a format of the runner's own, or the run will tell
    }
    by_shape_ = takes_batches(inputs_, sizes);
  }

  RunRequest request(RunRequest run, uint64_t size) const {
    if (by_shape_) {
      run.shapes = batch_shapes(inputs_, size);
      run.items = 1;
    } else {
      run.items = size;
    }
    return run;
  }
  const char* words() const {
    return by_shape_ ? "by shape: the model is loaded for each size"
                     : "by items: each call is given so many inputs of the model's shape";
  }
  bool by_shape() const { return by_shape_; }

 private:
  std::vector<models::Feature> inputs_;
  bool by_shape_ = false;
};

Json point_of(const Json& document, uint64_t size) {
  ProvenancedJson point;
  point.set("batch", size);
  if (!went_well(document)) {
    point.set("outcome", document.at("outcome"));
    return point.take();
  }
  point.number("latency_ms", number(document, "/timing/inference_time_ms"), Provenance::measured);
  point.number("inferences_per_second", number(document, "/throughput/inferences_per_second"),
               Provenance::derived);
  point.number_or(
      "energy_per_item_joules", number(document, "/power/energy_per_inference_joules"),
      resting_on(document, "power", "energy_per_inference_joules"),
      why_absent(document, "power", "energy_per_inference_joules", "no energy was measured"));
  point.number_or("peak_memory_mb", number(document, "/memory/peak_memory_mb"),
                  Provenance::measured,
                  why_absent(document, "memory", "peak_memory_mb", "no memory was measured"));
  return point.take();
}

// Of a point that went well and has what a choice is made by.
std::optional<BatchPoint> choosable(const Json& point) {
  const auto latency = number(point, "/latency_ms");
  const auto throughput = number(point, "/inferences_per_second");
  if (!latency || !throughput || *latency <= 0 || *throughput <= 0) return std::nullopt;
  BatchPoint result{point.at("batch").get<size_t>(), *throughput, *latency / 1e3, {}, {}};
  result.energy = number(point, "/energy_per_item_joules");
  if (const auto memory = number(point, "/peak_memory_mb")) result.memory = *memory * 1e6;
  return result;
}

Json optimal_json(const BatchChoice& choice) {
  Json optimal = Json::object();
  const auto set = [&](const char* key, const std::optional<size_t>& size) {
    if (size) optimal[key] = *size;
  };
  set("throughput", choice.throughput);
  set("latency", choice.latency);
  set("energy", choice.energy);
  set("within_limits", choice.within_limits);
  return optimal;
}

Json sweep_json(const std::vector<Json>& points, const BatchLimits& limits, const char* batching) {
  Json sweep = Json::object();
  sweep["points"] = points;
  sweep["batching"] = batching;
  std::vector<BatchPoint> good;
  std::vector<std::string> failed;
  for (const Json& point : points) {
    if (const auto usable = choosable(point)) {
      good.push_back(*usable);
    } else {
      const std::string state = text(point, "/outcome/state");
      failed.push_back(fmt::format("{} ({})", point.at("batch").get<uint64_t>(),
                                   state.empty() ? "no latency" : state));
    }
  }
  std::string analysis = "No size could be measured.";
  if (!good.empty()) {
    const BatchChoice choice = choose_batch(good, limits);
    if (choice.knee) sweep["knee"] = *choice.knee;
    sweep["optimal"] = optimal_json(choice);
    analysis = choice.words;
  }
  if (!failed.empty()) analysis += fmt::format(" Failed: size {}.", fmt::join(failed, ", "));
  if (limits.latency) sweep["limits"]["latency_ms"] = 1e3 * *limits.latency;
  if (limits.memory) sweep["limits"]["memory_mb"] = *limits.memory / 1e6;
  sweep["analysis"] = std::move(analysis);
  return sweep;
}

}  // namespace

Json sweep_batches(const BatchRequest& request, const Asking& asking) {
  const std::vector<uint64_t> sizes = ordered(request.sizes);
  for (const auto& limit : {request.limits.latency, request.limits.memory}) {
    if (limit && !(*limit > 0)) throw Error("a limit that is not above 0");
  }
  const Batching batching(request.run, sizes);
  std::vector<Json> documents, points;
  for (const uint64_t size : sizes) {
    const RunRequest run = batching.request(one_of_several(request.run), size);
    Asking one = asking;
    if (asking.progress) {
      one.progress = [&](const std::string& line) {
        asking.progress(fmt::format("batch {}: {}", size, line));
      };
    }
    Json document = profile_model(run, one);
    if (batching.by_shape() && went_well(document)) count_items(document, size);
    points.push_back(point_of(document, size));
    documents.push_back(std::move(document));
    if (text(documents.back(), "/outcome/state") == "interrupted") break;
  }
  Json document = document_of_runs("batch", std::move(documents), 1);
  document["configuration"]["sizes"] = sizes;
  document["sweep"] = sweep_json(points, request.limits, batching.words());
  return document;
}

}  // namespace anemon::profiler
