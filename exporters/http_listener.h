// The sockets that the HTTP server listens on.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <variant>

#include "core/listen_address.h"

namespace anemon {

// A control socket. The directory must exist and be safe; the leftover of a dead daemon is
// replaced, a live one is refused.
struct UnixAddress {
  std::string path;
  mode_t mode = 0660;
  std::string group;  // empty keeps the daemon's own
};

using ListenerAddress = std::variant<ListenAddress, UnixAddress>;

// An open, listening, non-blocking socket. Closing a Unix one removes its file.
class HttpListener {
 public:
  // Throws Error with the address, the reason and a hint.
  explicit HttpListener(const ListenerAddress& address);
  ~HttpListener() { close(); }
  HttpListener(HttpListener&& other) noexcept;
  HttpListener& operator=(HttpListener&&) = delete;

  int descriptor() const { return descriptor_; }  // -1 once closed
  bool local() const { return !path_.empty(); }
  std::uint16_t port() const { return port_; }  // the bound one; 0 for a Unix socket
  void close();

 private:
  void open(const ListenAddress& address);
  void open(const UnixAddress& address);

  int descriptor_ = -1;
  std::uint16_t port_ = 0;
  std::string path_;  // of a Unix socket
  int lock_ = -1;     // held while the path is ours; the kernel drops it with the process
};

}  // namespace anemon
