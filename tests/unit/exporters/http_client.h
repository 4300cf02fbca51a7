// A client of raw sockets: it sends exactly the bytes it is told to, also wrong ones.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace anemon::test {

struct HttpReply {
  int status = 0;    // 0: the connection ended before a whole reply
  std::string head;  // with the final empty line
  std::string body;

  // The value of a field, or nothing at all: "<none>".
  std::string field(const std::string& name) const {
    const size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "<none>";
    const size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class HttpClient {
 public:
  // No test waits for this long unless it fails.
  static constexpr int kPatience = 20'000;  // milliseconds

  HttpClient() = default;
  explicit HttpClient(uint16_t port) { connect(port); }
  explicit HttpClient(const std::string& unix_path) {
    descriptor_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    unix_path.copy(address.sun_path, sizeof address.sun_path - 1);
    connected_ = ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~HttpClient() { close(); }
  HttpClient(HttpClient&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)),
        connected_(other.connected_),
        received_(std::move(other.received_)) {}
  HttpClient& operator=(HttpClient&&) = delete;

  void open() { descriptor_ = ::socket(AF_INET, SOCK_STREAM, 0); }
  void connect(uint16_t port) {
    if (descriptor_ < 0) open();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  bool connected() const { return connected_; }
  int descriptor() const { return descriptor_; }

  void send_buffer(int bytes) {
    setsockopt(descriptor_, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  }
  void receive_buffer(int bytes) {
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }

  // False once the server does not take the bytes any more.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      pollfd writable{descriptor_, POLLOUT, 0};
      if (poll(&writable, 1, kPatience) != 1) return false;
      const ssize_t sent =
          ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno == EAGAIN) continue;
      if (sent < 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  HttpReply get(std::string_view target, std::string_view fields = {}) {
    return ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) +
               "\r\n");
  }
  HttpReply ask(std::string_view request) {
    send(request);
    return reply(request.starts_with("HEAD "));
  }

  // The next reply; its body is as long as Content-Length says.
  HttpReply reply(bool head_only = false) {
    size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return {};
    }
    HttpReply result;
    result.head = received_.substr(0, end + 4);
    received_.erase(0, end + 4);
    const std::string length = result.field("Content-Length");
    const size_t wanted = head_only || length == "<none>" ? 0 : std::stoul(length);
    while (received_.size() < wanted) {
      if (!receive()) return {};
    }
    result.body = received_.substr(0, wanted);
    received_.erase(0, wanted);
    result.status = std::stoi(result.head.substr(9, 3));
    return result;
  }

  // Waits until at least `text` was received, and forgets everything up to its end.
  bool wait_for(std::string_view text) {
    size_t at = std::string::npos;
    while ((at = received_.find(text)) == std::string::npos) {
      if (!receive()) return false;
    }
    received_.erase(0, at + text.size());
    return true;
  }

  // True when the server ends the connection without another byte.
  bool ended() {
    while (received_.empty()) {
      if (!receive()) return !timed_out_;
    }
    return false;
  }
  // True when the server ends the connection, whatever comes before.
  bool drained() {
    while (receive()) received_.clear();
    return !timed_out_;
  }
  const std::string& received() const { return received_; }

  // Anything to read, or the end, within so many milliseconds?
  bool readable(int milliseconds) const {
    pollfd entry{descriptor_, POLLIN, 0};
    return poll(&entry, 1, milliseconds) == 1;
  }

 private:
  bool receive() {
    if (!readable(kPatience)) {
      timed_out_ = true;
      return false;
    }
    char buffer[65536];
    const ssize_t count = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    received_.append(buffer, static_cast<size_t>(count));
    return true;
  }

  int descriptor_ = -1;
  bool connected_ = false;
  bool timed_out_ = false;
  std::string received_;
};

}  // namespace anemon::test
