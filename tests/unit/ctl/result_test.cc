// Results (anemon.result/1) as anemonctl shows them: documents written by hand, output byte for
// byte.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "ctl/result_advice.h"
#include "ctl/result_text.h"
#include "ctl/result_values.h"
#include "ctl/words.h"
#include "profiler/history/history.h"
#include "tests/catch.h"
#include "tests/golden.h"
#include "tests/scratch_directory.h"
#include "tests/unit/ctl/ctl_run.h"

namespace anemon::test {
namespace {

std::shared_ptr<const Json> document(std::string_view text) {
  return std::make_shared<const Json>(Json::parse(text));
}

// Of the reference engine, on a machine without power.
constexpr std::string_view kModel = R"json({
  "schema": "anemon.result/1", "id": "20261122-145102-k3f9", "created": "2026-11-22T14:51:02.000Z",
  "kind": "model", "outcome": {"state": "ok"},
  "model": {"name": "mnistCNN", "path": "mnistCNN.mlmodel"},
  "environment": {"chip": "AMD EPYC", "os": "linux", "os_version": "12", "engine": "reference (CPU)",
                           "engine_version" : "oneDNN 2.6.3",
                           "compute_units" : "cpu-only",
                           "threads" : 1,
                           "provenance" : {
  "threads" : "measured"
}
}
,
  "timing": {"load_time_ms": 12.5, "first_inference_ms": 1.8, "inference_time_ms": 0.0551234,
    "mean_ms": 0.0561, "percentiles": {"p50": {"value": 0.0551234, "low": 0.0542, "high": 0.0563},
    "p90": {"value": 0.0612, "low": 0.06, "high": 0.0621}}, "after_idle_ms": {"0.1": 0.21, "3": 0.9},
    "iterations": 18120, "steady": true, "steadiness": "steady after 110 of 810 iterations",
    "outliers": "3 of 18120 calls are far from the others",
    "provenance": {"load_time_ms": "measured", "first_inference_ms": "measured",
      "inference_time_ms": "measured", "mean_ms": "measured", "percentiles": "measured",
      "after_idle_ms": "measured", "iterations": "measured"},
    "absent": {"cached_load_time_ms": "the engine compiles nothing"}},
  "throughput": {"inferences_per_second": 18123.4, "batch": 1, "effective_tops": 0.0123,
    "provenance": {"inferences_per_second": "derived", "batch": "measured",
      "effective_tops": "derived"}},
  "power": {"absent": {"average_power_watts": "no daemon answers", "peak_power_watts":
    "no daemon answers", "energy_joules": "no daemon answers", "efficiency_tops_per_watt":
    "no daemon answers", "temperature_celsius": "no sensor"}},
  "memory": {"memory_usage_mb": 14.2, "peak_memory_mb": 15.04, "activation_memory_mb": 0.25,
    "timeline": [[0, 14], [1, 14.2]],
    "provenance": {"memory_usage_mb": "measured", "peak_memory_mb": "measured",
      "activation_memory_mb": "estimated", "timeline": "measured"}},
  "latency_breakdown": {"ane_execution_ms": 0.054, "layer_timings_ms": {"conv": 0.04},
    "provenance": {"ane_execution_ms": "measured", "layer_timings_ms": "measured"},
    "absent": {"memory_transfer_ms": "the engine does not tell it apart"}},
  "layers": [
    {"name": "relu", "type": "relu", "time_ms": 0.01, "time_share": 0.2,
     "provenance": {"time_ms": "measured", "time_share": "derived"}},
    {"name": "conv", "type": "convolution", "time_ms": 0.04, "time_share": 0.8, "macs": 1234567,
     "achieved_tops": 0.06, "bound": "compute", "predicted_engine": "ANE",
     "provenance": {"time_ms": "measured", "macs": "derived", "achieved_tops": "derived"}},
    {"name": "bias", "type": "add", "fused_into": "conv"}],
  "score": {
  "performance" : 40, "memory" : 18.88,
      "missing" : ["TOPS per watt"],
                  "provenance" : {"performance" : "derived", "memory" : "derived"},
                                 "absent" : {
    "score" : "missing: TOPS per watt (no daemon answers)",
              "power" : "missing: TOPS per watt (no daemon answers)"
  }
}
})json";

