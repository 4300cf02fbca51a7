// The public structs are a view of documents, and documents can be made of them again.
#include "sdk/profiler/document_view.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/json_access.h"
#include "sdk/profiler/member_table.h"
#include "sdk/profiler/model_advice.h"
#include "sdk/profiler/several_runs.h"
#include "tests/catch.h"

namespace anemon::sdk {
namespace {

Json document() {
  return Json::parse(R"({
    "schema": "anemon.result/1", "kind": "model", "outcome": {"state": "ok"},
    "model": {"name": "net", "path": "/models/net.mlmodel"},
    "timing": {"load_time_ms": 12.5, "inference_time_ms": {"value": 1.25, "low": 1.2, "high": 1.3},
      "provenance": {"load_time_ms": "measured", "inference_time_ms": "measured"},
      "absent": {"compilation_time_ms": "the engine compiles nothing"}},
    "throughput": {"inferences_per_second": 800, "provenance": {"inferences_per_second": "derived"}},
    "power": {"absent": {"average_power_watts": "no source of power"}},
    "memory": {"memory_usage_mb": 30, "peak_memory_mb": 40, "model_memory_mb": 0.5,
      "timeline": [[0, 29], [1, 30.5], ["x", 1]],
      "provenance": {"memory_usage_mb": "measured", "peak_memory_mb": "measured",
        "model_memory_mb": "derived", "timeline": "measured"},
      "basis": {"memory_usage_mb": "resident memory of the runner"}},
    "absent": {"ane": "no daemon answers"},
    "latency_breakdown": {"ane_execution_ms": 1.1, "layer_timings_ms": {"conv": 0.75, "relu": 0.25},
      "provenance": {"ane_execution_ms": "measured", "layer_timings_ms": "measured"}},
    "layers": [{"name": "conv", "time_ms": 0.75, "weight_bytes": 1000000, "input_bytes": 500000},
               {"name": "relu", "time_ms": 0.25}]
  })");
}

template <class Struct>
size_t doubles_before(const Struct& values, const void* member) {
  return static_cast<size_t>(static_cast<const char*>(member) -
                             reinterpret_cast<const char*>(&values)) /
         sizeof(double);
}

// Each row reaches a member of its own.
template <class Struct>
std::set<const double*> reached(Struct& values, std::span<const MemberRow<Struct>> rows) {
  std::set<const double*> members;
  for (const MemberRow<Struct>& row : rows) members.insert(&row.number(values));
  CHECK(members.size() == rows.size());
  return members;
}

TEST_CASE("every number of the structs has a row of the table") {
  ANEPerformanceMetrics metrics;
  const auto members = reached(metrics, metrics_rows());
  CHECK(members.size() ==
        doubles_before(metrics, &metrics.latency_breakdown) +
            doubles_before(metrics.latency_breakdown, &metrics.latency_breakdown.layer_timings_ms));
  CHECK(members.count(&metrics.efficiency_tops_per_watt) == 1);
  CHECK(members.count(&metrics.latency_breakdown.memory_transfer_ms) == 1);
  PowerProfile power;
  CHECK(reached(power, power_rows()).size() == doubles_before(power, &power.timeline));
  MemoryProfile memory;
  CHECK(reached(memory, memory_rows()).size() == doubles_before(memory, &memory.timeline));
}

TEST_CASE("a struct that no call has filled holds no number and says so") {
  ANEPerformanceMetrics metrics;
  for (const auto& row : metrics_rows()) {
    CHECK(std::isnan(row.in(metrics)));
    CHECK(metrics.origins.Of(row.member).origin == ValueOrigin::absent);
    CHECK(metrics.origins.Of(row.member).note == "not measured");
  }
  CHECK(metrics.document == nullptr);
}

TEST_CASE("each member takes its number and its provenance from its own place") {
  // A document in which every member has a value of its own.
  for (const auto& row : metrics_rows()) {
    Json one;
    one[row.section][key_of(row.member)] = 3.5;
    one[row.section]["provenance"][key_of(row.member)] = "derived";
    ANEPerformanceMetrics metrics;
    fill(metrics, one);
    INFO(row.member);
    CHECK(row.in(metrics) == 3.5);
    CHECK(metrics.origins.Of(row.member).origin == ValueOrigin::derived);
    for (const auto& other : metrics_rows()) {
      if (std::string_view(other.member) == row.member) continue;
      CHECK(std::isnan(other.in(metrics)));
    }
  }
}

TEST_CASE("members say whether they are measured or derived, and why they are absent") {
  ANEPerformanceMetrics metrics;
  metrics.tokens_per_second = 5;  // of a call before
  fill(metrics, document());
  const auto told = [&](const char* member) {
    const MemberOrigin& origin = metrics.origins.Of(member);
    return ToString(origin.origin) + (": " + origin.note);
  };
  CHECK(metrics.inference_time_ms == 1.25);
  CHECK(told("inference_time_ms") == "measured: ");
  CHECK(told("inferences_per_second") == "derived: ");
  CHECK(told("memory_usage_mb") == "measured: resident memory of the runner");
  CHECK(told("latency_breakdown.ane_execution_ms") == "measured: ");
  CHECK(told("latency_breakdown.layer_timings_ms") == "measured: ");
  CHECK(metrics.latency_breakdown.layer_timings_ms.at("conv") == 0.75);
  CHECK(std::isnan(metrics.compilation_time_ms));
  CHECK(told("compilation_time_ms") == "absent: the engine compiles nothing");
  CHECK(told("average_power_watts") == "absent: no source of power");
  CHECK(told("ane_utilization_percent") == "absent: no daemon answers");
  CHECK(std::isnan(metrics.tokens_per_second));
  CHECK(told("tokens_per_second") == "absent: not measured");
  CHECK(told("no_such_member") == "absent: not measured");
}

TEST_CASE("a number whose provenance nobody states counts as estimated") {
  ANEPerformanceMetrics metrics;
  fill(metrics, Json{{"timing", {{"load_time_ms", 3}}}});
  CHECK(metrics.origins.Of("load_time_ms").origin == ValueOrigin::estimated);
}

TEST_CASE("of a run that failed the members that it did not reach tell how it ended") {
  const Json failed = Json::parse(R"({"timing": {"load_time_ms": 9,
      "provenance": {"load_time_ms": "measured"}},
    "outcome": {"state": "crashed", "phase": "warm-up", "message": "SIGSEGV", "hint": "try again"}})");
  CHECK(failure_of(failed) == "crashed (warm-up): SIGSEGV; try again");
  CHECK(failure_of(document()).empty());
  ANEPerformanceMetrics metrics;
  fill(metrics, failed);
  CHECK(metrics.load_time_ms == 9);
  CHECK(metrics.origins.Of("inference_time_ms").note == failure_of(failed));
}

