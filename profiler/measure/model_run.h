// One run of a model, start to end, and everything it gave: raw, before any arithmetic that a
// reader could wish to do otherwise. Times are seconds.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "profiler/measure/run_request.h"
#include "profiler/runner/protocol.h"
#include "profiler/runner/run_failure.h"
#include "profiler/runner/runner_process.h"
#include "profiler/statistics/steadiness.h"

namespace anemon::profiler {

struct WarmUpRun {
  uint64_t iterations = 0;
  double seconds = 0;
  Steadiness verdict;
};

struct AfterIdle {
  double idle = 0;     // seconds of pause
  double latency = 0;  // of the first call after it
};

// What a run gave up to where it ended; a phase it did not reach left nothing behind.
struct ModelRun {
  RunRequest request;
  RunEnd end;                 // ok, or how and in which phase it failed
  std::string message, hint;  // of a failure

  std::vector<std::string> command;  // the runner's
  std::optional<Hello> hello;
  std::optional<Loaded> loaded;  // the first load
  // A second one in a fresh runner, when what the first has compiled was there to reuse.
  std::optional<LoadTimes> reloaded;
  std::optional<Filled> filled;
  std::optional<ComputePlan> plan;
  std::string why_no_plan;

  std::optional<double> first_inference;
  std::optional<WarmUpRun> warm_up;
  Samples samples;                     // of the measured phase, `start` since `predicted->origin`
  std::optional<Predicted> predicted;  // its count and elapsed are of the measured phase
  std::vector<AfterIdle> after_idle;
  std::vector<OperationTime> operations;
  double operations_seconds = 0;  // all calls of the pass that timed them, by the runner's clock
  std::optional<MemoryUse> memory_at_start, memory_loaded, memory_after;
  std::vector<OutputResult> outputs;  // of item 0, after the last call

  bool ok() const { return end.outcome == RunOutcome::ok; }
};

// A model loaded in a runner of its own, taken through the phases one by one; each appends what it
// found to run(). Whatever fails is thrown as RunFailure, after run() was told.
// One thread.
class ModelInRunner {
 public:
  // Starts the runner and greets it.
  explicit ModelInRunner(RunRequest request);

  void load();  // loads, fills the inputs, and makes the first call
  pid_t pid() const { return process_->pid(); }

  // Asked about ten times a second, with the seconds since the measured phase began; false lets it
  // end once the request's minimums are reached.
  using GoOn = std::function<bool(double seconds)>;
  // The warm-up and, without a pause, the measured phase. `began`: called at the first measured
  // call (it must be quick: the model runs on meanwhile).
  void measure(const GoOn& go_on = {}, const std::function<void()>& began = {});

  // `count` calls more without a warm-up of their own, at least one; for interleaved segments.
  // The latencies in seconds; not kept in run().
  std::vector<double> segment(uint64_t count);

  void time_after_idle();  // request.after_idle
  void time_operations();  // request.operations
  void read_results();
  void end();  // and the memory at the end

  const ModelRun& run() const { return run_; }
  ModelRun take() { return std::move(run_); }

 private:
  template <class Phase>
  void guarded(const Phase& phase);

  ModelRun run_;
  std::unique_ptr<RunnerProcess> process_;
};

class Observer;  // profiler/measure/observer.h

// All phases in their order, watched by `observer`. Does not throw for a run that fails: the result
// says how. Throws Error for a request that makes no sense.
ModelRun run_model(const RunRequest& request, Observer& observer);

}  // namespace anemon::profiler
