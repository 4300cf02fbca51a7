// Signals as things to wait for instead of interruptions: handlers only write to a pipe.
#pragma once

#include <signal.h>

#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "core/clock.h"

namespace anemon {

// While one exists, its signals go nowhere else. One at a time in a process.
class SignalInbox {
 public:
  explicit SignalInbox(std::initializer_list<int> signals);
  ~SignalInbox();  // the former dispositions are back
  SignalInbox(const SignalInbox&) = delete;
  SignalInbox& operator=(const SignalInbox&) = delete;

  int fd() const { return reading_end_; }  // readable when a signal waits

  // The next signal, or nothing when the time is over (no timeout: waits as long as it takes).
  std::optional<int> wait(std::optional<Duration> timeout);

 private:
  std::vector<std::pair<int, struct sigaction>> former_;
  int reading_end_ = -1;
};

}  // namespace anemon