TEST_CASE("memory comes with its timeline and with each layer's share") {
  MemoryProfile memory;
  fill(memory, document());
  CHECK(memory.model_memory_mb == 0.5);
  CHECK(memory.origins.Of("model_memory_mb").origin == ValueOrigin::derived);
  REQUIRE(memory.timeline.size() == 2);
  CHECK(memory.timeline[1].mb == 30.5);
  CHECK(memory.layer_memory_mb == std::unordered_map<std::string, double>{{"conv", 1.5}});
}

TEST_CASE("metrics that nobody changed are their document") {
  ANEPerformanceMetrics metrics;
  fill(metrics, document());
  CHECK(document_of(metrics) == document());
}

TEST_CASE("what a program changes is in the document and marked as its own") {
  ANEPerformanceMetrics metrics;
  fill(metrics, document());
  metrics.inference_time_ms = 7;
  metrics.average_power_watts = 2;
  metrics.origins.Set("average_power_watts", {ValueOrigin::measured, "a wall meter"});
  metrics.load_time_ms = kNoNumber;
  const Json changed = document_of(metrics);
  CHECK(number(changed, "/timing/inference_time_ms") == 7);
  CHECK(text(changed, "/timing/provenance/inference_time_ms") == "estimated");
  CHECK(text(changed, "/timing/basis/inference_time_ms") == "set by the program");
  CHECK(text(changed, "/power/provenance/average_power_watts") == "measured");
  CHECK(text(changed, "/power/basis/average_power_watts") == "a wall meter");
  CHECK(at(changed, "/power/absent/average_power_watts").is_null());
  CHECK(at(changed, "/timing/load_time_ms").is_null());
  CHECK(at(changed, "/timing/provenance/load_time_ms").is_null());
  CHECK(text(changed, "/timing/absent/load_time_ms") == "set by the program");
  CHECK(number(changed, "/memory/peak_memory_mb") == 40);
  CHECK_FALSE(at(changed, "/layers").is_null());

  metrics.latency_breakdown.layer_timings_ms["relu"] = 9;
  const Json relayered = document_of(metrics);
  CHECK(number(relayered, "/latency_breakdown/layer_timings_ms/relu") == 9);
  CHECK(at(relayered, "/layers").is_null());
}

