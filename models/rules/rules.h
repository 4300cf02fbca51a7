// The rules: a table of what keeps a model off the Neural Engine or slows it there.
// Adding one is a function and a row in the file of its family (data_types.cc, operations.cc,
// shapes.cc, kernels.cc, weights.cc, performance.cc, mixed.cc, reading.cc); docs/rules.md is
// generated from the rows.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "models/analysis/analysis.h"
#include "models/chips/chip.h"
#include "models/placement/placement.h"
#include "models/rules/finding.h"

namespace anemon::models {

struct FunctionFacts;  // models/rules/check.h

// What a rule may look at.
struct RuleContext {
  const Model& model;                // the member
  const ModelAnalysis& analysis;     // of it
  const FunctionAnalysis* function;  // null while a model without functions is checked
  const Placement* placement;        // of the function; null as above
  const Chip& chip;
  const FunctionFacts* facts;  // of the function; null as above
};

struct Rule {
  std::string_view id;
  Severity severity;  // the strongest it reports
  Confidence confidence;
  std::string_view source;
  std::string_view title;  // "fp32 arithmetic"
  std::string_view why;
  std::string_view change;
  std::string_view effect;  // what to expect, with its formula
  // Appends what it finds: severity, operations, what and effect; examine() adds the row's words.
  // Called once per function, or once for a model without functions.
  void (*check)(const RuleContext&, std::vector<Finding>&);
};

std::vector<Rule> rules();  // by id's family, then number

// A model with everything said about it; of a pipeline also its members'.
struct Report {
  const Model* model = nullptr;
  const ModelAnalysis* analysis = nullptr;
  const Chip* chip = nullptr;
  std::vector<Placement> placements;  // as analysis->functions
  std::vector<Finding> findings;      // of this model and its members, errors first
  std::vector<Report> members;
};

// Places and checks. `analysis` must outlive the result.
Report examine(const ModelAnalysis& analysis, const Chip& chip);

}  // namespace anemon::models
