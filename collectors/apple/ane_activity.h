// One activity signal of one Neural Engine, out of one or more channels (links) that say the same
// thing: the share of time of the busiest of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectors/apple/ane_channels.h"
#include "collectors/apple/channel_delta.h"
#include "collectors/pass.h"
#include "collectors/signal_line.h"
#include "core/series.h"

namespace anemon {

class AneActivity {
 public:
  // `engine` as in labels ("ane0"); `signal` as in the catalogue ("dcs_floor").
  AneActivity(const std::string& engine, AneRole role);

  AneRole role() const noexcept { return role_; }
  // Of a channel whose states are none that the role has, nothing is told.
  void add(uint32_t index, const Channel& channel, uint32_t idle_floor);
  // Other channels make the signal from now on; what was counted stays.
  void detach();
  void feed(Pass& pass, const ChannelValue& value, Duration at);
  void rebaseline() noexcept;

  // `others_active`: how long other signals of the engine have been active in all.
  void set_readings(Pass& pass, Duration at, Duration others_active);
  void report_lost(Pass& pass, SignalState state, const char* reason);

  // Time in which the signal was clearly active, in all.
  Duration active() const noexcept { return active_; }

 private:
  struct Source {
    uint32_t channel;
    std::vector<double> activity;  // by state
    std::optional<double> ticks;   // in a second; unset: counts of samples
    ChannelDelta delta{};
    double seconds = 0;
    std::optional<double> ratio{};  // of the last publication
    bool counts = true;             // its last publication had any time in it
  };

  double counted_seconds() const;
  void report(Pass& pass, SignalState state, const char* reason = "");

  AneRole role_;
  std::string component_;
  std::string_view source_;
  std::vector<Source> sources_;
  double detached_seconds_ = 0;
  bool states_known_ = true;
  bool proven_ = false;
  bool plausible_ = true;
  Duration active_{};
  Duration others_when_moved_{};
  bool moved_ = false;  // since the last set_readings
  Series ratio_, seconds_;
  SignalLine ratio_line_, seconds_line_;
};

// "dcs_floor", ... and the source that its signal is told under.
std::string_view activity_name(AneRole role);
std::string_view activity_source(AneRole role);

}  // namespace anemon
