#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "client/control_client.h"

namespace anemon {

SocketState probe_socket(const std::filesystem::path& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& path = socket.native();
  if (path.size() >= sizeof address.sun_path) return SocketState::missing;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);

  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd < 0) return SocketState::refused;
  const int result = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = errno;
  close(fd);
  if (result == 0) return SocketState::answers;
  switch (error) {
    case EACCES:
    case EPERM:
      return SocketState::not_permitted;
    case ENOENT:
    case ENOTDIR:
    case ENOTSOCK:
      return SocketState::missing;
    default:
      return SocketState::refused;
  }
}

std::filesystem::path find_socket(const std::filesystem::path& given,
                                  const std::vector<std::filesystem::path>& defaults) {
  if (!given.empty()) return given;
  if (const char* named = std::getenv("ANEMON_SOCKET"); named != nullptr && *named != '\0') {
    return named;
  }
  std::filesystem::path forbidden;
  for (const auto& candidate : defaults) {
    const SocketState state = probe_socket(candidate);
    if (state == SocketState::answers) return candidate;
    if (state == SocketState::not_permitted && forbidden.empty()) forbidden = candidate;
  }
  return forbidden.empty() ? defaults.front() : forbidden;
}

}  // namespace anemon
