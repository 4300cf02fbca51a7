// Whether two models hold the same values: weights and parameters of operations that both have.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/document/model_study.h"

namespace anemon {

// A constant argument of an operation that both models name alike.
struct ChangedConstant {
  std::string function, operation, argument;
  std::string before, after;  // types, the values differ; empty: no constant there
};

struct ConstantsDiff {
  uint64_t compared = 0;  // what several operations share counts once
  uint64_t unknown = 0;   // not compared: a file that should hold it is missing or damaged
  std::vector<ChangedConstant> changes;
};

// Reads every weight of both once, where it is mapped.
ConstantsDiff compare_constants(const ModelStudy& before, const ModelStudy& after);

// Names by which operations of two models are matched, as FunctionAnalysis::operations; empty for
// `const`. Of operations without a name, and of equal names, the n-th.
std::vector<std::string> names_to_match(const models::FunctionAnalysis& function);

}  // namespace anemon