constexpr std::string_view kPower = R"json({
  "schema": "anemon.result/1", "kind": "power", "outcome": {"state": "ok"},
  "model": {"name": "resnet"},
  "environment": {"chip": "Apple M4", "os": "macos", "os_version": "15.1", "os_build": "24B83",
    "engine": "coreml", "compute_units": "all", "power_source": "battery", "low_power_mode": true,
    "thermal_pressure": "nominal"},
  "timing": {"inference_time_ms": 1.02},
  "power": {"average_power_watts": 2.41, "peak_power_watts": 3.1, "net_power_watts": 2.2,
    "energy_joules": 72.3, "energy_per_inference_joules": 0.00245, "interval_seconds": 30.1,
    "efficiency_tops_per_watt": 3.25, "relative_precision": 0.034,
    "components": {"ane": 1.9, "cpu": 0.51}, "temperature_celsius": 41.5,
    "provenance": {"average_power_watts": "measured", "peak_power_watts": "measured",
      "net_power_watts": "estimated", "energy_joules": "measured",
      "energy_per_inference_joules": "derived", "interval_seconds": "measured",
      "efficiency_tops_per_watt": "estimated", "relative_precision": "derived",
      "components": "measured", "temperature_celsius": "measured"}},
  "ane": {"ane_utilization_percent": 41, "signal": "clock", "clock_hertz": 1.4e9, "active": true,
    "provenance": {"ane_utilization_percent": "measured", "clock_hertz": "measured"}},
  "reconciliation": {"verdict": "agrees", "words": "Planned for the Neural Engine, and it was busy."},
  "score": {"score": 62.1, "performance": 39.2, "power": 13, "memory": 9.9,
    "provenance": {"score": "estimated", "performance": "derived", "power": "estimated",
      "memory": "derived"}},
  "recommendations": [
    {"id": "DT-1", "title": "Convert to fp16", "change": "convert with compute_precision=FLOAT16",
     "basis": "fp32 runs on the CPU", "confidence": "measured elsewhere", "seconds_saved": 0.00042,
     "bytes_saved": 2500000, "provenance": {"seconds_saved": "estimated", "bytes_saved": "derived"}},
    {"title": "Use batches of 8", "text": "three in a call are three times as fast"}]
})json";

constexpr std::string_view kCompare = R"json({
  "schema": "anemon.result/1", "id": "20261122-145103-aaaa", "kind": "compare",
  "outcome": {"state": "ok"}, "model": {"name": "resnet"}, "environment": {"chip": "Apple M4"},
  "runs": [
    {"outcome": {"state": "ok"}, "environment": {"engine": "coreml", "compute_units": "cpu-and-ane"},
     "timing": {"inference_time_ms": 1.02,
       "percentiles": {"p50": {"value": 1.02, "low": 1.01, "high": 1.03}}},
     "throughput": {"inferences_per_second": 980.4},
     "power": {"energy_per_inference_joules": 0.00245, "efficiency_tops_per_watt": 3.2,
       "provenance": {"efficiency_tops_per_watt": "estimated"}},
     "memory": {"peak_memory_mb": 15}},
    {"outcome": {"state": "ok"}, "environment": {"engine": "coreml", "compute_units": "cpu-only"},
     "timing": {"inference_time_ms": 4.1}, "memory": {"peak_memory_mb": 14},
     "agreement": {"cosine": 0.99998, "max_error": 0.0021, "reference": "coreml, cpu-and-ane"}},
    {"outcome": {"state": "crashed", "phase": "load"},
     "environment": {"engine": "coreml", "compute_units": "cpu-and-gpu"}}],
  "comparison": {"runs": ["coreml, cpu-and-ane", "coreml, cpu-only", "coreml, cpu-and-gpu"],
    "latency": {"winner": "coreml, cpu-and-ane", "speedup": 4.0,
      "words": "coreml, cpu-and-ane is fastest: 4.0 times as fast as coreml, cpu-only."},
    "energy": {"words": "energy: nothing to compare"},
    "standings": [{"run": "coreml, cpu-and-ane", "latency_ms": 1.04},
      {"run": "coreml, cpu-only", "latency_ms": 4.16,
       "speedup": {"value": 0.25, "low": 0.24, "high": 0.26}},
      {"run": "coreml, cpu-and-gpu"}],
    "recommendation": "Run it on the Neural Engine."}
})json";

