// SHA-256 of files, by the system's own cryptography: libcrypto, on macOS CommonCrypto.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace anemon {

// One thread. Throws Error where the system's cryptography refuses.
class FileDigest {
 public:
  FileDigest();
  ~FileDigest();
  FileDigest(const FileDigest&) = delete;
  FileDigest& operator=(const FileDigest&) = delete;

  void add(std::span<const std::byte> bytes);
  void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
  // What stands in a file, read in pieces. Throws Error that names it.
  void add_file(const std::filesystem::path& file);

  std::string hex();  // 64 digits, of all that was added; the last call

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace anemon
