// One run of a model, start to end, and everything it gave: raw, before any arithmetic that a
// reader could wish to do otherwise. Times are seconds.
#pragma once

#include <cstdint>
#include <filesystem>
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
  std::optional<double> ramp_seconds;  // until what is steady began; unset: nothing is
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
  std::string why_not_reloaded;
  std::optional<Filled> filled;
  std::optional<ComputePlan> plan;
  std::string why_no_plan;

  std::optional<double> first_inference;
  std::optional<WarmUpRun> warm_up;
  // Of the measured phase, `start` since its first call; of very many calls one of every so many
  // (profiler/measure/sample_keeper.h).
  Samples samples;
  std::optional<Predicted> predicted;  // of the measured phase alone, once it came to its end
  std::vector<AfterIdle> after_idle;
  // Of calls after the measured ones, in short passes; of these the eighth whose latency comes
  // closest to the measured median, so that what disturbs the machine meanwhile does not count.
  std::vector<OperationTime> operations;
  std::vector<double> operation_calls;  // their latencies, in seconds
  std::string why_no_operations;
  // Of the runner's process: before the model was loaded, after its first call, and after the
  // measured phase (else at the end).
  std::optional<MemoryUse> memory_at_start, memory_loaded, memory_after;
  std::vector<OutputResult> outputs;  // of item 0, after the last call

  bool ok() const { return end.outcome == RunOutcome::ok; }
};

// A model loaded in a runner of its own, taken through the phases one by one; each appends what it
// found to run(). Whatever fails is thrown as RunFailure, after run() was told.
// One thread.
class ModelInRunner {
 public:
  // Starts the runner and greets it. `compiled`: LoadRequest::compiled. Throws Error for a request
  // that makes no sense.
  explicit ModelInRunner(RunRequest request, std::filesystem::path compiled = {});

  void load();  // loads, fills the inputs, and makes the first call
  pid_t pid() const { return process_->pid(); }

  // Asked about ten times a second, with the seconds since the measured phase began; false lets it
  // end once the request's minimums are reached. True prolongs it beyond the request's time limit,
  // to energy's at most.
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
  Duration longest() const;
  double predict_once();

  struct TimedPass {
    std::vector<OperationTime> operations;  // empty: `why_no_operations`
    std::vector<double> calls;

    double mean() const;
  };
  TimedPass timed_pass();
  double usual_latency(const std::vector<TimedPass>& passes) const;

  ModelRun run_;
  std::filesystem::path compiled_;
  std::unique_ptr<RunnerProcess> process_;
};

// What the model is called: the request's name, else the file's without its extension.
std::string name_of_model(const RunRequest& request);

// What the runner is asked to load.
LoadRequest load_request(const RunRequest& request, const std::filesystem::path& compiled = {});

// Throws Error for a request that makes no sense, whatever the model.
void require_sensible(const RunRequest& request);

// What the engine intends for the model of `run`, if that was asked for: told in `plan`, or in
// `why_no_plan`. In a runner of its own.
void ask_for_plan(ModelRun& run);

class Observer;  // profiler/measure/observer.h

// All phases in their order, watched by `observer`; then, in runners of their own, the second load
// and the plan, which would make the first load no cold one. `progress` gets lines for people. Does
// not throw for a run that fails: the result says how. Throws Error for a request that makes no
// sense.
ModelRun run_model(const RunRequest& request, Observer& observer,
                   const std::function<void(const std::string&)>& progress = {});

}  // namespace anemon::profiler
