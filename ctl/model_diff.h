// What is different between two models.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/model_weights_diff.h"
#include "models/document/model_study.h"

namespace anemon {

struct ChangedFact {
  std::string what;           // "kind", "input image"
  std::string before, after;  // empty: not there
};

enum class Unit { count, bytes, seconds, share, points };

struct ChangedNumber {
  std::string key;   // "macs", a type
  std::string what;  // for people
  Unit unit = Unit::count;
  bool estimated = false;
  std::optional<double> before, after;
};

// An operation of one model, or of both when they name it alike.
struct ChangedOperation {
  std::string function, name;
  std::string before, after;  // type, shape and cost; empty: not there
};

struct ChangedFinding {
  std::string rule, where;
  std::string before, after;  // severity and what; empty: not found
};

struct ModelDiff {
  std::vector<ChangedFact> facts;
  std::vector<ChangedNumber> numbers;    // all that one of the models has, changed or not
  std::vector<ChangedNumber> histogram;  // counts by type that differ
  std::vector<ChangedOperation> operations;
  std::vector<ChangedOperation> placement;  // engines: "ANE", "CPU"; "" where no winner is known
  std::vector<ChangedFinding> findings;
  ConstantsDiff constants;
  std::vector<std::string> unseen;  // kinds whose values are not compared: "treeEnsembleRegressor"

  bool same() const;      // nothing that was compared changed, numbers and values included
  bool complete() const;  // all values were compared
};

ModelDiff compare_models(const ModelStudy& before, const ModelStudy& after);

}  // namespace anemon
