// A model as this backend serves it: what its configuration says and how it is reported.
#pragma once

#include <anemon/client.h>

#include <filesystem>
#include <string>

// From the model's config.pbtxt; a parameter that is missing keeps its default.
struct ServedModelConfig {
  std::filesystem::path file;        // "anemon_model_file", else the version's only Core ML model
  std::string compute_unit;          // "anemon_compute_unit"
  double efficiency_threshold = 60;  // of 100; "anemon_efficiency_threshold"
};

// `version_folder`: REPOSITORY/MODEL/VERSION; `json`: the configuration as the server gives it.
// Throws std::runtime_error with what to change.
ServedModelConfig read_config(const std::filesystem::path& version_folder, const std::string& json);

class ServedModel {
 public:
  // `name` as clients know it. Throws std::runtime_error when it cannot be reported under it.
  ServedModel(const std::string& name, const ServedModelConfig& config);

  // Called once per request, on any thread. Of one that failed no items were processed.
  void report(uint64_t begin_ns, uint64_t end_ns, bool ok, uint64_t batch_size) const noexcept {
    anemon_inference_at(handle_, begin_ns, end_ns - begin_ns, ok ? 1 : 0,
                        ok ? &batch_size : nullptr);
  }

 private:
  const anemon_model* handle_;
};
