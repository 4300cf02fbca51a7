// Where an export or a report goes: an open stream, or a file that appears with the first byte and,
// unless closed, disappears again, for half of it would pass for the whole.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace anemon {

class OutputFile {
 public:
  // An empty path: to `stream`.
  OutputFile(std::string path, std::FILE* stream);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Both throw Error with the path and the reason.
  void write(std::string_view piece);
  double close();  // returns how many bytes there were

 private:
  [[noreturn]] void fail() const;

  const std::string path_;
  std::FILE* const stream_;
  std::FILE* file_ = nullptr;
  double bytes_ = 0;
};

}  // namespace anemon
