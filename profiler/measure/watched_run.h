// One of several models that are loaded at the same time: measured by itself under a session of the
// daemon, then asked for segments in turn with the others. What fails ends this one alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "profiler/measure/interleave.h"
#include "profiler/measure/model_run.h"
#include "profiler/measure/observer.h"
#include "profiler/measure/questions.h"

namespace anemon::profiler {

// One thread. Only what makes no sense to ask is thrown; the rest is told by run().
class WatchedRun {
 public:
  // `label`: what it is called in lines of progress; empty: by engine and compute units.
  WatchedRun(RunRequest request, const Asking& asking, std::string label = {});

  void load();     // in a runner of its own
  void measure();  // warm-up and measured phase, alone
  std::vector<double> segment(uint64_t calls);
  void finish();  // times of operations, outputs, the runner's end, the engine's plan

  bool alive() const { return model_.has_value(); }
  const ModelRun& run() const { return model_ ? model_->run() : run_; }
  const Observation& seen() const { return observer_->seen(); }
  double seconds_per_call() const;  // of the measured phase, all that came between included

  // Of it as a part of a comparison, with segments of about this length.
  Lane lane(Duration segment);

 private:
  template <class Phase>
  void attempt(const Phase& phase);
  void say(const std::string& what) const;
  bool may_use_ane() const;

  const Asking& asking_;
  const std::string label_;
  std::unique_ptr<Observer> observer_;
  std::optional<ModelInRunner> model_;
  ModelRun run_;  // once the runner is gone
};

// Its name among others: "coreml, cpu-and-ane".
std::string name_of_run(const ModelRun& run);

}  // namespace anemon::profiler
