// Runs that go well, in the real runner with a scripted engine.
#include <algorithm>
#include <cmath>

#include "profiler/runner/runner_process.h"
#include "tests/catch.h"
#include "tests/unit/profiler/runner/runner_tests.h"

using namespace anemon;
using namespace anemon::profiler;
using namespace anemon::profiler::test;

TEST_CASE("a run goes from hello to bye and tells everything on the way") {
  RunnerProcess runner({SCRIPTED_RUNNER}, {});
  CHECK(runner.hello().engine.name == "scripted");
  CHECK(runner.hello().engine.threads == 1);
  CHECK(runner.hello().engine.compute_units ==
        std::vector{ComputeUnits::cpu_only, ComputeUnits::all});
  CHECK(runner.hello().engines == std::vector<std::string>{"scripted"});
  CHECK(runner.hello().pid == runner.pid());
  CHECK_THAT(runner.hello().runner, ANEMON_CONTAINS("anemon-runner "));

  LoadRequest request = model("good");
  request.compiled = "/tmp/compiled";
  const Loaded loaded = runner.load(request);
  CHECK(loaded.times.load == std::chrono::milliseconds(5));
  CHECK(loaded.times.compile == std::chrono::milliseconds(7));
  REQUIRE(loaded.inputs.size() == 2);
  CHECK(loaded.inputs[0].tensor.shape == models::Shape{2, 3});
  CHECK(loaded.inputs[1].tensor.dtype == models::DataType::int32);
  CHECK(loaded.weight_bytes == 1234);
  CHECK_FALSE(loaded.activation_bytes);

  FillRequest fill;
  fill.items = 2;
  InputFill x;
  x.name = "x";
  x.kind = InputFill::Kind::values;
  x.numbers = {1, 2, 3, 4, 5, 0.1f};
  fill.inputs = {x};
  const Filled filled = runner.fill(fill);
  REQUIRE(filled.inputs.size() == 2);
  CHECK(filled.inputs[0].kind == InputFill::Kind::values);
  CHECK(filled.inputs[1].kind == InputFill::Kind::integers);
  CHECK(filled.inputs[1].reason == "integers of unknown meaning");

  PredictRequest predict;
  predict.items = 2;
  predict.min_count = 10;
  predict.time_operations = true;
  std::vector<double> execution;
  const Predicted predicted =
      runner.predict(RunPhase::measure, predict, [&](const Samples& samples) {
        execution.insert(execution.end(), samples.execution.begin(), samples.execution.end());
        CHECK(samples.postprocessing.empty());
        CHECK(std::isnan(samples.preprocessing[0]));
        CHECK(samples.preprocessing[1] == 1e-6);
        return true;
      });
  CHECK(predicted.count == 10);
  CHECK(execution == std::vector<double>(10, 3e-6));

  const auto operations = runner.operations();
  REQUIRE(operations.size() == 2);
  CHECK(operations[1].total == std::chrono::microseconds(1));
  CHECK(operations[1].calls == 10);
  CHECK(operations[1].fused_into == "op_0");

  ResultsRequest results;
  results.item = 1;
  results.numbers = 4;
  const auto outputs = runner.results(results);
  REQUIRE(outputs.size() == 1);
  CHECK(outputs[0].count == 6);
  CHECK(outputs[0].value.numbers == std::vector<float>{2, 4, 6, 8});
  CHECK(outputs[0].statistics.most == 10);
  CHECK(outputs[0].checksum.size() == 16);

  const MemoryUse memory = runner.memory();
  REQUIRE(memory.resident);
  CHECK(*memory.peak_resident >= *memory.resident / 2);

  const RunnerFarewell farewell = runner.end();
  CHECK(farewell.end.outcome == RunOutcome::ok);
  CHECK(farewell.end.exit_status == 0);
  CHECK(farewell.max_resident_bytes > 0);
  CHECK_FALSE(runner.alive());
}

TEST_CASE("a model that is refused leaves the runner alive for the next") {
  RunnerProcess runner({SCRIPTED_RUNNER}, {});
  const RunFailure failure = failure_of([&] { runner.load(model("throw-load")); });
  CHECK(failure.outcome() == RunOutcome::refused);
  CHECK(failure.phase() == RunPhase::load);
  CHECK(std::string(failure.what()) == "layer frobnicate is not supported");
  CHECK(failure.hint() == "remove it");
  const RunFailure alien = failure_of([&] { runner.load(model("alien-load")); });
  CHECK(alien.outcome() == RunOutcome::refused);
  CHECK(std::string(alien.what()) == "something else");
  const RunFailure compiler = failure_of([&] { runner.load(model("compiler-load")); });
  CHECK(compiler.outcome() == RunOutcome::compiler_failed);
  CHECK(runner.alive());
  CHECK_NOTHROW(runner.load(model("good")));
  CHECK(runner.end().end.outcome == RunOutcome::ok);
}

