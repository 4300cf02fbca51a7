#include "exporters/http_listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "core/error.h"
#include "platform/sockets.h"

namespace anemon {
namespace {

// More than the server keeps, so that a burst waits in the kernel instead of being refused there.
constexpr int kBacklog = 511;

std::uint16_t bound_port(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

std::string hint_for(int error) {
  switch (error) {
    case EADDRINUSE:
      return "another program, perhaps another anemond, listens there: choose another port with "
             "--listen";
    case EACCES:
      return "ports below 1024 need privileges: choose another one with --listen";
    case EADDRNOTAVAIL:
      return "this machine does not have that address";
    default:
      return {};
  }
}

}  // namespace

HttpListener::HttpListener(const ListenerAddress& address) {
  try {
    std::visit([this](const auto& kind) { open(kind); }, address);
  } catch (...) {
    close();
    throw;
  }
}

HttpListener::HttpListener(HttpListener&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      port_(other.port_),
      path_(std::exchange(other.path_, {})),
      lock_(std::exchange(other.lock_, -1)) {}

void HttpListener::open(const ListenAddress& address) {
  const auto fail = [&address](const std::string& reason, const std::string& hint) {
    throw Error("cannot listen on " + address.text() + ": " + reason, hint);
  };
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int lookup =
      getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &wanted, &found);
  if (lookup != 0) fail(gai_strerror(lookup), "write the address as HOST:PORT or [IPV6]:PORT");
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);

  int error = 0;
  for (const addrinfo* each = found; each != nullptr && descriptor_ < 0; each = each->ai_next) {
    const int descriptor = open_stream_socket(each->ai_family);
    if (descriptor < 0) {
      error = errno;
      continue;
    }
    const int on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(descriptor, each->ai_addr, each->ai_addrlen) == 0 &&
        listen(descriptor, kBacklog) == 0) {
      descriptor_ = descriptor;
    } else {
      error = errno;
      ::close(descriptor);
    }
  }
  if (descriptor_ < 0) fail(std::strerror(error), hint_for(error));
  port_ = bound_port(descriptor_);
}

void HttpListener::close() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    // Only what this object has bound is its to remove; until then path_ names another's file.
    if (!path_.empty()) unlink(path_.c_str());
  }
  if (lock_ >= 0) {
    unlink((path_ + ".lock").c_str());
    ::close(lock_);
  }
  descriptor_ = lock_ = -1;
}

}  // namespace anemon
