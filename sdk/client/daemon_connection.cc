#include "sdk/client/daemon_connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

#include "platform/sockets.h"

namespace anemon {
namespace {

// How soon a wait notices that its limit was moved.
constexpr Duration kSlice = std::chrono::milliseconds(20);
constexpr size_t kMaxHead = 16384;

bool is_transient(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

std::string error_text(int error) { return std::generic_category().message(error); }

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [&](char x, char y) { return lower(x) == lower(y); });
}

struct Head {
  int status = 0;
  size_t body_bytes = 0;
  bool closes = false;
};

// Of "HTTP/1.1 202 Accepted\r\nName: value\r\n..."; false when it is not that, or has no length.
bool parse_head(std::string_view text, Head& head) {
  if (text.substr(0, 7) != "HTTP/1." || text.size() < 12) return false;
  const std::string_view status = text.substr(9, 3);
  if (std::from_chars(status.data(), status.data() + 3, head.status).ptr != status.data() + 3) {
    return false;
  }
  bool has_length = head.status == 204;
  for (size_t at = text.find("\r\n"); at != std::string_view::npos && at + 2 < text.size();) {
    const size_t end = std::min(text.find("\r\n", at + 2), text.size());
    const std::string_view line = text.substr(at + 2, end - at - 2);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    const std::string_view name = line.substr(0, colon);
    const size_t first = line.find_first_not_of(' ', colon + 1);
    const std::string_view value = first == std::string_view::npos ? "" : line.substr(first);
    if (equals_ignoring_case(name, "content-length")) {
      const char* last = value.data() + value.size();
      if (std::from_chars(value.data(), last, head.body_bytes).ptr != last) return false;
      has_length = true;
    } else if (equals_ignoring_case(name, "connection")) {
      head.closes = equals_ignoring_case(value, "close");
    }
    at = end;
  }
  return has_length;
}

}  // namespace

DaemonConnection::Connecting DaemonConnection::connect(const std::filesystem::path& socket) {
  close();
  const std::string& path = socket.native();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    error_ = "'" + path + "' is no path for a socket: it has 1 to " +
             std::to_string(sizeof address.sun_path - 1) + " bytes";
    return Connecting::failed;
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int descriptor = open_stream_socket(AF_UNIX);
  if (descriptor < 0) {
    error_ = "no socket: " + error_text(errno);
    return Connecting::failed;
  }
  // On a Unix socket this never has to wait: it succeeds, or fails at once.
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    ::close(descriptor);
    error_ = path + ": " + error_text(error);
    switch (error) {
      case ENOENT:
      case ENOTDIR:
      case ECONNREFUSED:
      case ENOTSOCK:
        return Connecting::absent;
      case EACCES:
      case EPERM:
        return Connecting::not_permitted;
      default:
        return Connecting::failed;
    }
  }
  descriptor_.store(descriptor, std::memory_order_relaxed);
  return Connecting::connected;
}

void DaemonConnection::close() noexcept {
  // Forgotten before it is closed: the child of a fork must not close a number that is used anew.
  const int descriptor = descriptor_.exchange(-1, std::memory_order_relaxed);
  if (descriptor >= 0) ::close(descriptor);
}

bool DaemonConnection::has_ended() const noexcept {
  pollfd state{descriptor_.load(std::memory_order_relaxed), POLLIN, 0};
  return ::poll(&state, 1, 0) > 0;  // nothing may come unasked, but the end
}

bool DaemonConnection::wait_for(short events, const WaitLimit& wait) const {
  for (;;) {
    Duration left = wait.deadline - clock_.awake();
    if (wait.limit != nullptr) {
      left = std::min(left, Duration(wait.limit->load(std::memory_order_relaxed)) - clock_.awake());
    }
    if (left <= Duration::zero()) return false;
    const auto slice = std::chrono::ceil<std::chrono::milliseconds>(
        wait.limit != nullptr ? std::min(left, kSlice) : left);
    pollfd state{descriptor_.load(std::memory_order_relaxed), events, 0};
    if (::poll(&state, 1, static_cast<int>(slice.count())) > 0) return true;
  }
}

DaemonConnection::Answer DaemonConnection::post(std::string_view target, std::string_view body,
                                                const WaitLimit& wait) {
  std::string request;
  request.reserve(body.size() + 256);
  request.append("POST ").append(target).append(" HTTP/1.1\r\nHost: anemon\r\n");
  request.append("User-Agent: anemon-client\r\nContent-Type: application/json\r\nContent-Length: ");
  request.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  Answer answer = exchange(request, wait);
  if (answer.outcome != Outcome::answered) close();
  return answer;
}

DaemonConnection::Answer DaemonConnection::exchange(std::string_view request,
                                                    const WaitLimit& wait) {
  Answer answer;
  const int descriptor = descriptor_.load(std::memory_order_relaxed);
  while (!request.empty()) {
    const ssize_t sent = ::send(descriptor, request.data(), request.size(), kSendFlags);
    if (sent > 0) {
      request.remove_prefix(static_cast<size_t>(sent));
    } else if (!is_transient(errno)) {
      error_ = "the connection broke: " + error_text(errno);
      return answer;
    } else if (!wait_for(POLLOUT, wait)) {
      error_ = "the daemon does not read";
      answer.timed_out = true;
      return answer;
    }
  }
  answer.outcome = Outcome::no_answer;
  std::string& text = answer.body;
  size_t body_at = 0, complete = 0;
  Head head;
  for (;;) {
    char piece[16384];
    const ssize_t got = ::recv(descriptor, piece, sizeof piece, 0);
    if (got == 0) {
      error_ = "the daemon ended the connection";
      return answer;
    }
    if (got < 0) {
      if (!is_transient(errno)) {
        error_ = "the connection broke: " + error_text(errno);
        return answer;
      }
      if (!wait_for(POLLIN, wait)) {
        error_ = "the daemon does not answer";
        answer.timed_out = true;
        return answer;
      }
      continue;
    }
    text.append(piece, static_cast<size_t>(got));
    if (complete == 0) {
      const size_t end = text.find("\r\n\r\n");
      if (end == std::string::npos) {
        if (text.size() <= kMaxHead) continue;
        error_ = "what answers is no daemon of anemon";
        return answer;
      }
      if (!parse_head(std::string_view(text).substr(0, end), head) || head.body_bytes > kMaxBody) {
        error_ = "what answers is no daemon of anemon";
        return answer;
      }
      body_at = end + 4;
      complete = body_at + head.body_bytes;
    }
    if (text.size() < complete) continue;
    answer.outcome = Outcome::answered;
    answer.status = head.status;
    text.erase(0, body_at);
    text.resize(head.body_bytes);
    if (head.closes) close();
    return answer;
  }
}

}  // namespace anemon
