// The lines of a text file, plain or compressed by gzip, without ever holding more than one. One
// thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

struct gzFile_s;

namespace anemon {

class LineStream {
 public:
  static constexpr size_t kMaxLine = size_t{16} << 20;

  explicit LineStream(const std::filesystem::path& file);  // throws Error
  LineStream(int descriptor, std::string name);            // takes the descriptor
  ~LineStream();
  LineStream(const LineStream&) = delete;
  LineStream& operator=(const LineStream&) = delete;

  // The next line without its line feed, valid until the next call. False at the end. Throws Error
  // with file, line and column when the line is longer than kMaxLine or the file cannot be read.
  bool next(std::string_view& line);

  size_t number() const noexcept { return number_; }  // of the line last returned, from 1
  // Whether that line ended in a line feed.
  bool complete() const noexcept { return complete_; }

  [[noreturn]] void fail(size_t column, std::string_view reason) const;

 private:
  bool fill();

  std::string name_;
  gzFile_s* file_;
  std::string buffer_;  // read, from begin_ on not yet returned
  size_t begin_ = 0;
  size_t number_ = 0;
  bool complete_ = true;
};

}  // namespace anemon
