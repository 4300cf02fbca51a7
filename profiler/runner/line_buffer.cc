#include "profiler/runner/line_buffer.h"

#include <algorithm>

namespace anemon::profiler {

void LineBuffer::append(std::string_view bytes) {
  bytes_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  bytes_ += bytes;
}

bool LineBuffer::next(std::string_view& line) {
  const size_t found = bytes_.find('\n', searched_);
  searched_ = std::min(found, bytes_.size());
  if (found == std::string::npos) return false;
  line = std::string_view(bytes_).substr(begin_, found - begin_);
  begin_ = searched_ = found + 1;
  return true;
}

}  // namespace anemon::profiler
