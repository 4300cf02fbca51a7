#include "platform/line_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/error.h"

namespace anemon {
namespace {

constexpr size_t kBlock = size_t{64} << 10;

int open_file(const std::filesystem::path& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw Error(fmt::format("{}: {}", file.string(), std::strerror(errno)));
  struct stat status {};
  if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
    close(descriptor);
    throw Error(fmt::format("{}: is a directory", file.string()));
  }
  return descriptor;
}

}  // namespace

LineStream::LineStream(const std::filesystem::path& file)
    : LineStream(open_file(file), file.string()) {}

LineStream::LineStream(int descriptor, std::string name)
    : name_(std::move(name)), file_(gzdopen(descriptor, "rb")) {
  if (file_ == nullptr) {
    close(descriptor);
    throw Error(name_ + ": not enough memory to read it");
  }
  gzbuffer(file_, kBlock);
}

LineStream::~LineStream() { gzclose_r(file_); }

bool LineStream::fill() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  const size_t held = buffer_.size();
  buffer_.resize(held + kBlock);
  const int got = gzread(file_, buffer_.data() + held, kBlock);
  buffer_.resize(held + static_cast<size_t>(std::max(got, 0)));
  if (got > 0) return true;
  int code = Z_OK;
  const char* reason = gzerror(file_, &code);
  if (code == Z_OK || code == Z_STREAM_END) return false;
  ++number_;
  fail(held + 1, code == Z_ERRNO       ? std::strerror(errno)
                 : code == Z_BUF_ERROR ? "the compressed file is cut off"
                                       : fmt::format("the compressed file is damaged: {}", reason));
}

bool LineStream::next(std::string_view& line) {
  for (size_t searched = 0;;) {
    const void* found =
        std::memchr(buffer_.data() + begin_ + searched, '\n', buffer_.size() - begin_ - searched);
    searched = buffer_.size() - begin_;
    const size_t length =
        found != nullptr
            ? static_cast<size_t>(static_cast<const char*>(found) - buffer_.data() - begin_)
            : searched;
    if (length > kMaxLine) {
      ++number_;
      fail(kMaxLine + 1, fmt::format("the line is longer than {} MiB", kMaxLine >> 20));
    }
    if (found == nullptr && fill()) continue;
    if (found == nullptr && length == 0) return false;
    ++number_;
    complete_ = found != nullptr;
    line = std::string_view(buffer_).substr(begin_, length);
    begin_ += length + (complete_ ? 1 : 0);
    return true;
  }
}

void LineStream::fail(size_t column, std::string_view reason) const {
  throw Error(fmt::format("{}:{}:{}: {}", name_, std::max<size_t>(number_, 1), column, reason));
}

}  // namespace anemon
