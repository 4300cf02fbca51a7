// What is asked of one run of a model. Plain values; defaults are those of `anemonctl profile`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/clock.h"
#include "profiler/engine.h"
#include "profiler/runner/protocol.h"
#include "profiler/runner/runner_process.h"
#include "profiler/statistics/warm_up.h"

namespace anemon::profiler {

// Only where a daemon sees a source of power; without one the run is not lengthened.
struct EnergyRequest {
  bool wanted = true;
  Duration baseline = std::chrono::seconds(5);   // idle, before the model is loaded
  Duration at_least = std::chrono::seconds(30);  // of the measured phase; then until
  double precision = 0.05;                       // half the 95 % interval over the mean,
  Duration at_most = std::chrono::minutes(2);    // but no longer
};

struct RunRequest {
  std::filesystem::path model;
  std::string name;  // empty: the file's name without its extension
  std::string function;
  ComputeUnits units = ComputeUnits::all;
  models::InputShapes shapes;  // by input's name
  unsigned threads = 1;
  bool round_to_fp16 = false;

  uint64_t items = 1;  // in one prediction call
  uint64_t seed = 1;
  std::vector<InputFill> inputs;  // others are random

  WarmUpRule warm_up;
  uint64_t iterations = 100;                      // at least, and
  Duration time = std::chrono::seconds(1);        // at least,
  Duration time_limit = std::chrono::minutes(1);  // but at most; energy's own limits prolong it
  std::vector<Duration> after_idle;               // pauses after which one call is timed
  bool reload = true;            // load a second time, as what the framework has cached
  bool operations = true;        // per-layer times, in a pass after the measured one
  bool plan = true;              // ask the engine for its plan, in a runner of its own
  uint64_t kept_numbers = 4096;  // of each output, to compare engines by

  EnergyRequest energy;
  std::string runner;  // a command line; empty: anemon-runner
  std::string engine;  // empty: the runner's first
  RunnerLimits limits;
};

}  // namespace anemon::profiler
