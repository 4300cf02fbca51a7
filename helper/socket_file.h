// The root helper's socket as a file: who may have made it, and making it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "platform/file_descriptor.h"

namespace anemon {

// The folder of a socket, open, if `owner` alone may change what is in it: it is no symbolic link,
// belongs to him, and neither group nor others may write to it. Else none, with what is wrong.
FileDescriptor open_safe_folder(const std::filesystem::path& folder, uid_t owner,
                                std::string& wrong);

// Listens at a path for the members of a group. Throws Error with what to do where the folder is
// not safe, another helper listens, or anything but a socket of a dead one is in the way: that is
// never removed.
//
// The folder is checked and then worked in, so that nobody can put another in its place meanwhile.
// Makes the folder the working directory; not for a program with threads.
class HelperSocket {
 public:
  HelperSocket(const std::filesystem::path& path, gid_t group);
  ~HelperSocket();
  HelperSocket(const HelperSocket&) = delete;
  HelperSocket& operator=(const HelperSocket&) = delete;

  int listener() const noexcept { return listener_.get(); }

 private:
  FileDescriptor folder_, lock_, listener_;
  std::string name_;
};

}  // namespace anemon