TEST_CASE("requests that come too early are errors, and change nothing") {
  RunnerProcess runner({SCRIPTED_RUNNER}, {});
  CHECK_THAT(failure_of([&] { runner.fill({}); }).what(), ANEMON_CONTAINS("no model is loaded"));
  runner.load(model("good"));
  CHECK_THAT(failure_of([&] { first_inference(runner); }).what(),
             ANEMON_CONTAINS("0 of 1 items have inputs"));
  FillRequest unknown;
  unknown.inputs.emplace_back().name = "nobody";
  CHECK_THAT(failure_of([&] { runner.fill(unknown); }).what(), ANEMON_CONTAINS("no input nobody"));
  runner.fill({});
  CHECK(first_inference(runner).count == 1);
  CHECK_THAT(failure_of([&] { runner.results({5, 0}); }).what(), ANEMON_CONTAINS("no such item"));
}

TEST_CASE("an engine that there is not is refused with those that there are") {
  const RunFailure failure = failure_of([] { RunnerProcess({SCRIPTED_RUNNER}, {}, "coreml"); });
  CHECK(failure.outcome() == RunOutcome::refused);
  CHECK_THAT(failure.hint(), ANEMON_CONTAINS("scripted"));
}

TEST_CASE("calls are counted, timed, and stopped when nobody wants more") {
  RunnerProcess runner({SCRIPTED_RUNNER}, {});
  runner.load(model("slow:2"));
  runner.fill({});
  PredictRequest predict;
  predict.min_count = UINT32_MAX;
  predict.chunk = std::chrono::milliseconds(10);
  uint64_t count = 0;
  double last_start = -1;
  int lines = 0;
  const Predicted stopped = runner.predict(RunPhase::warm_up, predict, [&](const Samples& samples) {
    CHECK(samples.first == count);
    count += samples.total.size();
    CHECK(samples.total.size() <= 6);
    for (size_t i = 0; i < samples.total.size(); ++i) {
      CHECK(samples.total[i] >= 0.002);
      CHECK(samples.start[i] > last_start);
      last_start = samples.start[i];
    }
    return ++lines < 3;
  });
  CHECK(stopped.count == count);
  CHECK(lines >= 3);
  CHECK(to_seconds(stopped.elapsed) >= last_start + 0.002);

  // What bounds it is reached first.
  predict.max_count = 3;
  const auto all = [](const Samples&) { return true; };
  CHECK(runner.predict(RunPhase::measure, predict, all).count == 3);
  predict.max_count.reset();
  predict.max_time = std::chrono::milliseconds(20);
  const Predicted timed = runner.predict(RunPhase::measure, predict, all);
  CHECK(timed.elapsed >= *predict.max_time);
  CHECK(timed.count <= 10);
  // Both minimums count.
  predict.max_time.reset();
  predict.min_count = 2;
  predict.min_time = std::chrono::milliseconds(15);
  const Predicted both = runner.predict(RunPhase::measure, predict, all);
  CHECK(both.elapsed >= *predict.min_time);
  CHECK(both.count >= 2);
  CHECK(both.origin > timed.origin);
  // Without any bound it is one call; a maximum alone is reached.
  CHECK(runner.predict(RunPhase::measure, {}, all).count == 1);
  PredictRequest seven;
  seven.max_count = 7;
  CHECK(runner.predict(RunPhase::measure, seven, all).count == 7);
}

TEST_CASE("a stop that comes too late ends nothing") {
  RunnerProcess runner({SCRIPTED_RUNNER}, {});
  runner.load(model("good"));
  runner.fill({});
  for (int i = 0; i < 20; ++i) {
    PredictRequest predict;
    predict.max_count = 1;
    const auto stop = [](const Samples&) { return false; };
    CHECK(runner.predict(RunPhase::measure, predict, stop).count == 1);
  }
  CHECK(runner.end().end.outcome == RunOutcome::ok);
}

