// The real runner with the Core ML engine, on the fake, as a process of its own.
#include "profiler/runner/runner_process.h"
#include "tests/catch.h"
#include "tests/scratch_directory.h"
#include "tests/unit/profiler/runner/runner_tests.h"

namespace anemon::profiler::test {
namespace {

std::vector<std::string> runner_with(const std::string& fault) {
  return {"/usr/bin/env", "FAKE_COREML_FAULT=" + fault, COREML_RUNNER};
}

struct Model {
  anemon::test::ScratchDirectory scratch;
  LoadRequest request;
  Model() { request.model = scratch.write("net.mlmodel", "a model"); }
};

std::vector<OutputResult> predict_once(RunnerProcess& runner) {
  first_inference(runner);
  ResultsRequest wanted;
  wanted.numbers = 6;
  return runner.results(wanted);
}

TEST_CASE_METHOD(Model, "a model runs in Core ML from hello to bye") {
  RunnerProcess runner({COREML_RUNNER}, {});
  CHECK(runner.hello().engines == std::vector<std::string>{"coreml"});
  CHECK(runner.hello().engine.name == "coreml");
  request.compiled = scratch / "kept.mlmodelc";
  CHECK(runner.load(request).times.compile);
  const Loaded again = runner.load(request);
  CHECK(again.times.cached);
  CHECK(!again.times.compile);
  REQUIRE(again.inputs.size() == 2);
  CHECK(again.inputs[1].kind == models::FeatureKind::state);
  CHECK(again.inputs[1].optional);

  FillRequest fill;
  InputFill x, calls;
  x.name = "x";
  x.kind = calls.kind = InputFill::Kind::values;
  x.numbers = {1, 2, 3, 4, 5, 6};
  calls.name = "calls";
  calls.numbers = {10};
  fill.inputs = {x, calls};
  runner.fill(fill);
  predict_once(runner);
  const auto results = predict_once(runner);
  REQUIRE(results.size() == 2);
  CHECK(results[0].value.name == "count");
  CHECK(results[0].value.numbers == std::vector<float>{12});
  CHECK(results[1].value.numbers == std::vector<float>{2, 4, 6, 8, 10, 12});
  CHECK(runner.end().end.outcome == RunOutcome::ok);
}

TEST_CASE_METHOD(Model, "a state is filled at random like any input, when nothing is said of it") {
  RunnerProcess runner({COREML_RUNNER}, {});
  runner.load(request);
  const Filled filled = runner.fill({});
  REQUIRE(filled.inputs.size() == 2);
  CHECK(filled.inputs[1].kind == InputFill::Kind::normal);
  const auto results = predict_once(runner);
  CHECK(results[0].value.numbers[0] != 1);
}

TEST_CASE_METHOD(Model, "the plan is told by a runner of its own") {
  RunnerProcess runner({COREML_RUNNER}, {});
  const ComputePlan plan = runner.plan(request);
  CHECK(plan.kind == "program");
  REQUIRE(plan.operations.size() == 1);
  CHECK(plan.operations[0].type == "mul");
  CHECK(plan.operations[0].preferred == models::Engine::ane);
  CHECK(plan.operations[0].cost == 1.0);
}

TEST_CASE_METHOD(Model, "each step's exception is told by its name, and the runner goes on") {
  RunnerProcess compiling(runner_with("compile"), {});
  const RunFailure compiler = failure_of([&] { compiling.load(request); });
  CHECK(compiler.outcome() == RunOutcome::compiler_failed);
  CHECK(compiler.phase() == RunPhase::load);
  CHECK_THAT(compiler.what(), ANEMON_CONTAINS("exception NSGenericException: because"));
  CHECK(compiling.alive());

  RunnerProcess loading(runner_with("load"), {});
  const RunFailure load = failure_of([&] { loading.load(request); });
  CHECK(load.outcome() == RunOutcome::refused);
  CHECK_THAT(load.what(), ANEMON_CONTAINS("load failed: "));
  CHECK(loading.alive());

  RunnerProcess predicting(runner_with("predict"), {});
  predicting.load(request);
  predicting.fill({});
  const RunFailure predict = failure_of([&] { first_inference(predicting); });
  CHECK(predict.outcome() == RunOutcome::refused);
  CHECK(predict.phase() == RunPhase::first_inference);
  CHECK_THAT(predict.what(), ANEMON_CONTAINS("predict failed: "));
  CHECK(predicting.alive());
}

}  // namespace
}  // namespace anemon::profiler::test
