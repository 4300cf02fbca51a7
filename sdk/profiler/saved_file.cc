#include "sdk/profiler/saved_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>

#include "core/error.h"
#include "platform/file_descriptor.h"

namespace anemon::sdk {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw Error("cannot write " + path.string() + ": " + std::strerror(errno));
}

void write_all(int descriptor, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) fail(path);
    if (written > 0) bytes.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

void save_file(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code unknown;
  const auto status = std::filesystem::status(path, unknown);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file) fail(path);
    return write_all(file.get(), bytes, path);
  }
  const std::string fresh = path.string() + ".new" + std::to_string(::getpid());
  try {
    const FileDescriptor file(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!file) fail(path);
    write_all(file.get(), bytes, path);
    if (std::rename(fresh.c_str(), path.c_str()) != 0) fail(path);
  } catch (const Error&) {
    ::unlink(fresh.c_str());
    throw;
  }
}

}  // namespace anemon::sdk
