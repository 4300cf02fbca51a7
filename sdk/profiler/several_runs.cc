#include "sdk/profiler/several_runs.h"

#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "sdk/profiler/document_view.h"

namespace anemon::sdk {
namespace {

constexpr const char* kObjectives[] = {"latency", "throughput", "energy", "memory"};

std::string name_of_run(const Json& comparison, const Json& run, size_t index) {
  const auto names = comparison.find("runs");
  if (names != comparison.end() && names->is_array() && index < names->size() &&
      (*names)[index].is_string()) {
    return (*names)[index].get<std::string>();
  }
  return text(run, "/environment/compute_units");
}

size_t size_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || !found->is_number() ? 0 : found->get<size_t>();
}

// A number, or the value of an estimate with its interval.
double number_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return kNoNumber;
  const Json& value = found->is_object() ? at(*found, "/value") : *found;
  return value.is_number() ? value.get<double>() : kNoNumber;
}

const Json& object_at(const Json& document, const char* pointer) {
  static const Json kNone = Json::object();
  const Json& found = at(document, pointer);
  return found.is_object() ? found : kNone;
}

const Json& list_at(const Json& document, const char* pointer) {
  static const Json kNone = Json::array();
  const Json& found = at(document, pointer);
  return found.is_array() ? found : kNone;
}

}  // namespace

void fill(ComparativeResults& results, const Json& document) {
  results = {};
  const Json& comparison = object_at(document, "/comparison");
  results.recommendation = text(comparison, "/recommendation");
  const Json& runs = list_at(document, "/runs");
  for (size_t i = 0; i < runs.size(); ++i) {
    ComparedRun run;
    run.name = name_of_run(comparison, runs[i], i);
    run.engine = text(runs[i], "/environment/engine");
    run.failure = failure_of(runs[i]);
    fill(run.metrics, runs[i]);
    run.agreement_cosine = number_at(object_at(runs[i], "/agreement"), "cosine");
    run.agreement_max_error = number_at(object_at(runs[i], "/agreement"), "max_error");
    const Json& standings = list_at(comparison, "/standings");
    if (i < standings.size()) run.speedup = number_at(standings[i], "speedup");
    results.runs.push_back(std::move(run));
  }
  for (const char* objective : kObjectives) {
    const auto found = comparison.find(objective);
    if (found == comparison.end() || !found->is_object()) continue;
    results.objectives[objective] = {text(*found, "/winner"), number_at(*found, "speedup"),
                                     text(*found, "/words")};
  }
  results.document = kept_text(document);
}

void fill(BatchProfilingResults& results, const Json& document) {
  results = {};
  const Json& sweep = object_at(document, "/sweep");
  results.analysis = text(sweep, "/analysis");
  results.knee = size_at(sweep, "knee");
  for (const auto& [objective, size] : object_at(sweep, "/optimal").items()) {
    if (size.is_number()) results.optimal[objective] = size.get<size_t>();
  }
  for (const char* objective : {"within_limits", "throughput"}) {
    const auto found = results.optimal.find(objective);
    if (found == results.optimal.end()) continue;
    results.optimal_batch_size = found->second;
    break;
  }
  for (const Json& point : list_at(sweep, "/points")) {
    results.measurements.push_back({size_at(point, "batch"), number_at(point, "latency_ms"),
                                    number_at(point, "inferences_per_second"),
                                    number_at(point, "energy_per_item_joules"),
                                    number_at(point, "peak_memory_mb")});
  }
  results.document = kept_text(document);
}

}  // namespace anemon::sdk
