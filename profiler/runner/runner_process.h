// The parent's side of a run: starts a runner, asks it, holds it to limits, and gives every way in
// which it can fail a name. Whatever the runner does, no call here lasts longer than its limit, and
// no process or descriptor outlives the object.
//
// One thread. What fails is thrown as RunFailure; after `refused`, `compiler_failed` and an
// `out_of_memory` that the runner reported itself, alive() tells that it can be asked again.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "profiler/runner/line_buffer.h"
#include "profiler/runner/protocol.h"
#include "profiler/runner/run_failure.h"
#include "profiler/runner/runner_child.h"

namespace anemon::profiler {

// Times by the clock that stops in sleep.
struct RunnerLimits {
  Duration start = std::chrono::seconds(30);
  Duration load = std::chrono::minutes(15);  // compilation included
  Duration fill = std::chrono::minutes(2);
  Duration call = std::chrono::minutes(2);    // one prediction: between lines of samples
  Duration answer = std::chrono::minutes(1);  // anything else
  Duration end = std::chrono::seconds(5);     // from the bye to the end of the process
  std::optional<uint64_t> memory;             // bytes, of the runner's own process
  std::optional<Duration> cpu;                // processor time in all
  int interrupt = -1;  // a descriptor: once readable, the run ends as `interrupted`
};

struct OutputResult {
  FeatureValue value;  // `numbers`: as many as were asked for
  uint64_t count = 0;  // elements there are
  ResultStatistics statistics;
  std::string checksum;
};

// How a run that was asked to end did end.
struct RunnerFarewell {
  RunEnd end;
  Duration cpu{};
  int64_t max_resident_bytes = 0;
};

class RunnerProcess {
 public:
  static constexpr size_t kLastWords = 8192;  // bytes kept of standard error

  // Starts it and greets it. `engine`: empty for the runner's first.
  RunnerProcess(std::vector<std::string> command, const RunnerLimits& limits,
                const std::string& engine = {});
  ~RunnerProcess();  // one that still runs is killed
  RunnerProcess(const RunnerProcess&) = delete;
  RunnerProcess& operator=(const RunnerProcess&) = delete;

  const Hello& hello() const { return hello_; }
  pid_t pid() const { return child_.pid(); }  // 0 once it has ended
  bool alive() const { return child_.pid() != 0; }

  // What the engine intends, by its own account. Best by a runner that is for nothing else.
  ComputePlan plan(const LoadRequest& request);
  Loaded load(const LoadRequest& request);
  Filled fill(const FillRequest& request);

  // `observe` gets all samples as they come; false stops the run, after the ones under way. `phase`
  // is what a failure is told to have happened in.
  using Observer = std::function<bool(const Samples&)>;
  Predicted predict(RunPhase phase, const PredictRequest& request, const Observer& observe);
  // For an observer: what comes from now on belongs to another phase.
  void enter(RunPhase phase) { phase_ = phase; }

  // Since the last predict with `time_operations`.
  std::vector<OperationTime> operations();
  std::vector<OutputResult> results(const ResultsRequest& request);
  MemoryUse memory();

  // Says bye and waits for the end; kills what does not end. Of one that has ended before: how.
  RunnerFarewell end();

 private:
  void send(const Request& request, Duration deadline);
  Answer receive(Duration deadline);
  // Sends `request` and gives the answer, which must be an Expected.
  template <class Expected>
  Expected ask(const Request& request, RunPhase phase, Duration limit);
  template <class Expected>
  Expected expect(Answer answer);
  void pump(Duration deadline, bool to_write);
  void read_output();
  void read_errors();
  void watch(Duration now);
  void drain();

  [[noreturn]] void report(const Failure& failure);
  [[noreturn]] void fail(RunOutcome outcome, const std::string& message, std::string hint = {});
  [[noreturn]] void fail_ended();
  [[noreturn]] void fail_garbage(const std::string& why, std::string_view line);
  std::string last_words() const;

  std::vector<std::string> command_;
  RunnerLimits limits_;
  RunnerChild child_;
  LineBuffer lines_;
  std::string errors_;  // the tail of standard error
  Hello hello_;
  RunPhase phase_ = RunPhase::start;
  std::optional<ComputeUnits> units_;  // that the model was loaded for
  Duration phase_limit_{};
  Duration watched_{};                // when memory and processor time were looked at
  bool output_ended_ = false;         // standard output was closed
  std::optional<Duration> ended_at_;  // when that was noticed
  bool said_bye_ = false;
  std::optional<RunEnd> ended_;  // how it failed, once it is gone
};

}  // namespace anemon::profiler
