#include <sys/socket.h>

#include "platform/sockets.h"

namespace anemon {

const int kSendFlags = MSG_NOSIGNAL;

int open_stream_socket(int family) {
  return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int accept_stream_socket(int listener) {
  return accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

std::optional<PeerCredentials> peer_credentials(int unix_socket) {
  ucred raw{};
  socklen_t size = sizeof raw;
  if (getsockopt(unix_socket, SOL_SOCKET, SO_PEERCRED, &raw, &size) != 0) return std::nullopt;
  return PeerCredentials{raw.uid, raw.gid, raw.pid};
}

}  // namespace anemon
