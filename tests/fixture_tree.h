// A temporary directory that looks like the kernel's: sys/ and proc/ with what the test writes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "platform/host_root.h"
#include "tests/scratch_directory.h"

namespace anemon::test {

class FixtureTree {
 public:
  FixtureTree() {
    std::filesystem::permissions(path(), std::filesystem::perms(0755));
    std::filesystem::create_directories(path() / "sys");
    std::filesystem::create_directories(path() / "proc");
  }

  // In place: a descriptor that is kept on the file sees the new content.
  void write(const std::string& file, std::string_view content) { directory_.write(file, content); }
  void write(const std::string& file, long long number) {
    write(file, std::to_string(number) + "\n");
  }

  void remove(const std::string& file) { std::filesystem::remove_all(path() / file); }
  void rename(const std::string& from, const std::string& to) {
    std::filesystem::create_directories((path() / to).parent_path());
    std::filesystem::rename(path() / from, path() / to);
  }
  // `target` as it shall stand in the link.
  void link(const std::string& file, const std::string& target) {
    std::filesystem::create_directories((path() / file).parent_path());
    std::filesystem::create_symlink(target, path() / file);
  }
  void mode(const std::string& file, unsigned bits) {
    std::filesystem::permissions(path() / file, std::filesystem::perms(bits));
  }

  const std::filesystem::path& path() const noexcept { return directory_.path(); }
  HostRoot root() const { return {path() / "proc", path() / "sys"}; }

 private:
  ScratchDirectory directory_;
};

}  // namespace anemon::test
