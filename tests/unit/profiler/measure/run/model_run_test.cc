// Runs in real runners: one that misbehaves as told, and anemon-runner with the reference engine.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "profiler/measure/observer.h"
#include "profiler/measure/questions.h"
#include "profiler/statistics/sample.h"
#include "tests/catch.h"
#include "tests/models/model_writer.h"
#include "tests/scratch_directory.h"
#include "tests/unit/profiler/measure/run/made_run.h"

using namespace anemon;
using namespace anemon::profiler;
using namespace anemon::profiler::test;

namespace {

std::unique_ptr<Observer> nobody() {
  return std::make_unique<Observer>(nullptr, "nobody was asked", EnergyRequest{});
}

// Short: the warm-up ends with the first line of samples.
RunRequest request_for(const std::string& behaviour) {
  RunRequest request;
  request.model = "/models/" + behaviour;
  request.runner = SCRIPTED_RUNNER;
  request.warm_up = {1, 0, 0};
  request.iterations = 20;
  request.time = std::chrono::milliseconds(1);
  request.plan = false;
  request.reload = false;
  request.limits.call = std::chrono::seconds(2);
  request.limits.load = std::chrono::seconds(2);
  return request;
}

ModelRun run_scripted(const RunRequest& request) {
  const auto observer = nobody();
  return run_model(request, *observer);
}

}  // namespace

TEST_CASE("A run goes through all phases and keeps what each found") {
  RunRequest request = request_for("slow:1");
  request.items = 2;
  request.after_idle = {std::chrono::milliseconds(1), std::chrono::milliseconds(2)};
  request.reload = request.plan = true;
  std::vector<std::string> told;
  const auto observer = nobody();
  const ModelRun run =
      run_model(request, *observer, [&](const std::string& line) { told.push_back(line); });
  CHECK(run.message.empty());
  REQUIRE(run.ok());
  CHECK(run.hello->engine.name == "scripted");
  CHECK(run.loaded->times.load == std::chrono::milliseconds(5));
  CHECK(run.loaded->times.compile == std::chrono::milliseconds(7));
  REQUIRE(run.reloaded);
  CHECK(run.filled->inputs.size() == 2);
  CHECK(run.first_inference.value() >= 0.001);
  REQUIRE(run.warm_up);
  CHECK(run.samples.total.size() >= 20);
  CHECK(run.samples.start.size() == run.samples.total.size());
  CHECK(run.samples.preprocessing.size() == run.samples.total.size());
  CHECK(run.samples.start.front() == 0);
  CHECK(run.predicted->count == run.samples.total.size());
  CHECK(to_seconds(run.predicted->elapsed) ==
        Approx(run.samples.start.back() + run.samples.total.back()));
  REQUIRE(run.after_idle.size() == 2);
  CHECK(run.after_idle[1].idle == 0.002);
  CHECK(run.after_idle[1].latency >= 0.001);
  REQUIRE(run.operations.size() == 2);
  CHECK(run.operations[0].calls == run.operation_calls.size());
  CHECK(run.memory_at_start);
  CHECK(run.memory_loaded);
  CHECK(run.memory_after);
  REQUIRE(run.outputs.size() == 1);
  CHECK(run.outputs[0].value.name == "y");
  REQUIRE(run.plan);
  CHECK(run.plan->operations.size() == 1);
  CHECK(std::ranges::find(told, "measuring") != told.end());
}

TEST_CASE("The measured phase follows the warm-up in the same predictions, without a pause") {
  RunRequest request = request_for("slow:2");
  request.warm_up = {10, 0.15, 0.2};
  ModelInRunner model(request);
  model.load();
  int began = 0;
  bool asked_before = false;
  std::vector<double> asked;
  model.measure(
      [&](double seconds) {
        asked_before = asked_before || began == 0;
        asked.push_back(seconds);
        return asked.size() < 3;
      },
      [&] { ++began; });
  const ModelRun& run = model.run();
  CHECK(began == 1);
  CHECK_FALSE(asked_before);
  REQUIRE(asked.size() >= 3);
  CHECK(asked[0] < asked[1]);
  CHECK(run.warm_up->iterations >= 10);
  CHECK(run.warm_up->seconds >= 0.15);
  // More was wanted than the request's minimums.
  CHECK(to_seconds(run.predicted->elapsed) >= asked[2]);
  CHECK(run.samples.total.size() > 20);
  model.end();
  CHECK(run.ok());
}

