#include "exporters/http_loop.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "platform/sockets.h"

namespace anemon {
namespace {

constexpr Duration kNever = Duration::max();
constexpr std::uint64_t kListenerKey = std::uint64_t{1} << 63;
constexpr int kAcceptBatch = 64;         // per listener and wake-up
constexpr std::size_t kTurnedAway = 32;  // lingering 503s beyond a listener's limit
constexpr Duration kTimeToRead = std::chrono::milliseconds(100);  // a last answer, at least
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);

FileDescriptor open_reserve() { return FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

bool out_of_descriptors(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

HttpLoop::HttpLoop(const HttpServerOptions& options, std::vector<ListenerSpec> listeners,
                   const Clock& clock, Log& log, HttpStatistics& statistics)
    : clock_(clock),
      statistics_(statistics),
      poller_(std::make_shared<EventPoller>()),
      reserve_(open_reserve()) {
  for (ListenerSpec& spec : listeners) {
    HttpListener socket(spec.address);
    const bool local = socket.local();
    auto pool = std::make_unique<HttpPool>(options.pool_threads, options.pool_queue,
                                           [poller = poller_] { poller->wake(); });
    HttpService service{std::make_shared<HttpGate>(std::move(spec.routes), log),
                        spec.limits,
                        local,
                        *pool,
                        statistics,
                        log,
                        clock,
                        options.streams,
                        spec.loopback_hosts_only};
    listeners_.push_back(std::make_unique<Listener>(
        Listener{std::move(socket), std::move(pool), std::move(service)}));
    poller_->add(listeners_.back()->socket.descriptor(), kListenerKey | (listeners_.size() - 1),
                 {true, false});
  }
}

HttpLoop::~HttpLoop() { close(); }

std::uint16_t HttpLoop::port(std::size_t listener) const {
  return listeners_.at(listener)->socket.port();
}

bool HttpLoop::close() {
  for (Slot& slot : slots_) slot.connection.reset();
  for (const auto& listener : listeners_) listener->socket.close();
  reserve_ = {};
  bool joined = true;
  for (const auto& listener : listeners_) joined = listener->pool->stop() && joined;
  return joined;
}

void HttpLoop::run(const StopFlag& stop) {
  while (true) {
    Duration time = now();
    expire(time);
    const std::span<const PollerEvent> events = poller_->wait(timeout(time));
    time = now();
    for (const PollerEvent& event : events) dispatch(event, time);
    take_results(time);
    if (stop.requested() && finish(time)) return;
  }
}

Duration HttpLoop::timeout(Duration time) const {
  const Duration next = std::min({next_deadline_, resume_at_, stop_at_});
  return next == kNever ? kNever : std::max(next - time, Duration::zero());
}

void HttpLoop::dispatch(const PollerEvent& event, Duration time) {
  if ((event.key & kListenerKey) != 0) {
    return accept_from(*listeners_[event.key & ~kListenerKey], time);
  }
  Slot* const slot = slot_of(event.key);
  if (slot == nullptr) return;  // closed by an earlier event of the same batch
  if (event.writable) slot->connection->writable(time);
  if (event.readable) slot->connection->readable(scratch_, time);
  settle(*slot);
}

void HttpLoop::take_results(Duration time) {
  for (const auto& listener : listeners_) {
    if (!listener->pool->collect(results_)) continue;
    for (PoolResult& result : results_) {
      Slot* const slot = slot_of(result.connection);
      if (slot == nullptr) continue;  // the client did not wait
      slot->connection->deliver(std::move(result.result), time);
      settle(*slot);
    }
    results_.clear();
  }
}

// The deadline kept is a lower bound: requests only ever move a connection's deadline away, so that
// a steady scrape neither arms a timer nor walks the connections.
void HttpLoop::expire(Duration time) {
  resume_paused(time);
  if (time < next_deadline_) return;
  next_deadline_ = kNever;
  for (Slot& slot : slots_) {
    if (!slot.connection) continue;
    slot.connection->expire(time);
    settle(slot);
  }
}

void HttpLoop::accept_from(Listener& listener, Duration time) {
  for (int i = 0; i < kAcceptBatch; ++i) {
    const int listening = listener.socket.descriptor();
    if (listening < 0 || listener.paused) return;
    const int descriptor = accept_stream_socket(listening);
    if (descriptor >= 0) {
      if (!admit(listener, descriptor, time)) ::close(descriptor);
      continue;
    }
    if (errno == ECONNABORTED || errno == EINTR) continue;
    if (!out_of_descriptors(errno) || !survive_without_descriptors(listener, time)) return;
  }
}

// False when the descriptor was not taken.
bool HttpLoop::admit(Listener& listener, int descriptor, Duration time) {
  HttpService& service = listener.service;
  bool room = service.connections < service.limits.connections;
  while (!room && make_room(&listener, time)) {
    room = service.connections < service.limits.connections;
  }
  if (!room) {
    statistics_.rejected(HttpRejection::connection_limit);
    if (service.connections >= service.limits.connections + kTurnedAway) {
      reject_now(descriptor);
      return false;
    }
  }
  if (!listener.socket.local()) {
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  std::uint64_t key = 0;
  Slot& slot = free_slot(key);
  slot.interest = {true, false};
  if (!poller_->add(descriptor, key, slot.interest)) return false;
  slot.connection = std::make_unique<HttpConnection>(descriptor, key, service, time);
  ++open_;
  if (!room) slot.connection->turn_away(time);
  settle(slot);
  report();
  return true;
}

// Whoever keeps a connection without using it goes first, the longest waiting of them; then the
// oldest request that does not get complete; then who had time to read its last answer. `listener`
// is null when any connection will do.
bool HttpLoop::make_room(const Listener* listener, Duration time) {
  Slot* idle = nullptr;
  Slot* incomplete = nullptr;
  Slot* leaving = nullptr;
  const auto prefer_older = [](Slot& slot, Slot*& oldest) {
    if (oldest == nullptr || slot.connection->since() < oldest->connection->since()) oldest = &slot;
  };
  for (Slot& slot : slots_) {
    if (!slot.connection) continue;
    const HttpConnection& connection = *slot.connection;
    if (listener != nullptr && &connection.service() != &listener->service) continue;
    if (connection.idle()) prefer_older(slot, idle);
    if (connection.incomplete()) prefer_older(slot, incomplete);
    if (connection.leaving() && time - connection.since() >= kTimeToRead) {
      prefer_older(slot, leaving);
    }
  }
  if (idle != nullptr) {
    statistics_.rejected(HttpRejection::evicted_idle);
    remove(*idle);
  } else if (incomplete != nullptr) {
    statistics_.rejected(HttpRejection::evicted_head);
    remove(*incomplete);
  } else if (leaving != nullptr) {
    remove(*leaving);
  } else {
    return false;
  }
  return true;
}

// True when accepting may go on. Without this the waiting client would keep the listener ready and
// the thread spinning.
bool HttpLoop::survive_without_descriptors(Listener& listener, Duration time) {
  // accept() asks for a descriptor before it looks whether anybody is waiting.
  pollfd waiting{listener.socket.descriptor(), POLLIN, 0};
  if (poll(&waiting, 1, 0) != 1) return false;
  if (make_room(nullptr, time)) return true;
  statistics_.rejected(HttpRejection::descriptor_limit);
  if (reserve_) {
    reserve_ = {};
    const int descriptor = accept_stream_socket(listener.socket.descriptor());
    if (descriptor >= 0) {
      reject_now(descriptor);
      ::close(descriptor);
    }
    reserve_ = open_reserve();
    if (descriptor >= 0 && reserve_) return true;
  }
  pause(listener, time);
  return false;
}

void HttpLoop::pause(Listener& listener, Duration time) {
  listener.paused = true;
  poller_->remove(listener.socket.descriptor(), {true, false});
  resume_at_ = time + kAcceptPause;
}

void HttpLoop::resume_paused(Duration time) {
  if (time < resume_at_) return;
  resume_at_ = kNever;
  if (!reserve_) reserve_ = open_reserve();
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    Listener& listener = *listeners_[i];
    if (!listener.paused || listener.socket.descriptor() < 0) continue;
    listener.paused = !poller_->add(listener.socket.descriptor(), kListenerKey | i, {true, false});
    if (listener.paused) resume_at_ = time + kAcceptPause;
  }
}

// The whole answer to one for whom there is no room to wait: what it has sent is read first, or the
// close would reset the connection before the answer is seen.
void HttpLoop::reject_now(int descriptor) {
  const std::string_view text = overload_response();
  while (recv(descriptor, scratch_.data(), scratch_.size(), 0) ==
         static_cast<ssize_t>(scratch_.size())) {
  }
  [[maybe_unused]] const ssize_t sent = send(descriptor, text.data(), text.size(), kSendFlags);
  shutdown(descriptor, SHUT_WR);
}

HttpLoop::Slot* HttpLoop::slot_of(std::uint64_t key) {
  const std::size_t index = key & 0xffffffff;
  if (index >= slots_.size()) return nullptr;
  Slot& slot = slots_[index];
  return slot.connection && slot.connection->key() == key ? &slot : nullptr;
}

HttpLoop::Slot& HttpLoop::free_slot(std::uint64_t& key) {
  auto slot =
      std::find_if(slots_.begin(), slots_.end(), [](const Slot& each) { return !each.connection; });
  if (slot == slots_.end()) slot = slots_.emplace(slots_.end());
  slot->generation = (slot->generation + 1) & 0x7fffffff;
  key = (std::uint64_t{slot->generation} << 32) | static_cast<std::uint64_t>(slot - slots_.begin());
  return *slot;
}

void HttpLoop::settle(Slot& slot) {
  HttpConnection& connection = *slot.connection;
  if (connection.closed()) return remove(slot);
  const Interest wanted = connection.interest();
  if (wanted != slot.interest) {
    poller_->change(connection.descriptor(), connection.key(), slot.interest, wanted);
    slot.interest = wanted;
  }
  next_deadline_ = std::min(next_deadline_, connection.deadline());
  if (streams() != reported_streams_) report();
}

void HttpLoop::remove(Slot& slot) {
  poller_->remove(slot.connection->descriptor(), slot.interest);
  slot.connection.reset();
  --open_;
  report();
}

void HttpLoop::report() {
  reported_streams_ = streams();
  statistics_.connections(open_, reported_streams_);
}

std::size_t HttpLoop::streams() const {
  std::size_t sum = 0;
  for (const auto& listener : listeners_) sum += listener->service.streams;
  return sum;
}

// The end of the loop: true when nothing is left to wait for.
bool HttpLoop::finish(Duration time) {
  if (stop_at_ == kNever) {
    stop_at_ = time + Duration(grace_.load());
    for (const auto& listener : listeners_) {
      if (!listener->paused) poller_->remove(listener->socket.descriptor(), {true, false});
      listener->socket.close();
    }
    for (Slot& slot : slots_) {
      if (!slot.connection) continue;
      slot.connection->finish_soon();
      settle(slot);
    }
  }
  return open_ == 0 || time >= stop_at_;
}

}  // namespace anemon
