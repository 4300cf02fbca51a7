#include "examples/triton_backend/load_profile.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "examples/triton_backend/program_output.h"

// Without running the model: `anemonctl model validate` reads the file, applies the rules about the
// Neural Engine and gives its readiness. In a process of its own, so that no file, however broken,
// takes the server with it.
LoadProfile profile_at_load(const std::filesystem::path& model) {
  LoadProfile profile;
  try {
    const std::string text =
        program_output({"anemonctl", "model", "validate", "-o", "json", model.string()});
    // What it remarks stands around the document.
    const size_t begin = text.starts_with('{') ? 0 : text.find("\n{") + 1;
    const size_t end = text.rfind('}');
    const auto document =
        end == std::string::npos || begin > end
            ? nlohmann::json(nlohmann::json::value_t::discarded)
            : nlohmann::json::parse(text.substr(begin, end + 1 - begin), nullptr, false);
    if (document.is_discarded()) throw std::runtime_error(text.empty() ? "no answer" : text);
    const auto& readiness = document.at("readiness");
    if (readiness.is_object() && readiness.at("score").is_number()) {
      profile.efficiency = readiness.at("score").get<double>();
      profile.provenance = "estimated";
    }
    for (const auto& finding : document.at("findings")) {
      const auto severity = finding.at("severity").get<std::string>();
      if (severity == "info") continue;
      auto& list = severity == "error" ? profile.errors : profile.warnings;
      list.push_back(finding.at("rule").get<std::string>() + ": " +
                     finding.at("what").get<std::string>());
    }
  } catch (const std::exception& error) {
    profile.errors.push_back(fmt::format("cannot profile {}: {}", model.string(), error.what()));
  }
  return profile;
}
