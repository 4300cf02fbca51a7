// The class as programs use it, with runners that behave and others that do not.
#include <anemon/profiler.h>
#include <sys/stat.h>

#include <cmath>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "core/worker.h"
#include "tests/catch.h"
#include "tests/scratch_directory.h"
#include "tests/unit/ctl/model_fixtures.h"

namespace anemon {
namespace {

using nlohmann::json;

class Program {
 public:
  Program() { ::setenv("ANEMON_SOCKET", "/nonexistent/anemond.sock", 1); }

  // A configuration for the scripted engine, which behaves as its model is called, as short as can
  // be.
  static ANEPerformanceProfiler::Config scripted() {
    ANEPerformanceProfiler::Config config;
    config.runner = SCRIPTED_RUNNER;
    config.warmup_iterations = 2;
    config.warmup_seconds = 0;
    config.warmup_seconds_limit = 0.2;
    config.profile_iterations = 5;
    config.profile_seconds = 0;
    return config;
  }

  // The path of a model of that name.
  std::string model(const std::string& name) const {
    const auto path = scratch.path() / name;
    std::ofstream(path) << "a model\n";
    return path.string();
  }

  std::string file(const std::string& name) const { return (scratch.path() / name).string(); }

  std::string bytes(const std::string& name) const {
    std::ifstream stream(scratch.path() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  test::ScratchDirectory scratch;
  ANEPerformanceProfiler profiler;
  ANEPerformanceMetrics metrics;
};

TEST_CASE_METHOD(Program, "a model is profiled without a daemon, and power says why it is absent") {
  REQUIRE(profiler.Initialize(scripted()));
  const bool done = profiler.ProfileModel(model("slow:1"), "slow", metrics);
  INFO(profiler.LastError());
  REQUIRE(done);
  CHECK(profiler.LastError().empty());
  CHECK(metrics.inference_time_ms >= 1);
  CHECK(metrics.origins.Of("inference_time_ms").origin == ValueOrigin::measured);
  CHECK(metrics.inferences_per_second > 0);
  CHECK(std::isnan(metrics.average_power_watts));
  CHECK(metrics.origins.Of("average_power_watts").origin == ValueOrigin::absent);
  CHECK_THAT(metrics.origins.Of("average_power_watts").note, ANEMON_CONTAINS("daemon"));
  CHECK(std::isnan(profiler.CalculateEfficiencyScore(metrics)));
  CHECK(json::parse(*metrics.document)["schema"] == "anemon.result/1");
}

TEST_CASE_METHOD(Program, "a name given once stands for the model from then on") {
  REQUIRE(profiler.Initialize(scripted()));
  MemoryProfile memory;
  CHECK_FALSE(profiler.ProfileMemory("served", memory));
  CHECK_THAT(profiler.LastError(), ANEMON_CONTAINS("served: no such file"));
  REQUIRE(profiler.ProfileModel(model("slow:1"), "served", metrics));
  CHECK(profiler.ProfileMemory("served", memory));
  CHECK(profiler.LastError().empty());
}

TEST_CASE_METHOD(Program, "a model that is not there is an error of every call that needs it") {
  const std::string absent = file("absent.mlmodel");
  ComparativeResults compared;
  BatchProfilingResults batches;
  PowerProfile power;
  MemoryProfile memory;
  OptimizationRecommendations advice;
  std::vector<std::string> warnings, errors;
  const auto says_so = [&] { return profiler.LastError().find(absent) != std::string::npos; };
  CHECK((!profiler.ProfileModel(absent, "absent", metrics) && says_so()));
  CHECK_THAT(metrics.origins.Of("load_time_ms").note, ANEMON_CONTAINS("no such file"));
  CHECK((!profiler.ProfileTransformer(absent, 1, 16, metrics) && says_so()));
  CHECK((!profiler.ProfileVisionModel(absent, 1, 8, 8, 3, metrics) && says_so()));
  CHECK((!profiler.ComparativeProfile(absent, compared) && says_so()));
  CHECK((!profiler.ProfileBatchSizes(absent, {1, 2}, batches) && says_so()));
  CHECK((!profiler.ProfilePower(absent, 1, power) && says_so()));
  CHECK((!profiler.ProfileMemory(absent, memory) && says_so()));
  CHECK_THAT(memory.origins.Of("peak_memory_mb").note, ANEMON_CONTAINS("no such file"));
  CHECK((!profiler.AnalyzeOptimizations(absent, metrics, advice) && says_so()));
  CHECK((!profiler.ValidateModel(absent, warnings, errors) && says_so()));
  CHECK(errors == std::vector<std::string>{profiler.LastError()});
  CHECK((std::isnan(profiler.EstimateReadiness(absent)) && says_so()));
}

TEST_CASE_METHOD(Program, "a runner that crashes is an error that names signal and phase") {
  REQUIRE(profiler.Initialize(scripted()));
  CHECK_FALSE(profiler.ProfileModel(model("segfault-predict"), "crash", metrics));
  CHECK_THAT(profiler.LastError(), ANEMON_CONTAINS("segfault-predict: crashed"));
  CHECK_THAT(profiler.LastError(), ANEMON_CONTAINS("SIGSEGV"));
  CHECK_FALSE(std::isnan(metrics.load_time_ms));  // it got that far
  CHECK(std::isnan(metrics.inference_time_ms));
  CHECK_THAT(metrics.origins.Of("inference_time_ms").note, ANEMON_CONTAINS("crashed"));
  CHECK(json::parse(*metrics.document)["outcome"]["state"] == "crashed");
  // And is forgotten by the next call that succeeds.
  CHECK(profiler.ProfileModel(model("slow:1"), "good", metrics));
  CHECK(profiler.LastError().empty());
}

TEST_CASE_METHOD(Program, "whatever a runner does, calls return with a reason") {
  for (const char* behaviour :
       {"abort-load", "exit-load", "throw-load", "alien-load", "compiler-load", "kill-predict"}) {
    REQUIRE(profiler.Initialize(scripted()));
    CHECK_FALSE(profiler.ProfileModel(model(behaviour), behaviour, metrics));
    INFO(behaviour);
    CHECK_THAT(profiler.LastError(), ANEMON_CONTAINS(behaviour));
    CHECK(std::isnan(metrics.inference_time_ms));
  }
}

TEST_CASE_METHOD(Program, "a runner that cannot be started is an error") {
  ANEPerformanceProfiler::Config config = scripted();
  config.runner = file("no-such-runner");
  REQUIRE(profiler.Initialize(config));
  CHECK_FALSE(profiler.ProfileModel(model("slow:1"), "good", metrics));
  CHECK_THAT(profiler.LastError(), ANEMON_CONTAINS("no-such-runner"));
}

TEST_CASE_METHOD(Program, "a runner that speaks something else is an error that quotes it") {
  ANEPerformanceProfiler::Config config = scripted();
  config.runner = "/bin/echo 'good morning'";
  REQUIRE(profiler.Initialize(config));
  CHECK_FALSE(profiler.ProfileModel(model("slow:1"), "good", metrics));
  CHECK_THAT(profiler.LastError(), ANEMON_CONTAINS("garbage"));
  CHECK_THAT(profiler.LastError(), ANEMON_CONTAINS("good morning"));
}

TEST_CASE_METHOD(Program, "settings that make no sense are named and change nothing") {
  const auto refused = [&](auto change, const char* words) {
    ANEPerformanceProfiler::Config config = scripted();
    change(config);
    CHECK_FALSE(profiler.Initialize(config));
    CHECK_THAT(profiler.LastError(), ANEMON_CONTAINS(words));
  };
  using Config = ANEPerformanceProfiler::Config;
  refused([](Config& it) { it.profile_seconds = -1; }, "profile_seconds is -1");
  refused([](Config& it) { it.warmup_seconds = kNoNumber; }, "warmup_seconds is nan");
  refused([](Config& it) { it.energy_seconds = 1e300; }, "energy_seconds is 1e+300");
  refused([](Config& it) { it.energy_precision = 0; }, "energy_precision");
  refused([](Config& it) { it.profile_iterations = 0; }, "profile_iterations is 0");
  refused([](Config& it) { it.batch_size = 0; }, "batch_size is 0");
  refused([](Config& it) { it.memory_limit_mb = 0; }, "memory_limit_mb is 0");
  refused([](Config& it) { it.compute_units = "tpu"; }, "one of cpu-only");
  refused([](Config& it) { it.shapes["x"] = {1, -1}; }, "x has an extent of -1");
  REQUIRE(profiler.Initialize(scripted()));
  refused([](Config& it) { it.runner = "/nonexistent", it.batch_size = 0; }, "batch_size");
  CHECK(profiler.ProfileModel(model("slow:1"), "good", metrics));  // by the runner of before
}

TEST_CASE_METHOD(Program, "an exception of the program's own callback comes back as an error") {
  ANEPerformanceProfiler::Config config = scripted();
  config.progress = [](const std::string&) { throw 42; };
  REQUIRE(profiler.Initialize(config));
  CHECK_FALSE(profiler.ProfileModel(model("slow:1"), "good", metrics));
  CHECK_THAT(profiler.LastError(), ANEMON_CONTAINS("no std::exception"));
  config.progress = [](const std::string&) { throw std::runtime_error("enough"); };
  REQUIRE(profiler.Initialize(config));
  CHECK_FALSE(profiler.ProfileModel(model("slow:1"), "good", metrics));
  CHECK(profiler.LastError() == "enough");
}

TEST_CASE_METHOD(Program, "results are exported as JSON and CSV") {
  REQUIRE(profiler.Initialize(scripted()));
  REQUIRE(profiler.ProfileModel(model("slow:1"), "good", metrics));
  REQUIRE(profiler.ExportResults(metrics, file("out")));
  const json document = json::parse(bytes("out.json"));
  CHECK(document["schema"] == "anemon.result/1");
  CHECK(document["timing"]["inference_time_ms"] == metrics.inference_time_ms);
  const std::string csv = bytes("out.csv");
  CHECK(csv.rfind("Metric,Value,Unit\n", 0) == 0);
  CHECK_THAT(csv, ANEMON_CONTAINS("\ninference_time_ms,"));
  CHECK(csv.find("average_power_watts") == std::string::npos);  // absent is left out

  metrics.average_power_watts = 2.5;  // now there is one, and the files are replaced
  REQUIRE(profiler.ExportResults(metrics, file("out")));
  CHECK_THAT(bytes("out.csv"), ANEMON_CONTAINS("\naverage_power_watts,2.5,W\n"));
  CHECK(std::distance(std::filesystem::directory_iterator(scratch.path()), {}) == 3);
}

TEST_CASE_METHOD(Program, "files that cannot be written are errors that name them") {
  CHECK_FALSE(profiler.ExportResults(metrics, file("no/such/folder/out")));
  CHECK_THAT(profiler.LastError(), ANEMON_CONTAINS("no/such/folder/out.json"));
  CHECK_FALSE(profiler.GenerateVisualization("m", metrics, {}, file("no/such/folder/report.html")));
  CHECK_THAT(profiler.LastError(), ANEMON_CONTAINS("no/such/folder/report.html"));
  std::filesystem::create_directory(file("folder.json"));
  CHECK_FALSE(profiler.ExportResults(metrics, file("folder")));
  CHECK_FALSE(profiler.LastError().empty());
}

TEST_CASE_METHOD(Program, "what is no regular file is written into and not replaced") {
  const std::string pipe = file("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::string page;
  {
    const Worker reader("reader", [&](const StopFlag&) { page = bytes("pipe"); });
    CHECK(profiler.GenerateVisualization("m", metrics, {}, pipe));
  }
  CHECK_THAT(page, ANEMON_CONTAINS("</html>"));
  CHECK(std::filesystem::is_fifo(pipe));
}

TEST_CASE_METHOD(Program, "metrics that a program made itself are drawn, with its power") {
  ANEPerformanceMetrics own;
  own.inference_time_ms = 4.25;
  PowerProfile power;
  power.average_power_watts = 3.75;
  power.timeline = {{0, 3.5}, {1, 4}};
  const bool done = profiler.GenerateVisualization("own", own, power, file("report.html"));
  INFO(profiler.LastError());
  REQUIRE(done);
  const std::string page = bytes("report.html");
  CHECK_THAT(page, ANEMON_CONTAINS("4.25"));
  CHECK_THAT(page, ANEMON_CONTAINS("3.75"));
  CHECK_THAT(page, ANEMON_CONTAINS("\"name\":\"own\""));
}

TEST_CASE_METHOD(Program, "validating gives warnings and errors with their rules") {
  using namespace models::test;
  write_package(scratch.path() / "hostile.mlpackage", test::hostile_model());
  std::vector<std::string> warnings, errors;
  REQUIRE(profiler.ValidateModel(file("hostile.mlpackage"), warnings, errors));
  REQUIRE_FALSE(errors.empty());
  CHECK(errors.front().rfind("DT-1: ", 0) == 0);
  CHECK(profiler.EstimateReadiness(file("hostile.mlpackage")) < 60);
  write_bytes(scratch.path() / "text.mlmodel", "this is no model\n");
  CHECK_FALSE(profiler.ValidateModel(file("text.mlmodel"), warnings, errors));
  CHECK(warnings.empty());
  CHECK(errors.size() == 1);
  CHECK_THAT(profiler.LastError(), ANEMON_CONTAINS("text.mlmodel"));
}

TEST_CASE_METHOD(Program, "advice rests on the model's file and says so") {
  models::test::write_package(scratch.path() / "resnet.mlpackage", test::residual_model());
  OptimizationRecommendations advice;
  REQUIRE(profiler.AnalyzeOptimizations(file("resnet.mlpackage"), metrics, advice));
  REQUIRE_FALSE(advice.recommendations.empty());
  CHECK(advice.details.size() == advice.recommendations.size());
  if (std::isnan(advice.potential_speedup)) {
    CHECK(advice.origins.Of("potential_speedup").origin == ValueOrigin::absent);
  } else {
    CHECK(advice.potential_speedup > 1);
    CHECK(advice.origins.Of("potential_speedup").origin == ValueOrigin::estimated);
    CHECK_THAT(advice.origins.Of("potential_speedup").note, ANEMON_CONTAINS("predicted"));
  }
}

TEST_CASE_METHOD(Program, "monitoring without a daemon succeeds and has nothing to tell") {
  CHECK_FALSE(profiler.StopMonitoring(metrics));
  CHECK_THAT(profiler.LastError(), ANEMON_CONTAINS("StartMonitoring"));
  CHECK(std::isnan(profiler.GetCurrentMetrics().inferences_per_second));
  REQUIRE(profiler.StartMonitoring("served"));
  CHECK_FALSE(profiler.StartMonitoring("other"));
  const ANEPerformanceMetrics now = profiler.GetCurrentMetrics();
  CHECK(std::isnan(now.inferences_per_second));
  CHECK_THAT(now.origins.Of("average_power_watts").note, ANEMON_CONTAINS("daemon"));
  CHECK(profiler.StopMonitoring(metrics));
  CHECK(json::parse(*metrics.document)["kind"] == "monitor");
  CHECK_FALSE(profiler.StopMonitoring(metrics));
}

TEST_CASE_METHOD(Program, "monitoring does not wait for a model that is being profiled") {
  std::promise<void> profiling, monitored;
  ANEPerformanceProfiler::Config config = scripted();
  config.progress = [&, told = false](const std::string&) mutable {
    if (std::exchange(told, true)) return;
    profiling.set_value();
    monitored.get_future().wait();
  };
  REQUIRE(profiler.Initialize(config));
  const std::string path = model("slow:1");
  bool done = false;
  {
    const Worker other(
        "profiling", [&](const StopFlag&) { done = profiler.ProfileModel(path, "slow", metrics); });
    profiling.get_future().wait();
    CHECK(profiler.StartMonitoring("slow"));
    profiler.GetCurrentMetrics();
    ANEPerformanceMetrics watched;
    CHECK(profiler.StopMonitoring(watched));
    CHECK(profiler.LastError().empty());
    monitored.set_value();
  }
  CHECK(done);
}

TEST_CASE_METHOD(Program, "results are kept in a history when that is wanted") {
  ANEPerformanceProfiler::Config config = scripted();
  config.results_file = file("results.db");
  REQUIRE(profiler.Initialize(config));
  REQUIRE(profiler.ProfileModel(model("slow:1"), "good", metrics));
  CHECK_FALSE(std::filesystem::exists(config.results_file));
  config.keep_results = true;
  REQUIRE(profiler.Initialize(config));
  REQUIRE(profiler.ProfileModel(model("slow:1"), "good", metrics));
  CHECK(std::filesystem::exists(config.results_file));
  CHECK_FALSE(json::parse(*metrics.document).value("id", "").empty());
  std::filesystem::create_directory(file("results"));
  config.results_file = file("results");
  REQUIRE(profiler.Initialize(config));
  CHECK_FALSE(profiler.ProfileModel(model("slow:1"), "good", metrics));
  CHECK_FALSE(std::isnan(metrics.inference_time_ms));  // measured all the same
}

}  // namespace
}  // namespace anemon
