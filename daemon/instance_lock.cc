#include "daemon/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "core/error.h"

namespace anemon {
namespace {

std::string read_pid(int descriptor) {
  char text[32] = {};
  const ssize_t size = pread(descriptor, text, sizeof text - 1, 0);
  std::string pid(text, size > 0 ? static_cast<size_t>(size) : 0);
  return pid.substr(0, pid.find('\n'));
}

}  // namespace

void make_directories(const std::filesystem::path& directory, mode_t mode) {
  if (directory.empty() || std::filesystem::is_directory(directory)) return;
  make_directories(directory.parent_path(), mode);
  if (mkdir(directory.c_str(), mode) != 0 && errno != EEXIST) {
    throw Error("cannot make the directory " + directory.string() + ": " + std::strerror(errno),
                "choose places this user may write to with --state-dir and --socket");
  }
}

InstanceLock::InstanceLock(const std::filesystem::path& state_dir) {
  make_directories(state_dir, 0700);
  struct stat status {};
  if (stat(state_dir.c_str(), &status) == 0) {
    if (status.st_uid != geteuid() && status.st_uid != 0) {
      throw Error("the state directory " + state_dir.string() + " belongs to user " +
                      std::to_string(status.st_uid) + ", who could change what is kept in it",
                  "choose one of this user's own with --state-dir, or chown it");
    }
    writable_by_others_ = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  }
  const std::filesystem::path file = state_dir / "anemond.lock";
  descriptor_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor_ < 0) {
    throw Error("cannot use the state directory: " + file.string() + ": " + std::strerror(errno),
                "choose one this user may write to with --state-dir or the key state_dir");
  }
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const std::string pid = read_pid(descriptor_);
    close(descriptor_);
    throw Error("another anemond" + (pid.empty() ? std::string() : " (pid " + pid + ")") +
                    " already uses the state directory " + state_dir.string(),
                "stop it first, or give this one a --state-dir, --socket and --listen of its own");
  }
  // Truncated last: to give the file's only block back and take another costs milliseconds.
  const std::string pid = std::to_string(getpid()) + "\n";
  if (pwrite(descriptor_, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()) ||
      ftruncate(descriptor_, static_cast<off_t>(pid.size())) != 0) {
    // The lock holds without the pid, which is only there to make the other's message clearer: a
    // full disk must not keep the daemon from running.
  }
}

InstanceLock::~InstanceLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace anemon
