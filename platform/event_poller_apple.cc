#include <sys/event.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>

#include "core/error.h"
#include "platform/event_poller.h"

namespace anemon {
namespace {

constexpr uintptr_t kWakeIdent = 1;
constexpr std::size_t kBatch = 64;

}  // namespace

// kqueue reports reading and writing of one descriptor as two events, each with the key as its
// user data; the caller sees them one after the other, which level triggering makes harmless.
struct EventPoller::System {
  int queue = -1;
  std::array<struct kevent, kBatch> raw{};
  std::array<PollerEvent, kBatch> events{};
  ~System() {
    if (queue >= 0) close(queue);
  }

  bool apply(int descriptor, int16_t filter, uint16_t action, std::uint64_t key) {
    struct kevent change;
    EV_SET(&change, static_cast<uintptr_t>(descriptor), filter, action, 0, 0,
           reinterpret_cast<void*>(static_cast<uintptr_t>(key)));
    return kevent(queue, &change, 1, nullptr, 0, nullptr) == 0;
  }
};

EventPoller::EventPoller() : system_(std::make_unique<System>()) {
  system_->queue = kqueue();
  struct kevent wake;
  EV_SET(&wake, kWakeIdent, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, nullptr);
  if (system_->queue < 0 || kevent(system_->queue, &wake, 1, nullptr, 0, nullptr) != 0) {
    throw Error(
        std::string("cannot create the event queue of the HTTP server: ") + std::strerror(errno),
        "the limit on open files may be too low (ulimit -n)");
  }
}

EventPoller::~EventPoller() = default;

bool EventPoller::add(int descriptor, std::uint64_t key, Interest interest) {
  if (interest.read && !system_->apply(descriptor, EVFILT_READ, EV_ADD, key)) return false;
  if (interest.write && !system_->apply(descriptor, EVFILT_WRITE, EV_ADD, key)) return false;
  return true;
}

void EventPoller::change(int descriptor, std::uint64_t key, Interest before, Interest after) {
  if (before.read != after.read) {
    system_->apply(descriptor, EVFILT_READ, after.read ? EV_ADD : EV_DELETE, key);
  }
  if (before.write != after.write) {
    system_->apply(descriptor, EVFILT_WRITE, after.write ? EV_ADD : EV_DELETE, key);
  }
}

void EventPoller::remove(int descriptor, Interest interest) {
  change(descriptor, 0, interest, {false, false});
}

std::span<const PollerEvent> EventPoller::wait(Duration timeout) {
  timespec limit{};
  const bool endless = timeout == Duration::max();
  if (!endless) {
    const Duration positive = timeout > Duration::zero() ? timeout : Duration::zero();
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(positive);
    limit.tv_sec = static_cast<time_t>(whole.count());
    limit.tv_nsec = static_cast<long>((positive - whole).count());
  }
  const int found = kevent(system_->queue, nullptr, 0, system_->raw.data(),
                           static_cast<int>(kBatch), endless ? nullptr : &limit);
  std::size_t kept = 0;
  for (int i = 0; i < found; ++i) {
    const struct kevent& raw = system_->raw[static_cast<std::size_t>(i)];
    if (raw.filter == EVFILT_USER) continue;
    const bool failed = (raw.flags & EV_ERROR) != 0;
    system_->events[kept++] = {static_cast<std::uint64_t>(reinterpret_cast<uintptr_t>(raw.udata)),
                               raw.filter == EVFILT_READ || failed,
                               raw.filter == EVFILT_WRITE || failed};
  }
  return {system_->events.data(), kept};
}

void EventPoller::wake() noexcept {
  struct kevent trigger;
  EV_SET(&trigger, kWakeIdent, EVFILT_USER, 0, NOTE_TRIGGER, 0, nullptr);
  kevent(system_->queue, &trigger, 1, nullptr, 0, nullptr);
}

}  // namespace anemon
