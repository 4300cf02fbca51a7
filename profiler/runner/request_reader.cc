#include "profiler/runner/request_reader.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/error.h"

namespace anemon::profiler {

bool RequestReader::next(std::string_view& line) {
  std::array<char, size_t{64} << 10> buffer;
  while (!lines_.next(line)) {
    if (lines_.overlong()) throw Error("a request without end");
    const ssize_t got = ::read(descriptor_, buffer.data(), buffer.size());
    if (got > 0) {
      lines_.append({buffer.data(), static_cast<size_t>(got)});
    } else if (got == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool RequestReader::waiting() const {
  pollfd input{descriptor_, POLLIN, 0};
  return lines_.size() > 0 || ::poll(&input, 1, 0) > 0;
}

}  // namespace anemon::profiler
