// A trace file of a test, gone with it.
#pragma once

#include <filesystem>
#include <string>

#include "tests/scratch_directory.h"

namespace anemon::test {

class TemporaryTrace {
 public:
  explicit TemporaryTrace(const std::string& text, const std::string& name = "trace.jsonl")
      : path(folder_.write(name, text)) {}

 private:
  ScratchDirectory folder_;

 public:
  const std::filesystem::path path;
};

inline const std::string kHeader =
    R"({"format":"anemon-trace/1","machine":{"chip":"Apple M5 Max","model":"Mac17,7","os":"macOS",)"
    R"("os_version":"27.0","build":"26A428"},"recorded":"2026-09-20T10:00:00Z"})"
    "\n";

inline const std::string kChannels =
    R"({"channels":[{"i":0,"group":"Energy Model","subgroup":"","name":"CPU Energy","unit":"mJ",)"
    R"("format":"simple"},{"i":7,"group":"PMP0","subgroup":"DCS Floor","name":"ANE-DCS-BW",)"
    R"("unit":"24Mticks","format":"state","states":["F1"," F2 "]}]})"
    "\n";

}  // namespace anemon::test
