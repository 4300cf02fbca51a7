#include "helper/server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "platform/pipe.h"
#include "platform/sockets.h"

namespace anemon {
namespace {

// How often a running powermetrics is looked after, and a listener that failed tried again.
constexpr Duration kTick = std::chrono::seconds(1);

}  // namespace

HelperServer::HelperServer(int listener, HelperServerOptions options,
                           std::unique_ptr<Processes> processes, const Clock& clock, Log& log)
    : listener_(listener),
      options_(std::move(options)),
      processes_(std::move(processes)),
      clock_(clock),
      log_(log) {
  int ends[2];
  if (!open_pipe(ends)) throw Error(std::string("no pipe: ") + std::strerror(errno));
  stop_reader_ = FileDescriptor(ends[0]);
  stop_writer_ = FileDescriptor(ends[1]);
  fcntl(stop_writer_.get(), F_SETFL, O_NONBLOCK);
}

void HelperServer::stop() noexcept {
  const int before = errno;
  if (write(stop_writer_.get(), "", 1) < 0) {
    // The pipe is full of earlier calls.
  }
  errno = before;
}

void HelperServer::run() {
  while (!stopped_) step(Duration::max());
  log_.info("stopped");
}

void HelperServer::step(Duration longest) {
  std::vector<pollfd> polled;
  const Duration began = clock_.awake();
  polled.push_back({stop_reader_.get(), POLLIN, 0});
  polled.push_back({began >= accept_again_ ? listener_ : -1, POLLIN, 0});
  polled.push_back({powermetrics_ ? powermetrics_->output() : -1, POLLIN, 0});
  for (const Connection& each : connections_) {
    // Nothing is read before the answer has gone: one who does not take it gets no second.
    polled.push_back(
        {each.socket.get(), static_cast<short>(each.out.empty() ? POLLIN : POLLOUT), 0});
  }
  const Duration wait = patience(began, longest);
  const int timeout =
      wait == Duration::max()
          ? -1
          : static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count());
  if (poll(polled.data(), static_cast<nfds_t>(polled.size()), timeout) < 0) return;  // a signal
  stopped_ = stopped_ || polled[0].revents != 0;

  const Instant now = clock_.now();
  std::vector<Connection> kept;
  for (size_t i = 0; i < connections_.size(); ++i) {
    if (serve(connections_[i], polled[i + 3].revents != 0, now.awake)) {
      kept.push_back(std::move(connections_[i]));
    }
  }
  connections_.swap(kept);
  if (polled[1].revents != 0) accept_all(now.awake);
  follow_powermetrics(now);
}

Duration HelperServer::patience(Duration now, Duration longest) const {
  Duration wait = longest;
  for (const Connection& each : connections_) {
    const bool busy = !each.in.empty() || !each.out.empty();
    wait = std::min(wait, busy ? each.begun + kRequestTime - now : each.heard + kSilence - now);
  }
  if (powermetrics_ || now < accept_again_) wait = std::min(wait, kTick);
  return std::max(wait, Duration::zero());
}

// ---- Connections -----------------------------------------------------------------------------

void HelperServer::accept_all(Duration now) {
  while (true) {
    FileDescriptor socket(accept_stream_socket(listener_));
    if (!socket) {
      if (errno == ECONNABORTED || errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) {
        complain(Complaint::accept, std::strerror(errno));
        accept_again_ = now + kTick;  // it stays readable
      }
      return;
    }
    const auto peer = peer_credentials(socket.get());
    if (!peer || peer->uid != options_.account) {
      complain(Complaint::peer, "a user who is not the daemon's account was turned away",
               peer ? peer->uid : static_cast<uid_t>(-1));
    } else if (connections_.size() >= kMaxConnections) {
      complain(Complaint::full, "a connection too many was closed", peer->uid);
    } else {
      Connection& added = connections_.emplace_back();
      added.socket = std::move(socket);
      added.heard = now;
    }
  }
}

bool HelperServer::serve(Connection& connection, bool ready, Duration now) {
  if (ready && connection.out.empty() && !receive(connection, now)) return false;
  if (!connection.out.empty() && !send_on(connection)) return false;
  if (!connection.in.empty() || !connection.out.empty()) {
    if (now - connection.begun <= kRequestTime) return true;
    complain(Complaint::slow, "a connection that stopped in the middle was closed",
             options_.account);
    return false;
  }
  return now - connection.heard <= kSilence;
}