TEST_CASE("the score follows what a program changes") {
  ANEPerformanceMetrics metrics;
  fill(metrics, document());
  metrics.efficiency_tops_per_watt = 5;
  CHECK(number(document_of(metrics), "/score/score").value() ==
        Approx(CalculateEfficiencyScore(metrics)));
}

TEST_CASE("metrics that a program made itself become a document") {
  ANEPerformanceMetrics own;
  own.inference_time_ms = 2;
  own.peak_power_watts = std::numeric_limits<double>::infinity();
  own.latency_breakdown.layer_timings_ms = {{"first\xff", 1.5}};
  const Json made = document_of(own);
  CHECK(text(made, "/schema") == "anemon.result/1");
  CHECK(number(made, "/timing/inference_time_ms") == 2);
  CHECK(at(made, "/power/peak_power_watts").is_null());
  CHECK(at(made, "/latency_breakdown/layer_timings_ms").size() == 1);
  ANEPerformanceMetrics again;
  fill(again, made);
  CHECK(again.inference_time_ms == 2);
  CHECK(again.origins.Of("inference_time_ms").note == "set by the program");
}

TEST_CASE("a power profile takes the place of the document's power") {
  Json result = document();
  put_power(result, PowerProfile());
  CHECK(result == document());  // nothing in it

  PowerProfile own;
  own.average_power_watts = 3;
  own.timeline = {{0, 2.5}, {0.1, 3.5}};
  put_power(result, own);
  CHECK(number(result, "/power/average_power_watts") == 3);
  CHECK(at(result, "/power/timeline") == Json::parse("[[0.0,2.5],[0.1,3.5]]"));
  CHECK(text(result, "/power/provenance/timeline") == "estimated");

  const Json measured = Json::parse(R"({"power": {"average_power_watts": 4, "idle_power_watts": 1,
    "timeline": [[0, 4]], "components": {"ane0": 1.5}, "provenance": {"average_power_watts":
    "measured", "idle_power_watts": "measured", "timeline": "measured", "components": "measured"}}})");
  PowerProfile profile;
  fill(profile, measured);
  CHECK(profile.components_watts.at("ane0") == 1.5);
  put_power(result, profile);
  CHECK(result["power"] == measured["power"]);
}

