#include "platform/file_digest.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "core/error.h"

namespace anemon {

void FileDigest::add_file(const std::filesystem::path& file) {
  const auto fail = [&] {
    throw Error(fmt::format("{}: {}", file.string(), std::strerror(errno)));
  };
  if (std::filesystem::is_directory(file)) {
    errno = EISDIR;
    fail();
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) fail();
  std::vector<char> piece(size_t{1} << 18);
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    add(std::string_view(piece.data(), static_cast<size_t>(in.gcount())));
  }
  if (in.bad() || !in.eof()) fail();
}

}  // namespace anemon
