#include "examples/triton_backend/load_profile.h"

#include <exception>

#include "models/read/read_model.h"
#include "models/rules/rules.h"

namespace {

// FLOPs of the first function, which is the one that a server calls.
std::optional<double> possible_share(const anemon::models::Report& report) {
  if (!report.placements.empty()) {
    const auto& total = report.analysis->functions.front().total;
    if (!total.complete || total.flops() == 0) return std::nullopt;
    return report.placements.front().ane_possible_share;
  }
  if (report.members.size() == 1) return possible_share(report.members.front());
  return std::nullopt;
}

}  // namespace

// Without running the model: the file is read, its operations are counted and the rules about the
// Neural Engine are applied. What a prediction costs is measured by running it.
LoadProfile profile_at_load(const std::filesystem::path& model) {
  LoadProfile profile;
  try {
    const anemon::models::Model read = anemon::models::read_model(model);
    const anemon::models::ModelAnalysis analysis = anemon::models::analyse(read);
    const anemon::models::Report report =
        anemon::models::examine(analysis, anemon::models::default_chip());
    profile.efficiency = possible_share(report);
    profile.provenance = "estimated";
    for (const anemon::models::Finding& finding : report.findings) {
      if (finding.severity == anemon::models::Severity::info) continue;
      auto& list =
          finding.severity == anemon::models::Severity::error ? profile.errors : profile.warnings;
      list.push_back(std::string(finding.rule) + ": " + finding.what);
    }
  } catch (const std::exception& error) {
    profile.errors.emplace_back(error.what());
  }
  return profile;
}
