#include "profiler/measure/result.h"

#include <nlohmann/json.hpp>

#include "core/clock.h"
#include "core/provenanced_json.h"
#include "core/time_expression.h"
#include "core/version.h"
#include "models/document/model_json.h"

namespace anemon::profiler {
namespace {

Json outcome_section(const ModelRun& run) {
  Json outcome = Json::object();
  outcome["state"] = name_of(run.end.outcome);
  if (run.ok()) return outcome;
  outcome["phase"] = name_of(run.end.phase);
  if (run.end.exit_status) outcome["exit_status"] = *run.end.exit_status;
  if (run.end.signal) outcome["signal"] = signal_name(*run.end.signal);
  const auto add = [&](const char* key, const std::string& words) {
    if (!words.empty()) outcome[key] = clean_json_text(words);
  };
  add("message", run.message);
  add("hint", run.hint);
  add("last_words", run.end.last_words);
  return outcome;
}

}  // namespace

Json result_document(std::string_view kind, const RunFacts& facts) {
  Json document = Json::object();
  document["schema"] = "anemon.result/1";
  document["created"] = format_time(SystemClock().now().wall);
  document["anemon_version"] = version();
  document["kind"] = kind;
  document["outcome"] = outcome_section(facts.run);
  document["model"] = model_section(facts);
  document["environment"] = environment_section(facts);
  document["configuration"] = configuration_section(facts);
  document["timing"] = timing_section(facts);
  document["throughput"] = throughput_section(facts);
  document["power"] = power_section(facts);
  document["memory"] = memory_section(facts);
  document["ane"] = ane_section(facts);
  document["latency_breakdown"] = latency_breakdown_section(facts);
  document["layers"] = layers_section(facts);
  document["samples"] = samples_section(facts);
  if (facts.study != nullptr) {
    document["placement"] = placement_json(facts.study->analysis(), facts.study->report());
  }
  document["reconciliation"] = reconciliation_section(facts);
  document["findings"] = findings_section(facts);
  document["recommendations"] = recommendations_section(facts);
  document["score"] = score_section(document);
  return document;
}

}  // namespace anemon::profiler
