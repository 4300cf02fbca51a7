// Requests as they come in on a descriptor. One thread; the descriptor is the caller's.
#pragma once

#include <string_view>

#include "profiler/runner/line_buffer.h"

namespace anemon::profiler {

class RequestReader {
 public:
  explicit RequestReader(int descriptor) : descriptor_(descriptor) {}

  // Waits for the next line, valid until the next call. False at the end of the input, also in the
  // middle of a line. Throws Error when a line has no end.
  bool next(std::string_view& line);

  // Whether something came, without waiting: a line, the end, or the beginning of one of them.
  bool waiting() const;

 private:
  int descriptor_;
  LineBuffer lines_;
};

}  // namespace anemon::profiler
