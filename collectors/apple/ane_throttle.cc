#include "collectors/apple/ane_throttle.h"

#include <algorithm>

#include "collectors/apple/performance_channels.h"
#include "collectors/apple/plausibility.h"

namespace anemon {

AneThrottle::AneThrottle(const std::string& engine)
    : engine_(engine), line_(Metric::kAneThrottle, engine, "ioreport") {}

void AneThrottle::add(uint32_t index, const std::string& trigger, const Channel& channel) {
  const auto active = active_state(channel);
  const auto ticks = ticks_per_second(channel.unit);
  if (!active || !ticks) return;
  auto known = std::find_if(triggers_.begin(), triggers_.end(),
                            [&](const Trigger& candidate) { return candidate.name == trigger; });
  if (known == triggers_.end()) {
    known = triggers_.insert(
        known, {trigger, {}, 0, 0, {}, 0, Series(Metric::kAneThrottle, {engine_, trigger})});
  }
  if (known->channel) return;  // a trigger counts once, under whichever of its names
  known->channel = index;
  known->active = *active;
  known->ticks = *ticks;
}

void AneThrottle::detach() noexcept {
  for (Trigger& trigger : triggers_) {
    trigger.channel.reset();
    trigger.delta.rebaseline();
  }
}

void AneThrottle::feed(Pass& pass, const ChannelValue& value, Duration at) {
  const auto trigger =
      std::find_if(triggers_.begin(), triggers_.end(),
                   [&](const Trigger& candidate) { return candidate.channel == value.channel; });
  if (trigger == triggers_.end()) return;
  if (value.parts.size() <= trigger->active) return trigger->delta.rebaseline();
  if (!trigger->delta.feed(value, at)) return;
  const double seconds =
      static_cast<double>(trigger->delta.parts()[trigger->active]) / trigger->ticks;
  if (!plausible::residency(seconds, trigger->delta.observed())) {
    return pass.reject(plausible::kResidencyRule);
  }
  trigger->seconds += seconds;
}

void AneThrottle::rebaseline() noexcept {
  for (Trigger& trigger : triggers_) trigger.delta.rebaseline();
}

void AneThrottle::set_readings(Pass& pass, Duration at) {
  if (triggers_.empty()) {
    return line_.report(pass, SignalState::absent, "chip does not publish it");
  }
  bool proven = false;
  bool current = false;
  for (Trigger& trigger : triggers_) {
    if (!trigger.delta.proven()) continue;
    proven = true;
    current = current || trigger.delta.current(at);
    pass.set(trigger.series, trigger.seconds);
  }
  if (!proven) return line_.report(pass, SignalState::unproven, "has not moved yet");
  if (!current) return line_.report(pass, SignalState::stale, "no publication");
  line_.report(pass, SignalState::live);
}

void AneThrottle::report_lost(Pass& pass, SignalState state, const char* reason) {
  line_.report(pass, state, reason);
}

}  // namespace anemon
