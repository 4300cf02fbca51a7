// Golden files: tests/golden/NAME holds what a test must produce, byte for byte.
// ANEMON_GOLDEN=write in the environment rewrites them; review the difference.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/catch.h"

namespace anemon::test {

inline void check_golden(const std::string& name, const std::string& actual) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "golden" / name;
  const char* mode = std::getenv("ANEMON_GOLDEN");
  if (mode != nullptr && std::string(mode) == "write") {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << actual;
  }
  std::ifstream file(path, std::ios::binary);
  INFO("golden file " << path << "; ANEMON_GOLDEN=write rewrites it");
  REQUIRE(file);
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  CHECK(actual == expected);
}

}  // namespace anemon::test