TEST_CASE("A limit on time ends the measured phase before its iterations are reached") {
  RunRequest request = request_for("slow:2");
  request.iterations = 1'000'000'000;
  request.time_limit = std::chrono::milliseconds(150);
  request.energy.wanted = false;
  ModelInRunner model(request);
  model.load();
  model.measure([](double) { return true; });
  CHECK(to_seconds(model.run().predicted->elapsed) >= 0.15);
  CHECK(model.segment(7).size() == 7);
  CHECK(model.segment(0).size() == 1);
}

TEST_CASE("Every way in which a runner fails is an outcome with its phase") {
  struct Case {
    const char* behaviour;
    RunOutcome outcome;
    RunPhase phase;
  };
  for (const Case& each : std::vector<Case>{
           {"segfault-load", RunOutcome::crashed, RunPhase::load},
           {"compiler-load", RunOutcome::compiler_failed, RunPhase::load},
           {"throw-load", RunOutcome::refused, RunPhase::load},
           {"abort-predict", RunOutcome::crashed, RunPhase::first_inference},
           {"hang-load", RunOutcome::timed_out, RunPhase::load},
           {"kill-predict:20000", RunOutcome::killed, RunPhase::measure},
           {"hang-predict:20000", RunOutcome::timed_out, RunPhase::measure},
           {"throw-predict:20000", RunOutcome::refused, RunPhase::measure},
       }) {
    INFO(each.behaviour);
    RunRequest request = request_for(each.behaviour);
    request.iterations = 1'000'000'000;
    request.reload = request.plan = true;
    const ModelRun run = run_scripted(request);
    CHECK(name_of(run.end.outcome) == name_of(each.outcome));
    CHECK(name_of(run.end.phase) == name_of(each.phase));
    CHECK_FALSE(run.message.empty());
    CHECK(run.hello);
    CHECK(run.why_no_plan == "the run failed before");
    CHECK(run.memory_at_start);
    const bool measuring = each.phase == RunPhase::measure;
    CHECK(run.samples.total.empty() != measuring);
    CHECK(run.warm_up.has_value() == measuring);
    CHECK_FALSE(run.predicted);
  }
}

TEST_CASE("A runner that is not there, talks garbage or takes too much memory is an outcome") {
  RunRequest missing = request_for("good");
  missing.runner = "/nowhere/runner";
  const ModelRun not_found = run_scripted(missing);
  CHECK(not_found.end.outcome == RunOutcome::not_found);
  CHECK(not_found.end.phase == RunPhase::start);
  CHECK_FALSE(not_found.hint.empty());

  RunRequest garbage = request_for("good");
  garbage.runner = "/bin/echo hello";
  CHECK(run_scripted(garbage).end.outcome == RunOutcome::garbage);

  RunRequest hungry = request_for("hungry-load");
  hungry.limits.memory = uint64_t{256} << 20;
  hungry.limits.load = std::chrono::minutes(1);
  CHECK(run_scripted(hungry).end.outcome == RunOutcome::out_of_memory);
}

TEST_CASE("A runner of one's own that knows no operations is measured all the same") {
  RunRequest request = request_for("any");
  request.runner = std::string("python3 ") + TINY_RUNNER;
  const ModelRun run = run_scripted(request);
  INFO(run.message);
  CHECK(run.ok());
  CHECK(run.samples.total.size() >= 20);
  CHECK(run.operations.empty());
  CHECK(run.why_no_operations == "only doubles");
}

TEST_CASE("A runner that ends its predictions before it is told to does not keep to the protocol") {
  const anemon::test::ScratchDirectory scratch;
  // In the warm-up and in the measured phase.
  for (const auto& [calls, phase] : {std::pair("1", "warm-up"), std::pair("20000", "measure")}) {
    const auto script = scratch.write(
        "hasty.py", std::string("source = open('") + TINY_RUNNER +
                        "').read()\nexec(source.replace('= reached(', '= count >= " + calls +
                        " or reached('))\n");
    RunRequest request = request_for("any");
    request.iterations = 1'000'000'000;
    if (phase == std::string("warm-up")) request.warm_up = {};
    request.runner = "python3 " + script.string();
    const ModelRun run = run_scripted(request);
    CHECK(run.end.outcome == RunOutcome::garbage);
    CHECK(name_of(run.end.phase) == phase);
    CHECK_THAT(run.message, ANEMON_CONTAINS(std::string("it ended after ") + calls +
                                            " predictions, before it was told to"));
  }
}