constexpr std::string_view kBatch = R"json({
  "schema": "anemon.result/1", "kind": "batch", "outcome": {"state": "ok"},
  "model": {"name": "resnet"}, "environment": {"engine": "reference (CPU)"
}
, "runs" : [ {"outcome" : {"state" : "ok"}} ], "sweep" : {
  "points": [
      {"batch": 1, "latency_ms": 1.4, "inferences_per_second": 714.3, "peak_memory_mb": 14},
      {"batch": 2, "latency_ms": 1.8, "inferences_per_second": 1111.1, "peak_memory_mb": 15},
      {"batch": 4, "latency_ms": 2.6, "inferences_per_second": 15384.6}],
    "knee": 2, "optimal": {"throughput": 4, "latency": 1, "within_limits": 2},
    "analysis": "Throughput grows little beyond 2."
}
})json";

constexpr std::string_view kAb = R"json({
  "schema": "anemon.result/1", "kind": "ab", "outcome": {"state": "ok"},
  "model": {"name": "a and b"},
  "runs": [{"outcome": {"state": "ok"}, "model": {"name": "a"}, "timing": {"inference_time_ms": 2}},
           {"outcome": {"state": "ok"}, "model": {"name": "b"}, "timing": {"inference_time_ms": 1}}],
  "verdict": {"verdict": "faster", "words": "B is faster by 50 %", "median_a_ms": 2.1,
    "median_b_ms": 1.05, "shift_ms": {"value": -1.05, "low": -1.1, "high": -1}, "p_value": 0.0002,
    "provenance": {"median_a_ms": "measured", "median_b_ms": "measured", "shift_ms": "derived",
      "p_value": "derived"},
    "absent": {"runs_to_decide": "it is decided"}}
})json";

constexpr std::string_view kFailed = R"json({
  "schema": "anemon.result/1", "id": "20261122-145104-bbbb", "kind": "model",
  "outcome": {"state": "out of memory", "phase": "first inference", "message": "more than 2 GiB",
    "hint": "--memory-limit"},
  "model": {"name": "huge"}, "environment": {"engine": "reference (CPU)"
}
, "timing" : {
  "load_time_ms" : 900, "provenance" : {"load_time_ms" : "measured"}, "absent" : {
    "inference_time_ms" : "the run ended before"
  }
}
})json";

// Names that programs and files choose.
constexpr std::string_view kHostile = R"json({
  "schema": "anemon.result/1", "id": "x\u001b[2J", "kind": "model", "outcome": {"state": "ok"},
  "model": {"name": "a\u001b]0;title\u0007\r\nb"},
  "environment": {"engine": "mine\u001b[31m", "chip": "\u202egpj.exe"},
  "timing": {"inference_time_ms": 1, "steadiness": "\u001b[1mbold",
    "absent": {"evil\u001b[2J": "because\u001b[2J\nof it"}},
  "layers": [{"name": "=cmd|' /C calc'!A0\u001b[2J", "type": "conv\nconv", "time_ms": 1}],
  "reconciliation": {"words": "\u009b31mred"},
  "recommendations": [{"id": "\u001b[2J", "title": "\u001b[2J", "change": "\u001b[2J"}]
})json";

