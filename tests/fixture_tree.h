// A temporary directory that looks like the kernel's: sys/ and proc/ with what the test writes.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "platform/host_root.h"

namespace anemon::test {

class FixtureTree {
 public:
  FixtureTree() {
    std::string name = (std::filesystem::temp_directory_path() / "anemon-tree-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
    std::filesystem::permissions(path_, std::filesystem::perms(0755));
    std::filesystem::create_directories(path_ / "sys");
    std::filesystem::create_directories(path_ / "proc");
  }
  ~FixtureTree() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  FixtureTree(const FixtureTree&) = delete;
  FixtureTree& operator=(const FixtureTree&) = delete;

  // In place: a descriptor that is kept on the file sees the new content.
  void write(const std::string& file, std::string_view content) {
    const std::filesystem::path to = path_ / file;
    std::filesystem::create_directories(to.parent_path());
    std::ofstream stream(to, std::ios::binary | std::ios::trunc);
    stream << content;
    if (!stream.flush()) throw std::runtime_error("cannot write " + to.string());
  }
  void write(const std::string& file, long long number) {
    write(file, std::to_string(number) + "\n");
  }

  void remove(const std::string& file) { std::filesystem::remove_all(path_ / file); }
  void rename(const std::string& from, const std::string& to) {
    std::filesystem::create_directories((path_ / to).parent_path());
    std::filesystem::rename(path_ / from, path_ / to);
  }
  // `target` as it shall stand in the link.
  void link(const std::string& file, const std::string& target) {
    std::filesystem::create_directories((path_ / file).parent_path());
    std::filesystem::create_symlink(target, path_ / file);
  }
  void mode(const std::string& file, unsigned bits) {
    std::filesystem::permissions(path_ / file, std::filesystem::perms(bits));
  }

  const std::filesystem::path& path() const noexcept { return path_; }
  HostRoot root() const { return {path_ / "proc", path_ / "sys"}; }

 private:
  std::filesystem::path path_;
};

}  // namespace anemon::test
