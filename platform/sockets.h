// The few socket calls that differ between systems. Every descriptor made here is non-blocking,
// close-on-exec and never raises SIGPIPE (when written to with kSendFlags).
#pragma once

#include <sys/types.h>

#include <optional>

namespace anemon {

// Who is at the other end of a Unix socket, as the kernel says at the time of connect().
struct PeerCredentials {
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t pid = 0;  // 0 when the system does not tell
};

extern const int kSendFlags;  // for send() and sendmsg()

// -1 with errno set when the system refuses.
int open_stream_socket(int family);
int accept_stream_socket(int listener);

std::optional<PeerCredentials> peer_credentials(int unix_socket);

}  // namespace anemon
