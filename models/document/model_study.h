// A model with everything anemon says about it: what `anemonctl model ...` prints and a result
// holds.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/analysis/analysis.h"
#include "models/rules/readiness.h"
#include "models/rules/recommendations.h"
#include "models/rules/rules.h"

namespace anemon {

struct ChipChoice {
  const models::Chip* chip = nullptr;
  std::string_view origin;  // "asked for", "this machine", "default"
};

// One function of the model or of a pipeline's member.
struct StudiedFunction {
  std::string where;  // "member/function", of what is needed to tell it from the others
  const models::Model* model = nullptr;
  const models::FunctionAnalysis* analysis = nullptr;
  const models::Placement* placement = nullptr;  // null unless asked for

  // `where`, or the function's own name when nothing needs to be told apart.
  const std::string& name() const { return where.empty() ? analysis->function->name : where; }
};

// Owns the model and what points into it. What is expensive is made when it is first asked for.
class ModelStudy {
 public:
  // `file`: as the user wrote it. Throws Error when a shape fits no input.
  ModelStudy(std::string file, models::Model model, const models::InputShapes& shapes,
             ChipChoice choice);
  ModelStudy(const ModelStudy&) = delete;
  ModelStudy& operator=(const ModelStudy&) = delete;

  const std::string& file() const { return file_; }
  const models::Model& model() const { return model_; }
  const models::ModelAnalysis& analysis() const { return analysis_; }
  const models::InputShapes& shapes() const { return shapes_; }
  const ChipChoice& choice() const { return choice_; }
  const models::Chip& chip() const { return *choice_.chip; }

  const models::Report& report() const;
  const models::Readiness& readiness() const;
  const std::vector<models::Recommendation>& recommendations() const;

  // Of the model, or of all members in order.
  std::vector<StudiedFunction> functions(bool placed) const;

 private:
  const std::string file_;
  const models::Model model_;
  const models::InputShapes shapes_;
  const models::ModelAnalysis analysis_;
  const ChipChoice choice_;
  mutable std::optional<models::Report> report_;
  mutable std::optional<models::Readiness> readiness_;
  mutable std::optional<std::vector<models::Recommendation>> recommendations_;
};

// "complete", "missing", "damaged"; "none" for a model without weights.
std::string_view weights_state(const models::ModelAnalysis& analysis);

// Why the model is known in part only, a line for each reason; members' too.
std::vector<std::string> reasons_of_being_partial(const models::Model& model);

// What one prediction needs: the default function's, of a pipeline all members' together.
struct ModelTotals {
  models::OperationCost cost;
  uint64_t peak_activation_bytes_min = 0;  // of the member that needs most
  uint64_t peak_activation_bytes_max = 0;
  bool has_network = false;  // else there is nothing to total
};
ModelTotals totals_of(const models::ModelAnalysis& analysis);

// The predicted time of a function.
struct Latency {
  std::optional<double> low;
  std::optional<double> high;  // none too when the function could be counted in part only
};
Latency latency_of(const models::FunctionAnalysis& function, const models::Placement& placement);

}  // namespace anemon
