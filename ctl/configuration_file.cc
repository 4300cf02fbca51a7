#include "ctl/configuration_file.h"

#include <system_error>

#include "platform/default_paths.h"

namespace anemon {

std::filesystem::path found_configuration() {
  for (const auto& candidate : default_config_files()) {
    std::error_code error;
    if (std::filesystem::exists(candidate, error)) return candidate;
  }
  return {};
}

}  // namespace anemon
