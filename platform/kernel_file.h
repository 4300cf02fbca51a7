// A file the kernel generates (procfs, sysfs), read again and again through one kept descriptor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/file_descriptor.h"

namespace anemon {

enum class ReadStatus : uint8_t {
  ok,
  absent,   // no such file, or its device is gone
  refused,  // no permission
  failed    // the driver answered with an error, or with something that is not what was asked for
};

// Opens at the first read and after the device was gone; no allocation from then on. One thread.
class KernelFile {
 public:
  KernelFile() = default;  // always absent
  explicit KernelFile(const std::filesystem::path& path) : path_(path.native()) {}

  // The content, by one read into the caller's buffer (all of it for attributes of sysfs and for
  // procfs files that are one record, such as stat, meminfo and status). Content that fills the
  // buffer is `failed`: it may be cut. `text` is left as it was unless the status is ok.
  ReadStatus read(std::span<char> buffer, std::string_view& text);

  // A file that holds one decimal integer and white space.
  ReadStatus read(int64_t& number);

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  FileDescriptor descriptor_;
};

// `text` as one decimal integer between white space; false when it is anything else.
bool parse_integer(std::string_view text, int64_t& number);

// The content of a small file, without white space at its ends; empty when it cannot be read. For
// names and labels that are read once.
std::string kernel_text(const std::filesystem::path& path);

// Names in a directory without "." and "..", sorted; empty when it cannot be read.
std::vector<std::string> kernel_directory(const std::filesystem::path& path);

// The number behind a prefix: 12 for "hwmon12" and "hwmon"; false when that is not the whole name.
bool numbered_name(std::string_view name, std::string_view prefix, int64_t& number);

// Sorts names like "cpu2", "cpu10" by length first, so that numbers come in order.
void sort_numbered(std::vector<std::string>& names);

}  // namespace anemon
