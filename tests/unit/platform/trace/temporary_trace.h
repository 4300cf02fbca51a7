// A trace file of a test, gone with it.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace anemon::test {

class TemporaryTrace {
 public:
  explicit TemporaryTrace(const std::string& text, const std::string& name = "trace.jsonl") {
    std::string pattern = (std::filesystem::temp_directory_path() / "anemon-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
  }
  ~TemporaryTrace() { std::filesystem::remove_all(folder_); }
  TemporaryTrace(const TemporaryTrace&) = delete;
  TemporaryTrace& operator=(const TemporaryTrace&) = delete;

  std::filesystem::path path;

 private:
  std::filesystem::path folder_;
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