std::string shown(const Report& report, Format format, int width = 80) {
  Output output;
  output.format = format;
  output.terminal.width = width;
  return report_text(report, output);
}

TEST_CASE("every kind of result is shown as its golden file", "[golden]") {
  const std::vector<std::pair<std::string, std::string_view>> documents = {
      {"model", kModel}, {"power", kPower},   {"compare", kCompare}, {"batch", kBatch},
      {"ab", kAb},       {"failed", kFailed}, {"hostile", kHostile}};
  for (const auto& [name, text] : documents) {
    const Report report = result_report(document(text));
    check_golden("ctl/result-" + name + ".table", shown(report, Format::table));
    check_golden("ctl/result-" + name + ".csv", shown(report, Format::csv));
    check_golden("ctl/result-" + name + ".markdown", shown(report, Format::markdown));
    const std::string narrow = shown(report, Format::table, 80);
    for (const auto line : split(narrow, '\n')) {
      CAPTURE(line);
      CHECK((display_width(line) <= 80 || line.starts_with("next: ")));
    }
  }
  check_golden("ctl/result-score.table", shown(score_report(document(kPower)), Format::table));
  check_golden("ctl/result-no-score.table", shown(score_report(document(kModel)), Format::table));
  check_golden("ctl/result-advice.table", shown(advice_report(document(kPower)), Format::table));
}

TEST_CASE("no result makes a terminal obey") {
  for (const Format format : {Format::table, Format::markdown}) {
    for (const Report& report :
         {result_report(document(kHostile)), advice_report(document(kHostile)),
          score_report(document(kHostile))}) {
      const std::string text = shown(report, format);
      CHECK(text.find('\x1b') == text.npos);
      CHECK(text.find("\xc2\x9b") == text.npos);
      CHECK(text.find("\xe2\x80\xae") == text.npos);
      CHECK(text.find('\x07') == text.npos);
    }
  }
}

TEST_CASE("numbers have four digits that mean something, and a unit to be read in") {
  CHECK(digits_text(0) == "0");
  CHECK(digits_text(0.0551234) == "0.05512");
  CHECK(digits_text(1.5) == "1.5");
  CHECK(digits_text(999.96) == "1000");
  CHECK(digits_text(9999.6) == "10 000");
  CHECK(digits_text(18123.4) == "18 120");
  CHECK(digits_text(-18123.4) == "-18 120");
  CHECK(digits_text(1234567) == "1 235 000");
  CHECK(digits_text(1e-7) == "1e-07");
  CHECK(quantity_text(0.00245, "J") == "2.45 mJ");
  CHECK(quantity_text(0, "J") == "0 J");
  CHECK(quantity_text(1.4e9, "Hz") == "1.4 GHz");
  CHECK(quantity_text(0.0000000021, "J") == "0.0021 uJ");
  CHECK(quantity_text(-0.5, "W", true) == "~-500 mW");
  CHECK(quantity_text(0.0551234, "ms") == "0.05512 ms");
}

TEST_CASE("an empty result is no crash and claims nothing") {
  const Report report = result_report(document(R"({"schema": "anemon.result/1"})"));
  CHECK(report.headline == "a model: nothing was measured");
  for (const Table& table : report.tables) CHECK(table.rows.empty());
  CHECK(shown(report, Format::csv) == "section,metric,value,low,high,unit,provenance\n");
  CHECK(shown(advice_report(document("{}")), Format::table) ==
        "a model: nothing was measured; nothing that the numbers support\n");
}

