// Only one daemon may use a state directory: an advisory lock that the kernel drops with the
// process.
#pragma once

#include <filesystem>

namespace anemon {

class InstanceLock {
 public:
  // Makes the directory (mode 0700) if need be and takes the lock. Throws Error when another daemon
  // holds it, naming its pid, when the directory cannot be used, or when it belongs to somebody
  // other than this user and root.
  explicit InstanceLock(const std::filesystem::path& state_dir);
  ~InstanceLock();
  InstanceLock(const InstanceLock&) = delete;
  InstanceLock& operator=(const InstanceLock&) = delete;

  // Whether the directory's group or everybody may write to it.
  bool writable_by_others() const noexcept { return writable_by_others_; }

 private:
  int descriptor_ = -1;
  bool writable_by_others_ = false;
};

// Makes a directory and its missing parents with `mode`; throws Error with the path and the reason.
void make_directories(const std::filesystem::path& directory, mode_t mode);

}  // namespace anemon
