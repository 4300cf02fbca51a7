// Real models with golden values, which lie beside the project and are never part of it: tests that
// need them say so and pass when they are not there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>

namespace anemon::test {

// $ANEMON_MODEL_DATA, else shared/data/models beside the project's source directory.
inline std::optional<std::filesystem::path> model_data() {
  std::filesystem::path folder;
  if (const char* set = std::getenv("ANEMON_MODEL_DATA"); set != nullptr && *set != '\0') {
    folder = set;
  } else {
    const auto project = std::filesystem::path(__FILE__).parent_path() / ".." / "..";
    folder = project / ".." / "shared" / "data" / "models";
  }
  if (std::filesystem::is_directory(folder)) return folder;
  std::cout << "skipped: no models with golden values in " << folder.string() << '\n';
  return std::nullopt;
}

}  // namespace anemon::test
