// Lines out of a stream of bytes, bounded: whoever sends more than kMaxLine without a line feed is
// told apart before it is kept. One thread.
#pragma once

#include <string>
#include <string_view>

#include "profiler/runner/protocol.h"

namespace anemon::profiler {

class LineBuffer {
 public:
  void append(std::string_view bytes);

  // The next whole line without its line feed, valid until the next call of append(). False: there
  // is none yet.
  bool next(std::string_view& line);

  // What has come of the line that is not whole.
  std::string_view rest() const { return std::string_view(bytes_).substr(begin_); }
  // No line feed within kMaxLine bytes.
  bool overlong() const { return searched_ - begin_ > kMaxLine; }
  size_t size() const { return bytes_.size() - begin_; }

 private:
  std::string bytes_;
  size_t begin_ = 0;     // before it all was returned
  size_t searched_ = 0;  // between begin_ and here there is no line feed
};

}  // namespace anemon::profiler
