// A collector's own IOReport subscription, opened again after it failed.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/signal_board.h"
#include "platform/apple_devices.h"

namespace anemon {

// One thread. No allocation while samples succeed.
class IoReportFeed {
 public:
  // `wanted` outlives the object.
  IoReportFeed(AppleDevices& devices, std::span<const ChannelSelection> wanted)
      : devices_(devices), wanted_(wanted) {}

  // Null when there is nothing to sample now: `state` and `reason` say why. Throws Error when the
  // sampling failed; the subscription is then dropped and opened again after kRetry.
  const IoReportSample* sample(Duration awake);

  std::span<const Channel> channels() const;
  bool refused(std::string_view group) const;

  SignalState state() const noexcept { return failed_ ? SignalState::stale : SignalState::absent; }
  const char* reason() const noexcept;

  // Grows with every subscription: what was known of the channels is then to be forgotten.
  uint64_t subscription() const noexcept { return subscription_; }

  static constexpr Duration kRetry = std::chrono::seconds(5);
  static constexpr Duration kRetryAbsent = std::chrono::seconds(60);

 private:
  AppleDevices& devices_;
  const std::span<const ChannelSelection> wanted_;
  std::unique_ptr<IoReport> report_;
  std::optional<bool> virtual_machine_;
  bool failed_ = false;
  bool tried_ = false;
  Duration tried_at_{};
  uint64_t subscription_ = 0;
};

// Whether `channels` have it in the first die's group too ("PMP0" beside "PMP"): it is the same
// channel then, and counts once, there.
bool is_listed_by_number(const Channel& channel, std::span<const Channel> channels);

}  // namespace anemon
