#include "helper/socket_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "platform/sockets.h"

namespace anemon {
namespace {

constexpr int kBacklog = 8;

std::string why() { return std::strerror(errno); }

sockaddr_un address_of(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

bool answers(const sockaddr_un& address) {
  const FileDescriptor probe(open_stream_socket(AF_UNIX));
  return connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
         errno != ECONNREFUSED;
}

}  // namespace

FileDescriptor open_safe_folder(const std::filesystem::path& folder, uid_t owner,
                                std::string& wrong) {
  struct stat status {};
  if (lstat(folder.c_str(), &status) != 0) {
    wrong = why();
    return {};
  }
  if (S_ISLNK(status.st_mode)) {
    wrong = "is a symbolic link";
    return {};
  }
  FileDescriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!opened || fstat(opened.get(), &status) != 0) {
    wrong = why();
    return {};
  }
  if (status.st_uid != owner) {
    wrong = "belongs to user " + std::to_string(status.st_uid) + ", not " + std::to_string(owner);
    return {};
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    wrong = "may be written to by others";
    return {};
  }
  return opened;
}

HelperSocket::HelperSocket(const std::filesystem::path& path, gid_t group)
    : name_(path.filename().string()) {
  const auto fail = [&](const std::string& reason, const std::string& hint = {}) {
    throw Error("the root helper cannot listen on " + path.string() + ": " + reason, hint);
  };
  const std::string folder = path.parent_path().string();
  std::string wrong;
  folder_ = open_safe_folder(folder, geteuid(), wrong);
  if (!folder_) {
    fail("its folder " + folder + " " + wrong,
         "make it a folder of the helper's own user, writable by nobody else: install -d -m 0755 " +
             folder);
  }
  const sockaddr_un address = address_of(name_);
  if (name_.empty() || name_.size() >= sizeof address.sun_path) fail("that is no file's name");
  if (fchdir(folder_.get()) != 0) fail(why());

  // Held for life, so that to ask for a live one and to remove a dead one's socket is no race.
  lock_ = FileDescriptor(
      open((name_ + ".lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!lock_) fail("its lock file: " + why());
  if (flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    fail("another root helper listens there", "stop that one first");
  }

  struct stat status {};
  if (lstat(name_.c_str(), &status) == 0) {
    const std::string hint = "see what it is, remove it (rm " + path.string() + ") and start again";
    if (S_ISLNK(status.st_mode)) fail("a symbolic link is there", hint);
    if (!S_ISSOCK(status.st_mode)) fail("a file that is no socket is there", hint);
    if (status.st_uid != geteuid()) fail("a socket of another user is there", hint);
    if (answers(address)) fail("another program listens there", "stop that one first");
    if (unlink(name_.c_str()) != 0) fail("removing the socket of a dead helper: " + why());
  }

  listener_ = FileDescriptor(open_stream_socket(AF_UNIX));
  if (!listener_) fail(why());
  // Nobody may connect before group and mode are right.
  const mode_t before = umask(0777);
  const int bound =
      bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  umask(before);
  if (bound != 0) fail(why());
  if (lchown(name_.c_str(), static_cast<uid_t>(-1), group) != 0 ||
      chmod(name_.c_str(), 0660) != 0 || listen(listener_.get(), kBacklog) != 0) {
    const std::string reason = why();
    unlink(name_.c_str());
    fail(reason, "only root may give the socket to the account's group");
  }
}

HelperSocket::~HelperSocket() { unlinkat(folder_.get(), name_.c_str(), 0); }

}  // namespace anemon
