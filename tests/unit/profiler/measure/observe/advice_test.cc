#include "core/json_access.h"
#include "tests/catch.h"
#include "tests/models/graph_builder.h"
#include "tests/unit/profiler/measure/observe/watched.h"

using namespace anemon;
using namespace anemon::profiler;
using namespace anemon::profiler::test;
using models::DataType;

namespace {

// Four matrices of 4096 x 4096 applied to one vector: bound by reading 134 MB of weights.
models::Model reading_weights() {
  models::test::GraphBuilder graph;
  models::ValueId value = graph.input("x", DataType::fp16, {1, 4096});
  for (int i = 0; i < 4; ++i) {
    const models::ValueId weight = graph.weight(DataType::fp16, {4096, 4096});
    value = graph
                .add("linear", {{"x", {value}}, {"weight", {weight}}},
                     {{DataType::fp16, true, {1, 4096}}})
                .front();
  }
  graph.output(value);
  return graph.model();
}

ModelStudy study(std::string_view origin) {
  return ModelStudy("m.mlpackage", reading_weights(), {}, {models::find_chip("M4"), origin});
}

const Json* find(const Json& all, const char* key, const std::string& value) {
  for (const Json& each : all) {
    if (text(each, key) == value) return &each;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("A saving is the predicted share of what was measured on the chip it is predicted for") {
  const ModelRun run = finished_run();  // 20 ms an inference
  const ModelStudy model = study("this machine");
  const Observation seen = watched();
  const Json all = recommendations_section({run, seen, &model});
  const Json* int8 = find(all, "/id", "int8-weights");
  REQUIRE(int8);
  const double saved = number(*int8, "/seconds_saved").value();
  const auto functions = model.functions(true);
  const double predicted =
      latency_of(*functions.front().analysis, *functions.front().placement).high.value();
  const double share = saved / predicted;
  REQUIRE(share > 0.1);
  REQUIRE(share < 0.9);
  CHECK(number(*int8, "/saving_ms").value() == Approx(share * 20));
  CHECK(number(*int8, "/predicted_speedup").value() == Approx(1 / (1 - share)));
  CHECK(number(*int8, "/saving_joules").value() == Approx(share * 0.1));
  for (const char* key : {"saving_ms", "predicted_speedup", "saving_joules", "seconds_saved"}) {
    CHECK(at(*int8, "/provenance").at(key) == "estimated");
  }
  CHECK_FALSE(text(*int8, "/text").empty());
  CHECK_THAT(text(*int8, "/saving"), Catch::Contains("of 20 ms") && Catch::Contains("MB less"));
  CHECK_THAT(text(*int8, "/basis"), Catch::Contains("predicted for M4") &&
                                        Catch::Contains("the same share of 20 ms measured"));
}

TEST_CASE("What ran elsewhere says nothing of the chip's saving") {
  ModelRun run = finished_run();
  const Observation seen = watched();
  const auto of = [&](std::string_view origin) {
    const ModelStudy model = study(origin);
    const Json all = recommendations_section({run, seen, &model});
    const Json* int8 = find(all, "/id", "int8-weights");
    REQUIRE(int8);
    CHECK_FALSE(int8->contains("saving_ms"));
    CHECK_FALSE(int8->contains("saving_joules"));
    CHECK(number(*int8, "/predicted_speedup").value() > 1);  // on the chip
    CHECK_THAT(text(*int8, "/saving"), Catch::Contains("on M4"));
    return text(*int8, "/basis");
  };
  SECTION("another machine") { CHECK_THAT(of("asked for"), Catch::Contains("not measured on M4")); }
  SECTION("no Mac at all") { CHECK_THAT(of("default"), Catch::Contains("not measured on M4")); }
  SECTION("another engine") {
    run.hello->engine = {"reference (CPU)", "1", 1, {ComputeUnits::cpu_only}};
    CHECK_THAT(of("this machine"), Catch::Contains("the run was on reference (CPU)"));
  }
}

TEST_CASE("Without its file a model has no advice, and the run's own findings stay") {
  ModelRun run = finished_run();
  run.request.units = ComputeUnits::cpu_only;  // yet the Neural Engine was active
  const Observation seen = watched();
  const RunFacts facts{run, seen, nullptr, "the file is none"};
  CHECK(recommendations_section(facts).empty());
  const Json findings = findings_section(facts);
  CHECK(find(findings, "/rule", "Neural Engine"));
}

TEST_CASE("A silent fallback is a finding by its name") {
  const ModelRun run = finished_run();
  Observation seen = watched();
  Json idle = *seen.run;
  idle["summary"]["activity"] = Json::array({activity_row("dcs_floor", 0.0, 0.0)});
  idle["summary"]["energy"][0] = anemon::test::energy_row("ane", 0, 8);
  seen.run = std::make_shared<const Json>(idle);
  const ModelStudy model = study("this machine");
  const Json findings = findings_section({run, seen, &model});
  const Json* fallback = find(findings, "/rule", "silent fallback");
  REQUIRE(fallback);
  CHECK(text(*fallback, "/severity") == "error");
  CHECK_THAT(text(*fallback, "/message"), Catch::Contains("it ran elsewhere (silent fallback)"));
}

TEST_CASE("What the rules find in the file follows what the run shows") {
  models::test::GraphBuilder graph;
  const models::ValueId x = graph.input("x", DataType::fp32, {1, 64, 8, 8});
  graph.output(graph.add("relu", {{"x", {x}}}, {{DataType::fp32, true, {1, 64, 8, 8}}}).front());
  const ModelStudy model("m.mlpackage", graph.model(), {},
                         {models::find_chip("M4"), "this machine"});
  const ModelRun run = finished_run();
  const Json findings = findings_section({run, unwatched(), &model});
  const Json* types = find(findings, "/rule", "DT-1");
  REQUIRE(types);
  CHECK(text(*types, "/message") == text(*types, "/what"));
  CHECK(text(*types, "/fix") == text(*types, "/change"));
  CHECK(text(*types, "/operation") == "relu_0");
}

TEST_CASE("A prediction for another chip makes no fallback") {
  const ModelRun run = finished_run();
  Observation seen = watched();
  Json idle = *seen.run;
  idle["summary"]["activity"] = Json::array({activity_row("dcs_floor", 0.0, 0.0)});
  idle["summary"]["energy"][0] = anemon::test::energy_row("ane", 0, 8);
  seen.run = std::make_shared<const Json>(idle);
  const ModelStudy model = study("default");
  CHECK(text(reconciliation_section({run, seen, &model}), "/verdict") == "cannot tell");
}

TEST_CASE("Heat, load and power saving during a run are findings") {
  const ModelRun run = finished_run();
  Observation seen = watched();
  CHECK_FALSE(find(findings_section({run, seen}), "/rule", "busy machine"));
  Json hot = *seen.run;
  hot["summary"]["thermal_pressure"] = {{"max_level", 1}};
  seen.run = std::make_shared<const Json>(hot);
  seen.load_average = 1e6;
  seen.machine = std::make_shared<const Json>(
      Json::parse(R"({"metrics": [{"name": "anemon_low_power_mode", "values": [{"value": 1}]}]})"));
  Json findings = findings_section({run, seen});
  for (const char* rule : {"thermal pressure", "low power mode", "busy machine"}) {
    INFO(rule);
    CHECK(find(findings, "/rule", rule));
  }
  hot["summary"]["throttling"] = Json::array({{{"component", "cpu"}, {"events", 3}}});
  seen.run = std::make_shared<const Json>(hot);
  findings = findings_section({run, seen});
  REQUIRE(find(findings, "/rule", "throttled"));
  CHECK_THAT(text(*find(findings, "/rule", "throttled"), "/message"), Catch::Contains("3 times"));
}
