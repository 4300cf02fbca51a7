// The event thread of the HTTP server: accepts, makes room, dispatches readiness and deadlines.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/worker.h"
#include "exporters/http_connection.h"
#include "exporters/http_listener.h"
#include "exporters/http_server.h"
#include "platform/file_descriptor.h"

namespace anemon {

class HttpLoop {
 public:
  HttpLoop(const HttpServerOptions& options, std::vector<ListenerSpec> listeners,
           const Clock& clock, Log& log, HttpStatistics& statistics);
  ~HttpLoop();

  void run(const StopFlag& stop);  // the body of the event thread
  std::uint16_t port(std::size_t listener) const;

  // Any thread.
  void wake() noexcept { poller_->wake(); }
  void set_grace(Duration grace) noexcept { grace_ = grace.count(); }

  // After the event thread has ended, or when it never ran: closes what is open. False when a
  // slow route had to be abandoned.
  bool close();

 private:
  struct Listener {
    HttpListener socket;
    std::unique_ptr<HttpPool>
        pool;  // its own: strangers on one cannot keep another's clients waiting
    HttpService service;
    bool paused = false;  // accepting failed for lack of descriptors
  };
  struct Slot {
    std::unique_ptr<HttpConnection> connection;
    Interest interest;             // as the poller knows it
    std::uint32_t generation = 0;  // tells a key of an earlier connection in the slot
  };

  Duration now() const { return clock_.now().awake; }
  Duration timeout(Duration now) const;
  void dispatch(const PollerEvent& event, Duration now);
  void take_results(Duration now);
  void expire(Duration now);

  void accept_from(Listener& listener, Duration now);
  bool admit(Listener& listener, int descriptor, Duration now);
  bool make_room(const Listener* listener, Duration now);
  bool survive_without_descriptors(Listener& listener, Duration now);
  void reject_now(int descriptor);
  void pause(Listener& listener, Duration now);
  void resume_paused(Duration now);

  Slot* slot_of(std::uint64_t key);
  Slot& free_slot(std::uint64_t& key);
  void settle(Slot& slot);  // after every call into a connection
  void remove(Slot& slot);
  void report();
  std::size_t streams() const;  // of all listeners

  bool finish(Duration now);

  const Clock& clock_;
  HttpStatistics& statistics_;
  std::shared_ptr<EventPoller> poller_;  // shared with the pool's notification
  std::atomic<Duration::rep> grace_{0};

  // Used only by the event thread while it runs.
  std::size_t reported_streams_ = 0;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<Slot> slots_;
  std::size_t open_ = 0;
  Duration next_deadline_ = Duration::max();  // no connection's deadline is earlier
  Duration resume_at_ = Duration::max();      // of paused listeners
  Duration stop_at_ = Duration::max();
  std::vector<PoolResult> results_;
  std::array<char, 16'384> scratch_{};
  FileDescriptor reserve_;  // to give up when there are no more
};

}  // namespace anemon