TEST_CASE("very many calls, operations and numbers come in several lines") {
  RunnerProcess runner({SCRIPTED_RUNNER}, {});
  runner.load(model("many:2500"));
  runner.fill({});
  PredictRequest predict;
  predict.min_count = 20'000;
  predict.time_operations = true;
  int lines = 0;
  const auto count_lines = [&](const Samples&) { return ++lines > 0; };
  CHECK(runner.predict(RunPhase::measure, predict, count_lines).count == 20'000);
  CHECK(lines >= 4);
  const auto operations = runner.operations();
  REQUIRE(operations.size() == 2500);
  CHECK(operations[2499].name == "op_2499");

  runner.load(model("wide:200000"));
  runner.fill({});
  first_inference(runner);
  const auto outputs = runner.results({0, 150'000});
  REQUIRE(outputs.size() == 1);
  CHECK(outputs[0].count == 200'000);
  REQUIRE(outputs[0].value.numbers.size() == 150'000);
  CHECK(outputs[0].value.numbers[149'999] == 149'999.0f);
}

TEST_CASE("what a framework prints goes to standard error, and what it reads is nothing") {
  RunnerProcess runner({SCRIPTED_RUNNER}, {});
  runner.load(model("chatty"));
  runner.fill({});
  CHECK(first_inference(runner).count == 1);
  runner.load(model("thirsty"));
  const RunnerFarewell farewell = runner.end();
  CHECK(farewell.end.outcome == RunOutcome::ok);
  CHECK_THAT(farewell.end.last_words, ANEMON_CONTAINS("printf says hello"));
  CHECK_THAT(farewell.end.last_words, ANEMON_CONTAINS("cout says hello"));
  CHECK_THAT(farewell.end.last_words, ANEMON_CONTAINS("write says hello"));
}

TEST_CASE("a runner of one's own that keeps to the document is as good as ours") {
  RunnerProcess runner({"python3", TINY_RUNNER}, {});
  CHECK(runner.hello().engine.name == "doubler");
  CHECK(failure_of([&] { runner.operations(); }).outcome() == RunOutcome::refused);
  const Loaded loaded = runner.load(model("any"));
  CHECK(loaded.outputs.at(0).tensor.shape == models::Shape{3});
  FillRequest fill;
  InputFill& x = fill.inputs.emplace_back();
  x.name = "x";
  x.kind = InputFill::Kind::values;
  x.numbers = {1, 0.1f, -3};
  CHECK(runner.fill(fill).inputs.at(0).name == "x");
  PredictRequest predict;
  predict.max_count = 20;
  CHECK(runner.predict(RunPhase::measure, predict, [](const Samples&) { return false; }).count ==
        20);
  CHECK(runner.results({0, 2}).at(0).value.numbers == std::vector<float>{2, 0.2f});
  CHECK_FALSE(runner.memory().resident);
  CHECK(runner.end().end.outcome == RunOutcome::ok);
}

TEST_CASE("a plan is told where there is one, in as many lines as it takes") {
  RunnerProcess runner({SCRIPTED_RUNNER}, {});
  const ComputePlan plan = runner.plan(model("many:2500"));
  CHECK(plan.kind == "program");
  REQUIRE(plan.operations.size() == 2500);
  CHECK(plan.operations[2499].name == "op_2499");
  CHECK(plan.operations[2].preferred == models::Engine::ane);
  CHECK(plan.operations[2].supported == std::vector{models::Engine::ane, models::Engine::cpu});
  CHECK(plan.operations[2].cost == 0.5);
  CHECK_FALSE(plan.operations[1].preferred);
  const RunFailure failure = failure_of([&] { runner.plan(model("throw-load")); });
  CHECK(failure.outcome() == RunOutcome::refused);
  CHECK(failure.phase() == RunPhase::plan);
  RunnerProcess other({"python3", TINY_RUNNER}, {});
  CHECK(failure_of([&] { other.plan(model("any")); }).outcome() == RunOutcome::refused);
}

TEST_CASE("large inputs get through while the runner is slow to read") {
  RunnerProcess runner({SCRIPTED_RUNNER}, {});
  runner.load(model("good"));
  FillRequest fill;
  InputFill x;
  x.name = "x";
  x.kind = InputFill::Kind::values;
  x.numbers.assign(400'000, 0.5f);
  fill.inputs = {x};
  CHECK_THAT(failure_of([&] { runner.fill(fill); }).what(),
             ANEMON_CONTAINS("400000 numbers were given; its shape 2x3 has 6"));
  CHECK(runner.alive());
}
