// What to run a model on, in words. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "profiler/measure/agreement.h"

namespace anemon::profiler {

struct AdvisedRun {
  std::string name;
  bool ok = false;
  std::string outcome;                   // of one that failed: "crashed"
  const Agreement* agreement = nullptr;  // with the first that went well; null: it is that, or
                                         // there are no outputs
};

// By objective ("latency", "throughput", "energy", "memory"), indices into `runs`; an objective
// that could not be compared is left out.
struct Advice {
  std::vector<AdvisedRun> runs;
  std::map<std::string, std::vector<size_t>> best;  // that cannot be told apart, best first
  std::map<std::string, double> gain;               // of the best over the worst
  std::map<std::string, size_t> worst;
  bool same_computation = false;  // of all runs
};

std::string recommend_engine(const Advice& advice);

}  // namespace anemon::profiler