// Of what is no number where one is expected, nothing is claimed.
TEST_CASE("a result with members of other types is shown as far as it goes") {
  const Report report = result_report(document(
      R"json({"kind": 3, "outcome": [], "model": "x", "timing": {"inference_time_ms": "1", "mean_ms": null,
          "percentiles": [1], "absent": 4, "provenance": []}, "layers": [1, {"time_ms": "2"}, null],
          "runs": 5, "comparison": 1, "sweep": {"points": [3], "optimal": 4}, "score": null})json"));
  CHECK_THAT(report.headline, ANEMON_CONTAINS("nothing was measured"));
}

class History {
 public:
  History() {
    profiler::ResultHistory history(file());
    for (const std::string_view text : {kModel, kPower, kFailed}) {
      Json result = Json::parse(text);
      ids_.push_back(history.keep(result));
    }
  }

  std::filesystem::path file() const { return scratch_ / "results.db"; }
  const std::vector<std::string>& ids() const { return ids_; }
  CtlResult run(const std::vector<std::string>& words) const {
    CtlOptions options({}, {{"ANEMON_RESULTS", file().string()}});
    options.directory = scratch_.path();
    return run_ctl(words, options);
  }
  std::string read(const std::string& name) const {
    std::ifstream stream(scratch_ / name);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  ScratchDirectory scratch_;
  std::vector<std::string> ids_;
};

TEST_CASE("the history is listed, shown, exported and deleted from") {
  const History history;
  const CtlResult list = history.run({"results", "list"});
  CHECK(list.exit_code == 0);
  CHECK_THAT(list.out, ANEMON_CONTAINS("3 results") && ANEMON_CONTAINS("mnistCNN") &&
                           ANEMON_CONTAINS("out of memory"));
  CHECK(list.out.find("huge") < list.out.find("mnistCNN"));  // newest first
  CHECK_THAT(history.run({"results", "list", "--limit", "1"}).out,
             ANEMON_CONTAINS("the newest 1 result") && ANEMON_CONTAINS("There are more"));
  const Json listed =
      Json::parse(history.run({"results", "list", "--model", "mnistCNN", "-o", "json"}).out);
  CHECK(listed.at("schema") == "anemon.results/1");
  REQUIRE(listed.at("results").size() == 1);
  CHECK(listed.at("results")[0].at("id") == history.ids()[0]);
  CHECK_FALSE(listed.at("results")[0].contains("score"));
  CHECK_THAT(history.run({"results", "list", "--kind", "ab"}).out, ANEMON_CONTAINS("no results"));
  CHECK(history.run({"results", "list", "--since", "soon"}).exit_code == 2);

  const CtlResult last = history.run({"results", "show", "last"});
  CHECK(last.exit_code == 0);
  CHECK_THAT(last.out, ANEMON_CONTAINS("huge: out of memory in phase first inference"));
  CHECK_THAT(history.run({"results", "show", history.ids()[1].substr(16)}).out,
             ANEMON_CONTAINS("resnet: 2.41 W on average"));
  const CtlResult none = history.run({"results", "show", "19990101"});
  CHECK(none.exit_code == 4);
  CHECK_THAT(none.err, ANEMON_CONTAINS("19990101: no result of that id") &&
                           ANEMON_CONTAINS("hint: the newest: " + history.ids()[2]));

  CHECK(Json::parse(history.run({"results", "export", history.ids()[0]}).out).at("kind") ==
        "model");
  CHECK(Json::parse(history.run({"results", "export", history.ids()[0], "last"}).out).size() == 2);
  CHECK(history.run({"results", "export", history.ids()[0], "--to", "a.csv"}).exit_code == 0);
  CHECK_THAT(history.read("a.csv"), ANEMON_CONTAINS("Metric,Value,Unit\n"));
  CHECK(history.run({"results", "export", "last", history.ids()[0], "-f", "csv"}).exit_code == 2);
  CHECK(history.run({"report", history.ids()[0], "--to", "a.md"}).exit_code == 0);
  CHECK_THAT(history.read("a.md"), ANEMON_CONTAINS("# mnistCNN"));
  CHECK(history.run({"report", "a.md"}).exit_code == 1);  // a file, but no result
  CHECK(history.run({"report", "nowhere.json"}).exit_code == 4);

  CHECK(history.run({"score", history.ids()[1]}).exit_code == 0);
  const CtlResult unscored = history.run({"score", history.ids()[0]});
  CHECK(unscored.exit_code == 4);
  CHECK_THAT(unscored.out, ANEMON_CONTAINS("no score"));

  CHECK(history.run({"results", "rm", "last"}).exit_code == 2);  // no terminal and no --yes
  CHECK(history.run({"results", "rm", "last", "nowhere", "--yes"}).exit_code == 1);
  CHECK(history.run({"results", "rm", "nowhere", "--yes"}).exit_code == 4);
  CHECK_THAT(history.run({"results", "show", "last"}).out, ANEMON_CONTAINS("resnet"));
}

TEST_CASE("a history that is no database is refused, with what to do") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("results.db", "precious, but no database");
  const CtlResult result =
      run_ctl({"results", "list"}, CtlOptions({}, {{"ANEMON_RESULTS", file.string()}}));
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, ANEMON_CONTAINS("results.db") && ANEMON_CONTAINS("hint: it is left"));
}

