// The control socket's file. Two daemons must never both own it, and nobody may connect before its
// mode and group are right:
//  - a lock file beside the path is held for the life of the daemon, so that "is there a live one?"
//    and "remove the leftover" are not a race between two starting daemons;
//  - mode and group are set between bind() and listen(): until listen() every connect() is refused,
//    so the process-wide umask need not be touched.
#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "exporters/http_listener.h"
#include "platform/sockets.h"

namespace anemon {
namespace {

constexpr int kBacklog = 128;

[[noreturn]] void fail(const std::string& path, const std::string& reason,
                       const std::string& hint = {}) {
  throw Error("cannot listen on " + path + ": " + reason, hint);
}
[[noreturn]] void fail_with_errno(const std::string& path, const std::string& what) {
  const int error = errno;
  fail(path, what + ": " + std::strerror(error));
}

[[noreturn]] void refuse_live(const std::string& path) {
  fail(path, "another anemond is listening there", "stop it, or choose another path with --socket");
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t longest = sizeof address.sun_path - 1;
  if (path.empty()) fail("the control socket", "its path is empty", "set it with --socket");
  if (path.size() > longest) {
    fail(path,
         "the path has " + std::to_string(path.size()) + " bytes, a Unix socket's may have " +
             std::to_string(longest),
         "choose a shorter path with --socket");
  }
  path.copy(address.sun_path, longest);
  return address;
}

void check_directory(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "."
                                : slash == 0               ? "/"
                                                           : path.substr(0, slash);
  struct stat status {};
  if (stat(directory.c_str(), &status) != 0) {
    const int error = errno;
    fail(path, "its directory " + directory + ": " + std::strerror(error),
         "create the directory or choose another path with --socket");
  }
  if (!S_ISDIR(status.st_mode)) fail(path, directory + " is not a directory");
  if ((status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0) {
    fail(path, "everybody may replace files in its directory " + directory,
         "remove the write permission of others (chmod o-w) or choose another path with --socket");
  }
}

// The lock is good only while the name still leads to the file that was locked: its last holder
// removes it on the way out.
int take_lock(const std::string& path) {
  const std::string name = path + ".lock";
  constexpr int kTries = 16;
  for (int i = 0; i < kTries; ++i) {
    const int lock = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0) fail_with_errno(path, "its lock file " + name);
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      close(lock);
      if (error == EWOULDBLOCK) refuse_live(path);
      fail(path, "its lock file " + name + ": " + std::strerror(error));
    }
    struct stat held {};
    struct stat named {};
    if (fstat(lock, &held) == 0 && stat(name.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
        held.st_dev == named.st_dev) {
      return lock;
    }
    close(lock);
  }
  refuse_live(path);
}

void remove_leftover(const std::string& path, const sockaddr_un& address) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return;
    fail_with_errno(path, "looking at what is there");
  }
  if (!S_ISSOCK(status.st_mode)) {
    fail(path, "a file that is no socket is there",
         "remove it or choose another path with --socket");
  }
  const int probe = open_stream_socket(AF_UNIX);
  if (probe < 0) fail_with_errno(path, "asking whether it is alive");
  const int result = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = errno;
  close(probe);
  if (result == 0 || error == EAGAIN || error == EINPROGRESS) refuse_live(path);
  if (error != ECONNREFUSED) {
    fail(path, std::string("asking whether the socket there is alive: ") + std::strerror(error));
  }
  if (unlink(path.c_str()) != 0) fail_with_errno(path, "removing the socket of a dead daemon");
}

void give_to_group(const std::string& path, const std::string& name) {
  const group* entry = getgrnam(name.c_str());
  if (entry == nullptr) {
    fail(path, "there is no group " + name, "create the group or leave the socket's group out");
  }
  // On macOS it has its folder's group from the start, to which its maker need not belong.
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0 && status.st_gid == entry->gr_gid) return;
  if (chown(path.c_str(), static_cast<uid_t>(-1), entry->gr_gid) != 0) {
    const int error = errno;
    fail(path, "giving it to group " + name + ": " + std::strerror(error),
         "the daemon's user must be a member of the group");
  }
}

}  // namespace

void HttpListener::open(const UnixAddress& address) {
  const sockaddr_un target = address_of(address.path);
  check_directory(address.path);
  path_ = address.path;
  lock_ = take_lock(path_);
  remove_leftover(path_, target);

  const int descriptor = open_stream_socket(AF_UNIX);
  if (descriptor < 0) fail_with_errno(path_, "creating the socket");
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&target), sizeof target) != 0) {
    const int error = errno;
    ::close(descriptor);
    fail(path_, std::strerror(error));
  }
  descriptor_ = descriptor;
  if (!address.group.empty()) give_to_group(path_, address.group);
  if (chmod(path_.c_str(), address.mode) != 0) fail_with_errno(path_, "setting its mode");
  if (listen(descriptor_, kBacklog) != 0) fail_with_errno(path_, "listening");
}

}  // namespace anemon
