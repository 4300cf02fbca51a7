#include "ctl/tar_gz.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"

namespace anemon {
namespace {

constexpr size_t kBlock = 512;

std::string header(const std::string& name, size_t size, long long unix_time) {
  std::string block(kBlock, '\0');
  const auto put = [&](size_t offset, const std::string& text) {
    block.replace(offset, text.size(), text);
  };
  put(0, name.substr(0, 100));
  put(100, "0000644");
  put(108, "0000000");  // uid
  put(116, "0000000");  // gid
  put(124, fmt::format("{:011o}", size));
  put(136, fmt::format("{:011o}", unix_time));
  put(148, std::string(8, ' '));  // the checksum counts as spaces
  put(156, "0");                  // a plain file
  put(257, std::string("ustar\0", 6) + "00");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return block;
}

}  // namespace

void write_tar_gz(const std::filesystem::path& path,
                  const std::vector<std::pair<std::string, std::string>>& files,
                  long long unix_time) {
  std::string archive;
  for (const auto& [name, content] : files) {
    archive += header(name, content.size(), unix_time) + content;
    archive.resize((archive.size() + kBlock - 1) / kBlock * kBlock, '\0');
  }
  archive.append(2 * kBlock, '\0');

  const auto fail = [&](int error) {
    throw Error(fmt::format("{}: {}", path.string(), std::strerror(error)));
  };
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) fail(errno);
  const gzFile file = gzdopen(fd, "wb9");
  if (file == nullptr) {
    close(fd);
    fail(ENOMEM);
  }
  const int written = gzwrite(file, archive.data(), static_cast<unsigned>(archive.size()));
  const int write_error = errno;
  if (gzclose(file) != Z_OK || written != static_cast<int>(archive.size())) {
    struct stat status {};
    if (lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) unlink(path.c_str());
    fail(write_error);
  }
}

}  // namespace anemon
