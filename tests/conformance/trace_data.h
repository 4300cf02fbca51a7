// Data of real machines, which lies beside the project and is never part of it: tests that need it
// say so and pass when it is not there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/catch.h"

namespace anemon::test {

// $ANEMON_TRACE_DATA, else shared/data/traces beside the project's source directory.
inline std::optional<std::filesystem::path> trace_data() {
  std::filesystem::path folder;
  if (const char* set = std::getenv("ANEMON_TRACE_DATA"); set != nullptr && *set != '\0') {
    folder = set;
  } else {
    const auto project = std::filesystem::path(__FILE__).parent_path() / ".." / "..";
    folder = project / ".." / "shared" / "data" / "traces";
  }
  if (std::filesystem::is_directory(folder)) return folder;
  std::cout << "skipped: no data of real machines in " << folder.string() << '\n';
  return std::nullopt;
}

// Rows of a file of tab-separated values, without its comments.
inline std::vector<std::vector<std::string>> tsv_rows(const std::filesystem::path& file) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> cells;
    std::istringstream split(line);
    for (std::string cell; std::getline(split, cell, '\t');) cells.push_back(cell);
    rows.push_back(std::move(cells));
  }
  return rows;
}

}  // namespace anemon::test
