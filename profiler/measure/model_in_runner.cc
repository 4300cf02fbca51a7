#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "profiler/measure/model_run.h"
#include "profiler/measure/rest.h"
#include "profiler/measure/sample_keeper.h"
#include "profiler/runner/runner_command.h"
#include "profiler/statistics/sample.h"

namespace anemon::profiler {
namespace {

// Passes that time operations: so short that some are left in peace on a machine that does other
// things as well. Those count whose calls took what they usually take, one in eight.
constexpr size_t kPasses = 200;
constexpr size_t kFewestPasses = 4;
constexpr size_t kPassesForOne = 8;
constexpr Duration kPass = std::chrono::milliseconds(2);
constexpr Duration kAllPasses = std::chrono::seconds(2);

Duration awake_now() { return SystemClock().awake(); }

[[noreturn]] void fail_garbage(RunPhase phase, const std::string& why) {
  throw RunFailure(
      {RunOutcome::garbage, phase, {}, {}, {}},
      fmt::format("the runner does not keep to the protocol in phase {}: {}", name_of(phase), why));
}

}  // namespace

std::string name_of_model(const RunRequest& request) {
  return request.name.empty() ? request.model.stem().string() : request.name;
}

LoadRequest load_request(const RunRequest& request, const std::filesystem::path& compiled) {
  LoadRequest load;
  load.model = request.model;
  load.function = request.function;
  load.units = request.units;
  load.shapes = request.shapes;
  load.threads = request.threads;
  load.round_to_fp16 = request.round_to_fp16;
  if (!compiled.empty()) load.compiled = compiled;
  return load;
}

void require_sensible(const RunRequest& request) {
  if (request.model.empty()) throw Error("no model is named");
  if (request.items < 1 || request.items > kMaxItems) {
    throw Error(fmt::format("a batch of {} items", request.items),
                fmt::format("1 to {} go into one prediction call", kMaxItems));
  }
  if (request.iterations < 1) throw Error("no iterations to measure", "at least 1");
  if (request.time < Duration::zero() || request.time_limit < request.time) {
    throw Error(fmt::format("no measurement of at least {} s and at most {} s",
                            to_seconds(request.time), to_seconds(request.time_limit)),
                "the limit must not be below the least time");
  }
  static_cast<void>(WarmUp(request.warm_up));
}

ModelInRunner::ModelInRunner(RunRequest request, std::filesystem::path compiled)
    : compiled_(std::move(compiled)) {
  require_sensible(request);
  run_.request = std::move(request);
  run_.command = runner_command(run_.request.runner);
  process_ =
      std::make_unique<RunnerProcess>(run_.command, run_.request.limits, run_.request.engine);
  run_.hello = process_->hello();
}

template <class Phase>
void ModelInRunner::guarded(const Phase& phase) {
  try {
    phase();
  } catch (const RunFailure& failure) {
    run_.end = failure.end();
    run_.message = failure.what();
    run_.hint = failure.hint();
    throw;
  }
}

double ModelInRunner::predict_once() {
  PredictRequest one;
  one.items = run_.request.items;
  one.max_count = 1;
  double latency = 0;
  process_->predict(RunPhase::first_inference, one, [&](const Samples& samples) {
    latency = samples.total.front();
    return true;
  });
  return latency;
}

void ModelInRunner::load() {
  guarded([&] {
    const RunRequest& request = run_.request;
    run_.memory_at_start = process_->memory();
    run_.loaded = process_->load(load_request(request, compiled_));
    run_.filled = process_->fill({request.items, request.seed, request.inputs});
    run_.first_inference = predict_once();
    run_.memory_loaded = process_->memory();
  });
}

Duration ModelInRunner::longest() const {
  const RunRequest& request = run_.request;
  return request.energy.wanted ? std::max(request.time_limit, request.energy.at_most)
                               : request.time_limit;
}

void ModelInRunner::measure(const GoOn& go_on, const std::function<void()>& began) {
  const RunRequest& request = run_.request;
  const double least = to_seconds(request.time);
  const double limit = to_seconds(request.time_limit);
  const double most = to_seconds(longest());
  WarmUp warm_up(request.warm_up);
  RunPhase phase = RunPhase::warm_up;
  std::vector<double> warm_starts;
  SampleKeeper keeper(run_.samples);
  double origin = 0;  // of the measured phase, since that of the predictions
  double end = 0;     // of the last call
  bool told_to_stop = false;

  const auto warm = [&](const Samples& chunk) {
    for (size_t i = 0; i < chunk.total.size() && !warm_up.done(); ++i) {
      warm_starts.push_back(chunk.start[i]);
      warm_up.add(chunk.total[i], chunk.start[i] + chunk.total[i]);
    }
    if (!warm_up.done()) return;
    run_.warm_up = {warm_up.iterations(), warm_up.elapsed(), warm_up.verdict(), {}};
    if (warm_up.steady()) {
      run_.warm_up->ramp_seconds =
          warm_starts[std::min(warm_up.verdict().warm_up, warm_starts.size() - 1)] -
          warm_starts.front();
    }
    // What follows this line begins just now; the calls behind the end of the warm-up are let go.
    phase = RunPhase::measure;
    process_->enter(phase);
    if (began) began();
  };
  const auto measured = [&](const Samples& chunk) {
    if (keeper.calls() == 0) origin = chunk.start.front();
    keeper.add(chunk, origin);
    const double elapsed = end - origin;
    const bool more = go_on && go_on(elapsed);
    const bool enough = keeper.calls() >= request.iterations && elapsed >= least;
    told_to_stop = elapsed >= most || ((enough || elapsed >= limit) && !more);
    return !told_to_stop;
  };
  const auto take = [&](const Samples& chunk) {
    for (size_t i = 0; i < chunk.total.size(); ++i) {
      if (chunk.start[i] + chunk.total[i] < end) fail_garbage(phase, "time goes back");
      end = chunk.start[i] + chunk.total[i];
    }
    if (phase == RunPhase::measure) return measured(chunk);
    warm(chunk);
    return true;
  };

  guarded([&] {
    PredictRequest predict;
    predict.items = request.items;
    // One request for both phases, so that nothing cools down in between. It is ended from here;
    // the time is for a runner that hears nothing.
    const Duration longest_warm_up =
        std::chrono::ceil<Duration>(std::chrono::duration<double>(request.warm_up.limit_seconds));
    predict.max_time = longest_warm_up + longest() + request.limits.call;
    const Predicted predicted = process_->predict(RunPhase::warm_up, predict, take);
    if (keeper.calls() == 0 || (!told_to_stop && predicted.elapsed < *predict.max_time)) {
      fail_garbage(phase, fmt::format("it ended after {} predictions, before it was told to",
                                      predicted.count));
    }
    const auto since_start = [](double seconds) {
      return std::chrono::round<Duration>(std::chrono::duration<double>(seconds));
    };
    run_.predicted = {keeper.calls(), since_start(end - origin),
                      predicted.origin + since_start(origin)};
    run_.memory_after = process_->memory();
  });
}

std::vector<double> ModelInRunner::segment(uint64_t count) {
  std::vector<double> latencies;
  guarded([&] {
    PredictRequest predict;
    predict.items = run_.request.items;
    predict.max_count = std::max<uint64_t>(1, count);
    process_->predict(RunPhase::measure, predict, [&](const Samples& chunk) {
      latencies.insert(latencies.end(), chunk.total.begin(), chunk.total.end());
      return true;
    });
  });
  return latencies;
}

void ModelInRunner::time_after_idle() {
  guarded([&] {
    for (const Duration pause : run_.request.after_idle) {
      if (!rest(pause, run_.request.limits.interrupt)) {
        throw RunFailure({RunOutcome::interrupted, RunPhase::measure, {}, {}, {}}, "interrupted");
      }
      run_.after_idle.push_back({to_seconds(pause), segment(1).front()});
    }
  });
}

void ModelInRunner::time_operations() {
  if (!run_.request.operations) {
    run_.why_no_operations = "not asked for";
    return;
  }
  std::vector<TimedPass> passes;
  guarded([&] {
    const Duration begun = awake_now();
    while (passes.size() < kPasses &&
           (passes.size() < kFewestPasses || awake_now() - begun < kAllPasses)) {
      passes.push_back(timed_pass());
      if (passes.back().operations.empty()) return;
    }
    const double usual = usual_latency(passes);
    std::sort(passes.begin(), passes.end(), [&](const TimedPass& a, const TimedPass& b) {
      return std::abs(a.mean() - usual) < std::abs(b.mean() - usual);
    });
    passes.resize(std::max<size_t>(1, passes.size() / kPassesForOne));
    const auto begin = passes.begin();
    run_.operations = begin->operations;
    run_.operation_calls = begin->calls;
    for (auto pass = begin + 1; pass != passes.end(); ++pass) {
      if (pass->operations.size() != run_.operations.size()) continue;
      for (size_t i = 0; i < run_.operations.size(); ++i) {
        run_.operations[i].total += pass->operations[i].total;
        run_.operations[i].calls += pass->operations[i].calls;
      }
      run_.operation_calls.insert(run_.operation_calls.end(), pass->calls.begin(),
                                  pass->calls.end());
    }
  });
}

ModelInRunner::TimedPass ModelInRunner::timed_pass() {
  PredictRequest predict;
  predict.items = run_.request.items;
  predict.min_count = 1;
  predict.min_time = kPass;
  predict.time_operations = true;
  TimedPass pass;
  process_->predict(RunPhase::operations, predict, [&](const Samples& chunk) {
    pass.calls.insert(pass.calls.end(), chunk.total.begin(), chunk.total.end());
    return true;
  });
  try {
    pass.operations = process_->operations();
    if (pass.operations.empty()) {
      run_.why_no_operations = "the engine does not tell the times of operations";
    }
  } catch (const RunFailure& failure) {
    if (failure.outcome() != RunOutcome::refused || !process_->alive()) throw;
    run_.why_no_operations = failure.what();
  }
  return pass;
}

// What the times of operations are to explain: the measured phase's median.
double ModelInRunner::usual_latency(const std::vector<TimedPass>& passes) const {
  if (!run_.samples.total.empty()) return median(run_.samples.total);
  std::vector<double> means;
  for (const TimedPass& pass : passes) means.push_back(pass.mean());
  return median(means);
}

double ModelInRunner::TimedPass::mean() const {
  double sum = 0;
  for (const double latency : calls) sum += latency;
  return sum / static_cast<double>(calls.size());
}

void ModelInRunner::read_results() {
  guarded([&] { run_.outputs = process_->results({0, run_.request.kept_numbers}); });
}

void ModelInRunner::end() {
  guarded([&] {
    if (!run_.memory_after && process_->alive()) run_.memory_after = process_->memory();
    const RunnerFarewell farewell = process_->end();
    run_.end = farewell.end;
    if (run_.end.outcome == RunOutcome::ok) return;
    throw RunFailure(farewell.end,
                     fmt::format("the runner {} in phase {}", name_of(farewell.end.outcome),
                                 name_of(farewell.end.phase)));
  });
}

}  // namespace anemon::profiler
