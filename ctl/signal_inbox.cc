#include "ctl/signal_inbox.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>

#include "core/error.h"
#include "platform/pipe.h"

namespace anemon {
namespace {

std::atomic<int> writing_end{-1};

void deliver(int signal) {
  const int saved_errno = errno;
  const auto byte = static_cast<unsigned char>(signal);
  // A full pipe has 64 KiB of unread signals: one more says nothing new.
  [[maybe_unused]] const ssize_t written = write(writing_end.load(), &byte, 1);
  errno = saved_errno;
}

}  // namespace

SignalInbox::SignalInbox(std::initializer_list<int> signals) {
  int ends[2];
  if (!open_pipe(ends)) throw Error("cannot make a pipe: too many open files");
  for (const int fd : ends) fcntl(fd, F_SETFL, O_NONBLOCK);
  reading_end_ = ends[0];
  writing_end = ends[1];
  for (const int signal : signals) {
    struct sigaction action {};
    action.sa_handler = deliver;
    action.sa_flags = SA_RESTART;
    struct sigaction former {};
    sigaction(signal, &action, &former);
    former_.emplace_back(signal, former);
  }
}

SignalInbox::~SignalInbox() {
  for (const auto& [signal, former] : former_) sigaction(signal, &former, nullptr);
  close(writing_end.exchange(-1));
  close(reading_end_);
}

std::optional<int> SignalInbox::wait(std::optional<Duration> timeout) {
  using Steady = std::chrono::steady_clock;
  const auto deadline = Steady::now() + timeout.value_or(Duration::zero());
  for (;;) {
    unsigned char byte = 0;
    if (read(reading_end_, &byte, 1) == 1) return byte;
    int milliseconds = -1;
    if (timeout) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now());
      if (left.count() <= 0) return std::nullopt;
      milliseconds = static_cast<int>(std::min<int64_t>(left.count(), 60'000));
    }
    pollfd waiting{reading_end_, POLLIN, 0};
    poll(&waiting, 1, milliseconds);
  }
}

}  // namespace anemon
