#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "platform/sockets.h"

namespace anemon {
namespace {

int prepared(int descriptor) {
  if (descriptor < 0) return -1;
  const int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
  const int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0 ||
      fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}

}  // namespace

const int kSendFlags = 0;  // SO_NOSIGPIPE does it

int open_stream_socket(int family) { return prepared(socket(family, SOCK_STREAM, 0)); }

int accept_stream_socket(int listener) { return prepared(accept(listener, nullptr, nullptr)); }

std::optional<PeerCredentials> peer_credentials(int unix_socket) {
  PeerCredentials peer;
  if (getpeereid(unix_socket, &peer.uid, &peer.gid) != 0) return std::nullopt;
  pid_t pid = 0;
  socklen_t size = sizeof pid;
  if (getsockopt(unix_socket, SOL_LOCAL, LOCAL_PEERPID, &pid, &size) == 0) peer.pid = pid;
  return peer;
}

}  // namespace anemon
