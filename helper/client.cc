#include "helper/client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "helper/socket_file.h"
#include "platform/sockets.h"

namespace anemon {
namespace {

using State = RootHelperStatus::State;

// Real time, whatever the daemon's clock is: it bounds a wait for another process.
Duration real_now() { return std::chrono::steady_clock::now().time_since_epoch(); }

bool wait_for(int socket, short events, Duration until) {
  while (true) {
    const Duration left = until - real_now();
    if (left <= Duration::zero()) return false;
    pollfd waited{socket, events, 0};
    const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    const int ready = poll(&waited, 1, static_cast<int>(timeout));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool send_all(int socket, std::string_view bytes, Duration until) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), kSendFlags);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
    } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
      return false;
    } else if (!wait_for(socket, POLLOUT, until)) {
      return false;
    }
  }
  return true;
}

bool receive_all(int socket, std::string& bytes, Duration until) {
  size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = recv(socket, bytes.data() + have, bytes.size() - have, 0);
    if (got > 0) {
      have += static_cast<size_t>(got);
    } else if (got == 0) {
      return false;
    } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
      return false;
    } else if (!wait_for(socket, POLLIN, until)) {
      return false;
    }
  }
  return true;
}

constexpr const char* kNone = "no root helper installed";
constexpr const char* kDead = "the root helper does not run";
constexpr const char* kSilent = "the root helper does not answer";
// It ended, has its connections, or is of another version.
constexpr const char* kClosed = "the root helper ends the connection";
constexpr const char* kStrange = "the root helper is of another version";
constexpr const char* kNotForUs = "the root helper serves another account";
constexpr const char* kNotTrusted = "the root helper's socket is not root's alone";

}  // namespace

HelperClient::HelperClient(std::filesystem::path socket, const Clock& clock, uid_t owner)
    : path_(std::move(socket)), clock_(clock), owner_(owner) {
  status_.reason = kNone;
}

bool HelperClient::fail(State state, const char* reason) {
  socket_ = FileDescriptor();
  status_.state = state;
  status_.reason = reason;
  return false;
}

bool HelperClient::open() {
  std::string wrong;
  struct stat status {};
  if (lstat(path_.c_str(), &status) != 0) {
    return errno == EACCES ? fail(State::refused, kNotForUs) : fail(State::absent, kNone);
  }
  if (!S_ISSOCK(status.st_mode) || status.st_uid != owner_ ||
      !open_safe_folder(path_.parent_path(), owner_, wrong)) {
    return fail(State::refused, kNotTrusted);
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.native().size() >= sizeof address.sun_path) return fail(State::absent, kNone);
  path_.native().copy(address.sun_path, sizeof address.sun_path - 1);
  FileDescriptor opened(open_stream_socket(AF_UNIX));
  if (connect(opened.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == EACCES || errno == EPERM) return fail(State::refused, kNotForUs);
    return fail(State::stale, errno == ECONNREFUSED || errno == ENOENT ? kDead : kSilent);
  }
  const auto peer = peer_credentials(opened.get());
  if (!peer || peer->uid != owner_) return fail(State::refused, kNotTrusted);
  socket_ = std::move(opened);
  return true;
}

bool HelperClient::exchange(uint32_t flags, std::span<const WantedProcess> wanted,
                            std::vector<HelpedProcess>& found, Duration until) {
  answer_.resize(answer_size(wanted.size()));
  if (!send_all(socket_.get(), encode_request(flags, wanted), until) ||
      !receive_all(socket_.get(), answer_, until)) {
    return fail(State::stale, real_now() < until ? kClosed : kSilent);
  }
  if (!decode_answer(answer_, wanted, powermetrics_, found)) return fail(State::stale, kStrange);
  return true;
}

bool HelperClient::ask(uint32_t flags, std::span<const WantedProcess> wanted,
                       std::vector<HelpedProcess>& found) {
  asked_ = clock_.awake();
  found.clear();
  if (!socket_ && asked_ < try_again_) return false;
  const Duration until = real_now() + kPatience;
  const bool kept = static_cast<bool>(socket_);
  bool answered = (kept || open()) && exchange(flags, wanted, found, until);
  // A connection that was kept may have ended since; a new one says what is true now.
  if (!answered && kept && real_now() < until) {
    answered = open() && exchange(flags, wanted, found, until);
  }
  if (!answered) {
    found.clear();
    try_again_ = clock_.awake() + pause_;
    pause_ = std::min<Duration>(2 * pause_, kLongestPause);
    return false;
  }
  status_.state = State::live;
  status_.reason.clear();
  pause_ = kFirstPause;
  return true;
}

}  // namespace anemon