TEST_CASE("what is wrong with the options of a run is said before it begins") {
  const History history;
  const auto message = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"profile", "model", "x.mlmodel"});
    const CtlResult result = history.run(words);
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    return result.err;
  };
  CHECK_THAT(message({"--batch", "0"}), ANEMON_CONTAINS("--batch: 0 is not a whole number"));
  CHECK_THAT(message({"--threads", "-1"}), ANEMON_CONTAINS("--threads: -1"));
  CHECK_THAT(message({"--iterations", "many"}), ANEMON_CONTAINS("--iterations: many"));
  CHECK_THAT(message({"--time", "5"}), ANEMON_CONTAINS("--time: 5 is not a duration"));
  CHECK_THAT(message({"--time", "5s", "--max-time", "1s"}), ANEMON_CONTAINS("below --time"));
  CHECK_THAT(message({"--after-idle", "1s,x"}), ANEMON_CONTAINS("--after-idle: x"));
  CHECK_THAT(message({"--memory-limit", "2"}), ANEMON_CONTAINS("a size with its unit"));
  CHECK_THAT(message({"--memory-limit", "2parsecs"}), ANEMON_CONTAINS("a size with its unit"));
  CHECK_THAT(message({"--energy-precision", "120%"}), ANEMON_CONTAINS("--energy-precision: 120%"));
  CHECK_THAT(message({"--compute-units", "cpu"}), ANEMON_CONTAINS("--compute-units"));
  CHECK_THAT(message({"--shape", "x"}), ANEMON_CONTAINS("NAME=SHAPE"));
  CHECK_THAT(message({"--input", "x"}), ANEMON_CONTAINS("NAME=FILL"));
  CHECK_THAT(message({"--input", "x=normal:0"}), ANEMON_CONTAINS("NAME=FILL"));
  CHECK_THAT(message({"--input", "x=uniform:2:1"}), ANEMON_CONTAINS("NAME=FILL"));
  CHECK_THAT(message({"--input", "x=values:1,two"}), ANEMON_CONTAINS("NAME=FILL"));
  CHECK_THAT(message({"--input", "x=nowhere.f32"}), ANEMON_CONTAINS("no such file"));
  CHECK_THAT(message({"--chip", "M99"}), ANEMON_CONTAINS("--chip: unknown chip M99"));
  CHECK_THAT(message({"--to", "result.pdf"}), ANEMON_CONTAINS(".html"));
  CHECK_THAT(message({"y.mlmodel", "--to", "result.json"}), ANEMON_CONTAINS("one model"));
}

}  // namespace
}  // namespace anemon::test