TEST_CASE("a comparison is its runs, the winners and a recommendation") {
  ComparativeResults results;
  Json other = document();
  other["outcome"] = {{"state", "refused"}, {"message", "no GPU"}};
  fill(results, Json{{"runs", {document(), other}},
                     {"comparison",
                      {{"runs", {"all", "cpu-and-gpu"}},
                       {"latency", {{"winner", "all"}, {"speedup", 2.5}, {"words", "all wins"}}},
                       {"standings", {{{"run", "all"}, {"speedup", {{"value", 1.5}}}}}},
                       {"recommendation", "Run it on all."}}}});
  REQUIRE(results.runs.size() == 2);
  CHECK(results.runs[0].name == "all");
  CHECK(results.runs[0].metrics.load_time_ms == 12.5);
  CHECK(results.runs[0].failure.empty());
  CHECK(results.runs[0].speedup == 1.5);
  CHECK(std::isnan(results.runs[1].speedup));
  CHECK(results.runs[1].failure == "refused: no GPU");
  CHECK(results.objectives.at("latency").speedup == 2.5);
  CHECK(results.objectives.count("energy") == 0);
  CHECK(results.recommendation == "Run it on all.");
}

TEST_CASE("a sweep is its points, and the optimum is the one within the limits") {
  BatchProfilingResults results;
  Json sweep = Json::parse(R"({"sweep": {"points": [
      {"batch": 1, "latency_ms": 2, "inferences_per_second": 500},
      {"batch": 4, "latency_ms": 4, "inferences_per_second": 1000, "peak_memory_mb": 12}],
    "optimal": {"throughput": 4, "latency": 1}, "analysis": "Four is best."}})");
  fill(results, sweep);
  REQUIRE(results.measurements.size() == 2);
  CHECK(results.measurements[1].batch_size == 4);
  CHECK(results.measurements[1].peak_memory_mb == 12);
  CHECK(std::isnan(results.measurements[0].energy_per_item_joules));
  CHECK(results.optimal_batch_size == 4);
  CHECK(results.optimal.at("latency") == 1);
  CHECK(results.knee == 0);
  CHECK(results.analysis == "Four is best.");
}

TEST_CASE("advice is the list of a document, and its best alone is the potential") {
  OptimizationRecommendations advice;
  fill(advice, Json::parse(R"([
    {"id": "DT-1", "title": "fp32", "change": "use fp16", "basis": "3 operations",
     "seconds_saved": 0.001, "predicted_speedup": 1.5, "saving": "about 1 ms"},
    {"id": "prune", "title": "prune", "bytes_saved": 2000000, "predicted_speedup": 1.25}])"));
  CHECK(advice.recommendations ==
        std::vector<std::string>{"DT-1: use fp16 (estimated saving: about 1 ms)", "prune: prune"});
  CHECK(advice.details[0].seconds_saved == 0.001);
  CHECK(std::isnan(advice.details[1].seconds_saved));
  CHECK(advice.potential_speedup == 1.5);
  CHECK(advice.origins.Of("potential_speedup").origin == ValueOrigin::estimated);
  CHECK(advice.origins.Of("potential_speedup").note == "DT-1: 3 operations");
  CHECK(advice.potential_memory_saving_mb == 2);
  fill(advice, Json::array());
  CHECK(std::isnan(advice.potential_speedup));
  CHECK(advice.origins.Of("potential_speedup").origin == ValueOrigin::absent);
}

TEST_CASE("documents of any shape are read without a fault") {
  for (const char* text : {R"({"timing": 3, "runs": {}, "sweep": [], "layers": 1})",
                           R"({"timing": {"load_time_ms": "1", "provenance": 3, "absent": []}})",
                           R"({"runs": [1, null], "comparison": {"runs": [2], "latency": 3}})",
                           R"({"sweep": {"points": [3], "optimal": {"latency": "x"}}})"}) {
    const Json strange = Json::parse(text);
    ANEPerformanceMetrics metrics;
    fill(metrics, strange);
    CHECK(std::isnan(metrics.load_time_ms));
    ComparativeResults compared;
    fill(compared, strange);
    BatchProfilingResults swept;
    fill(swept, strange);
    MemoryProfile memory;
    fill(memory, strange);
    PowerProfile power;
    fill(power, strange);
    CHECK(power.timeline.empty());
  }
}

}  // namespace
}  // namespace anemon::sdk
