// How ready a model is for the Neural Engine, 0 to 100, with the terms it is made of. Estimated,
// from the file alone; not the measured efficiency score.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/rules/rules.h"

namespace anemon::models {

struct ReadinessTerm {
  std::string_view name;  // "residency", "precision", "layout", "memory", "shapes"
  double points = 0;
  double of = 0;                        // 40, 20, 15, 15, 10
  std::string evidence;                 // "0.93 of FLOPs can run on the Neural Engine, 2 switches"
  std::vector<std::string_view> rules;  // ids of findings that cost points
};

struct Readiness {
  double score = 0;  // sum of the points
  std::vector<ReadinessTerm> terms;
};

// Of a pipeline: its members' weighted by FLOPs.
Readiness readiness(const Report& report);

}  // namespace anemon::models
