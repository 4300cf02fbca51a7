#include "examples/triton_backend/served_model.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

namespace {

bool is_core_ml(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 3> kExtensions = {".mlmodel", ".mlpackage", ".mlmodelc"};
  return std::ranges::find(kExtensions, path.extension().string()) != kExtensions.end();
}

std::filesystem::path only_model_in(const std::filesystem::path& folder) {
  std::filesystem::path found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!is_core_ml(entry.path())) continue;
    if (!found.empty()) {
      throw std::runtime_error(folder.string() +
                               " has several Core ML models: name one with anemon_model_file");
    }
    found = entry.path();
  }
  if (found.empty()) throw std::runtime_error(folder.string() + " has no Core ML model");
  return found;
}

// {"parameters": {NAME: {"string_value": TEXT}}}
std::string parameter(const nlohmann::json& config, const char* name) {
  const nlohmann::json::json_pointer path(std::string("/parameters/") + name + "/string_value");
  if (!config.contains(path) || !config[path].is_string()) return {};
  return config[path].get<std::string>();
}

double points(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0' || !(value >= 0 && value <= 100)) {
    throw std::runtime_error("anemon_efficiency_threshold is a number from 0 to 100, not " + text);
  }
  return value;
}

}  // namespace

ServedModelConfig read_config(const std::filesystem::path& version_folder,
                              const std::string& json) {
  const auto document = nlohmann::json::parse(json, nullptr, false);
  if (!document.is_object())
    throw std::runtime_error("the model's configuration is no JSON object");
  ServedModelConfig config;
  const std::string file = parameter(document, "anemon_model_file");
  config.file = file.empty() ? only_model_in(version_folder) : version_folder / file;
  config.compute_unit = parameter(document, "anemon_compute_unit");
  if (config.compute_unit.empty()) config.compute_unit = "cpu";
  const std::string threshold = parameter(document, "anemon_efficiency_threshold");
  if (!threshold.empty()) config.efficiency_threshold = points(threshold);
  return config;
}

ServedModel::ServedModel(const std::string& name, const ServedModelConfig& config) {
  const char* const kinds[] = {"item"};
  handle_ = anemon_model_register(name.c_str(), config.compute_unit.c_str(), kinds, 1);
  if (handle_ == nullptr) throw std::runtime_error(anemon_last_error());
}