TEST_CASE("What makes no sense to ask is an error before anything runs") {
  const auto refused = [](auto change) {
    RunRequest request = request_for("good");
    change(request);
    const auto observer = nobody();
    CHECK_THROWS_AS(run_model(request, *observer), Error);
    CHECK_THROWS_AS(ModelInRunner(request), Error);
  };
  refused([](RunRequest& request) { request.model.clear(); });
  refused([](RunRequest& request) { request.items = 0; });
  refused([](RunRequest& request) { request.iterations = 0; });
  refused([](RunRequest& request) { request.time_limit = Duration{}; });
  refused([](RunRequest& request) { request.warm_up.limit_seconds = -1; });
}

TEST_CASE("A pause ends when the user wants no answer any more") {
  RunRequest request = request_for("good");
  request.after_idle = {std::chrono::hours(1)};
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  request.limits.interrupt = pipe_ends[0];
  ModelInRunner model(request);
  model.load();
  REQUIRE(::write(pipe_ends[1], "x", 1) == 1);
  CHECK_THROWS_AS(model.time_after_idle(), RunFailure);
  CHECK(model.run().end.outcome == RunOutcome::interrupted);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

#ifdef ANEMON_RUNNER
namespace {

// Without a daemon, whatever the machine runs.
Asking on_its_own(const anemon::test::ScratchDirectory& scratch) {
  Asking asking;
  asking.socket = scratch.path() / "nobody.sock";
  asking.chip = "M4";
  return asking;
}

}  // namespace

TEST_CASE("A model is profiled by the reference engine, from its file to its document") {
  const anemon::test::ScratchDirectory scratch;
  models::test::write_package(scratch.path() / "small.mlpackage", small_model());
  RunRequest request;
  request.model = scratch.path() / "small.mlpackage";
  request.runner = ANEMON_RUNNER;
  request.time = std::chrono::milliseconds(50);
  request.warm_up.seconds = 0.05;
  const Json document = profile_model(request, on_its_own(scratch));
  INFO(document["outcome"].dump());
  REQUIRE(text(document, "/outcome/state") == "ok");
  CHECK(text(document, "/model/name") == "small");
  CHECK(text(document, "/model/kind") == "mlProgram");
  CHECK(text(document, "/model/hash").size() == 64);
  CHECK(text(document, "/environment/engine") == "reference (CPU)");
  CHECK(number(document, "/timing/inference_time_ms").value() > 0);
  CHECK(number(document, "/timing/iterations").value() >= 100);
  CHECK(number(document, "/throughput/inferences_per_second").value() > 0);
  CHECK(number(document, "/throughput/effective_tops").value() > 0);
  CHECK(document["power"]["absent"].contains("average_power_watts"));
  CHECK(at(document, "/latency_breakdown/layer_timings_ms").contains("linear_0"));
  double share = 0;
  for (const Json& layer : document["layers"]) {
    CHECK(layer.contains("index"));
    share += number(layer, "/time_share").value_or(0);
  }
  CHECK(share > 0);
  CHECK(share <= 1);
  CHECK(text(document, "/timing/absent/cached_load_time_ms") ==
        "the first load compiled nothing that a second one could reuse");
}

TEST_CASE("What cannot be asked of a model is an error: no such file, no such shape") {
  const anemon::test::ScratchDirectory scratch;
  RunRequest request;
  request.runner = ANEMON_RUNNER;
  request.model = scratch.path() / "nothing.mlpackage";
  CHECK_THROWS_AS(profile_model(request, on_its_own(scratch)), Error);
  models::test::write_package(scratch.path() / "small.mlpackage", small_model());
  request.model = scratch.path() / "small.mlpackage";
  request.shapes["x"] = {1, 9};
  CHECK_THROWS_AS(profile_model(request, on_its_own(scratch)), Error);
}
#endif
