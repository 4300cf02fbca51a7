#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string>

#include "core/error.h"
#include "platform/event_poller.h"

namespace anemon {
namespace {

constexpr std::uint64_t kWakeKey = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kBatch = 64;

std::uint32_t epoll_bits(Interest interest) {
  return (interest.read ? std::uint32_t{EPOLLIN} : 0) |
         (interest.write ? std::uint32_t{EPOLLOUT} : 0);
}

// Rounded up: a wait that ends just before its deadline would only be repeated.
int milliseconds_up(Duration timeout) {
  if (timeout == Duration::max()) return -1;
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  return static_cast<int>(std::clamp<std::int64_t>(whole, 0, std::numeric_limits<int>::max()));
}

}  // namespace

struct EventPoller::System {
  int epoll = -1;
  int wake = -1;
  std::array<epoll_event, kBatch> raw{};
  std::array<PollerEvent, kBatch> events{};
  ~System() {
    if (epoll >= 0) close(epoll);
    if (wake >= 0) close(wake);
  }
};

EventPoller::EventPoller() : system_(std::make_unique<System>()) {
  system_->epoll = epoll_create1(EPOLL_CLOEXEC);
  system_->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (system_->epoll < 0 || system_->wake < 0 || !add(system_->wake, kWakeKey, {true, false})) {
    throw Error(
        std::string("cannot create the event queue of the HTTP server: ") + std::strerror(errno),
        "the limit on open files may be too low (ulimit -n)");
  }
}

EventPoller::~EventPoller() = default;

bool EventPoller::add(int descriptor, std::uint64_t key, Interest interest) {
  epoll_event event{};
  event.events = epoll_bits(interest);
  event.data.u64 = key;
  return epoll_ctl(system_->epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void EventPoller::change(int descriptor, std::uint64_t key, Interest before, Interest after) {
  if (before == after) return;
  epoll_event event{};
  event.events = epoll_bits(after);
  event.data.u64 = key;
  epoll_ctl(system_->epoll, EPOLL_CTL_MOD, descriptor, &event);
}

void EventPoller::remove(int descriptor, Interest) {
  epoll_ctl(system_->epoll, EPOLL_CTL_DEL, descriptor, nullptr);
}

std::span<const PollerEvent> EventPoller::wait(Duration timeout) {
  const int found =
      epoll_wait(system_->epoll, system_->raw.data(), kBatch, milliseconds_up(timeout));
  std::size_t kept = 0;
  for (int i = 0; i < found; ++i) {
    const epoll_event& raw = system_->raw[static_cast<std::size_t>(i)];
    if (raw.data.u64 == kWakeKey) {
      std::uint64_t count = 0;
      [[maybe_unused]] const ssize_t drained = read(system_->wake, &count, sizeof count);
      continue;
    }
    system_->events[kept++] = {raw.data.u64, (raw.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0,
                               (raw.events & (EPOLLOUT | EPOLLERR)) != 0};
  }
  return {system_->events.data(), kept};
}

void EventPoller::wake() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(system_->wake, &one, sizeof one);
}

}  // namespace anemon