bool HelperServer::receive(Connection& connection, Duration now) {
  // One byte more than a request may have, so that none is left unseen.
  std::array<char, kMaxHelperRequest + 1> buffer;
  const ssize_t got =
      recv(connection.socket.get(), buffer.data(), buffer.size() - connection.in.size(), 0);
  if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  if (got == 0) return false;
  if (connection.in.empty()) connection.begun = now;
  connection.in.append(buffer.data(), static_cast<size_t>(got));
  uint32_t flags = 0;
  switch (parse_request(connection.in, flags, wanted_)) {
    case RequestBytes::incomplete:
      return true;
    case RequestBytes::malformed:
      complain(Complaint::malformed, "a connection with a malformed request was closed",
               options_.account);
      return false;
    case RequestBytes::complete:
      break;
  }
  connection.in.clear();
  connection.heard = connection.begun = now;
  connection.refresh = (flags & HelperRequest::kRefresh) != 0;
  answer(connection);
  return true;
}

bool HelperServer::send_on(Connection& connection) {
  while (connection.sent < connection.out.size()) {
    const ssize_t sent = send(connection.socket.get(), connection.out.data() + connection.sent,
                              connection.out.size() - connection.sent, kSendFlags);
    if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    connection.sent += static_cast<size_t>(sent);
  }
  connection.out.clear();
  connection.sent = 0;
  return true;
}

void HelperServer::complain(Complaint about, std::string_view message, uid_t uid) {
  const uint32_t bit = 1U << static_cast<uint32_t>(about);
  if ((complained_ & bit) != 0) return;
  complained_ |= bit;
  log_.warn(message, {{"uid", std::to_string(uid)}, {"told", "once"}});
}

// ---- Answers ---------------------------------------------------------------------------------

HelpedProcess HelperServer::look_up(const WantedProcess& wanted) {
  HelpedProcess process;
  process.record.pid = wanted.pid;
  try {
    process.lookup = processes_->look_up(wanted.pid, process.record);
    if (process.lookup == Processes::Lookup::found && (wanted.flags & WantedProcess::kDetailed)) {
      const auto watched = processes_->watch(process.record);
      process.detailed = watched != nullptr && watched->read(process.details);
    }
  } catch (const Error&) {
    process.lookup = Processes::Lookup::refused;  // a lack of descriptors: the peer sees it
  }
  return process;
}

void HelperServer::answer(Connection& connection) {
  follow_powermetrics(clock_.now());
  found_.clear();
  for (const WantedProcess& wanted : wanted_) found_.push_back(look_up(wanted));
  connection.out = encode_answer(powermetrics_status(), found_);
  connection.sent = 0;
}

// ---- powermetrics ----------------------------------------------------------------------------

void HelperServer::follow_powermetrics(Instant now) {
  const bool wanted = std::any_of(connections_.begin(), connections_.end(),
                                  [](const Connection& each) { return each.refresh; });
  if (wanted) last_wanted_ = now.awake;
  if (!wanted && !powermetrics_) return;
  if (!wanted && now.awake - last_wanted_ > kGrace) {
    ended_cpu_ += powermetrics_->status().cpu;
    ended_starts_ += powermetrics_->status().starts;
    powermetrics_.reset();
    told_ = PowermetricsStatus::State::absent;
    log_.info("powermetrics ends: nobody wants it");
    return;
  }
  if (!powermetrics_) {
    powermetrics_ = std::make_unique<PowermetricsProcess>(
        PowermetricsMode::refresh, options_.powermetrics, options_.may_run_powermetrics);
  }
  powermetrics_->poll(now);
  const PowermetricsStatus& status = powermetrics_->status();
  if (status.state == told_) return;
  told_ = status.state;
  if (status.state == PowermetricsStatus::State::running) {
    log_.info("powermetrics runs");
  } else {
    log_.warn("powermetrics does not run", {{"reason", status.reason}});
  }
}

PowermetricsStatus HelperServer::powermetrics_status() const {
  PowermetricsStatus status;
  status.state = PowermetricsStatus::State::waiting;
  status.reason = "nobody wants it";
  if (powermetrics_) status = powermetrics_->status();
  status.cpu += ended_cpu_;
  status.starts += ended_starts_;
  return status;
}

}  // namespace anemon
