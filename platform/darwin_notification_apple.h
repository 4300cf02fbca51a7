// The state behind a name of notify(3), which any process may announce.
#pragma once

#include <cstdint>
#include <optional>

namespace anemon {

// One thread. Registers at the first read and tries again after a failure.
class DarwinNotification {
 public:
  explicit DarwinNotification(const char* name) : name_(name) {}  // a literal
  ~DarwinNotification();
  DarwinNotification(const DarwinNotification&) = delete;
  DarwinNotification& operator=(const DarwinNotification&) = delete;

  // Unset when notifyd does not answer; zero when nobody ever announced a state.
  std::optional<uint64_t> state();

 private:
  void cancel();

  const char* const name_;
  std::optional<int> token_;
};

}  // namespace anemon
