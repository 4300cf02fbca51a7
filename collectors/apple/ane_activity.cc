#include "collectors/apple/ane_activity.h"

#include <algorithm>

#include "collectors/apple/plausibility.h"

namespace anemon {
namespace {

// A floor that another requestor's rounding lifts for a moment is no activity of the engine.
constexpr double kClearlyActive = 0.05;
constexpr Duration kSuspicious = std::chrono::seconds(10);

std::string component(const std::string& engine, AneRole role) {
  return engine + "/" + std::string(activity_name(role));
}

}  // namespace

std::string_view activity_name(AneRole role) {
  switch (role) {
    case AneRole::dcs_floor:
      return "dcs_floor";
    case AneRole::fabric_floor:
      return "fabric_floor";
    case AneRole::firmware:
      return "firmware";
    case AneRole::cluster_power:
      return "cluster_power";
    default:
      return "compute_engine";
  }
}

std::string_view activity_source(AneRole role) {
  return role == AneRole::firmware || role == AneRole::cluster_power ? "ioreport" : "pmp";
}

AneActivity::AneActivity(const std::string& engine, AneRole role)
    : role_(role),
      component_(component(engine, role)),
      source_(activity_source(role)),
      ratio_(Metric::kAneActivity, {engine, std::string(activity_name(role))}),
      seconds_(Metric::kAneActiveSeconds, {engine, std::string(activity_name(role))}),
      ratio_line_(Metric::kAneActivity, component(engine, role),
                  std::string(activity_source(role))),
      seconds_line_(Metric::kAneActiveSeconds, component(engine, role),
                    std::string(activity_source(role))) {}

void AneActivity::add(uint32_t index, const Channel& channel, uint32_t idle_floor) {
  std::vector<double> activity = activity_of_states(role_, channel, idle_floor);
  if (activity.empty()) {
    states_known_ = false;
    return;
  }
  sources_.push_back({index, std::move(activity), ticks_per_second(channel.unit)});
}

void AneActivity::detach() {
  detached_seconds_ = counted_seconds();
  sources_.clear();
  states_known_ = plausible_ = true;
}

double AneActivity::counted_seconds() const {
  double seconds = 0;
  for (const Source& source : sources_) seconds = std::max(seconds, source.seconds);
  return detached_seconds_ + seconds;
}

void AneActivity::feed(Pass& pass, const ChannelValue& value, Duration at) {
  const auto source = std::find_if(sources_.begin(), sources_.end(), [&](const Source& candidate) {
    return candidate.channel == value.channel;
  });
  if (source == sources_.end()) return;
  if (value.parts.size() != source->activity.size()) return source->delta.rebaseline();
  if (!source->delta.feed(value, at)) return;

  double active = 0;
  for (size_t i = 0; i < source->activity.size(); ++i) {
    active += source->activity[i] * static_cast<double>(source->delta.parts()[i]);
  }
  if (const auto stamp = source->delta.published()) {
    pass.published(Metric::kAneActivity, component_, source_, *stamp);
  }
  const auto total = static_cast<double>(source->delta.total());
  // A histogram of use that never left its lowest bin has not shown that it is alive.
  proven_ = proven_ || (role_ == AneRole::compute_engine ? active > 0 : total > 0);
  plausible_ =
      !source->ticks || plausible::residency(total / *source->ticks, source->delta.observed());
  source->ratio.reset();
  if (!plausible_) return pass.reject(plausible::kResidencyRule);
  // Residencies count all time. Without any, they say nothing: not that the engine is idle.
  source->counts = !source->ticks || total > 0;
  if (!source->counts) return;
  const double ratio = total > 0 ? active / total : 0;
  source->ratio = plausible::ratio(ratio);
  if (!source->ratio) return pass.reject(plausible::kRatioRule);
  // Counts of samples say nothing of the time before they were first seen to move.
  const Duration span = std::min(source->delta.span(), source->delta.observed());
  const double seconds = source->ticks ? active / *source->ticks : ratio * to_seconds(span);
  source->seconds += seconds;
  moved_ = moved_ || total > 0;
  if (ratio > kClearlyActive) {
    active_ += std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  }
}

void AneActivity::rebaseline() noexcept {
  for (Source& source : sources_) {
    source.delta.rebaseline();
    source.ratio.reset();
  }
}

void AneActivity::set_readings(Pass& pass, Duration at, Duration others_active) {
  if (sources_.empty()) {
    return report(pass, SignalState::absent,
                  states_known_ ? "chip does not publish it" : "states of no known kind");
  }
  if (moved_) others_when_moved_ = others_active;
  moved_ = false;
  std::optional<double> busiest;
  bool current = false;
  const double seconds = counted_seconds();
  for (const Source& source : sources_) {
    current = current || (source.counts && source.delta.current(at));
    if (!source.ratio || !source.delta.current(at)) continue;
    busiest = std::max(busiest.value_or(0), *source.ratio);
  }
  if (!proven_ || !busiest) {
    if (others_active - others_when_moved_ >= kSuspicious) {
      return report(pass, SignalState::frozen, "still while another signal moves");
    }
    if (!proven_) return report(pass, SignalState::unproven, "has not moved yet");
    pass.set(seconds_, seconds);
    if (current && plausible_) return;  // a new baseline was taken: the next change tells
    return report(pass, SignalState::stale, plausible_ ? "no publication" : "implausible");
  }
  pass.set(ratio_, *busiest);
  pass.set(seconds_, seconds);
  report(pass, SignalState::live);
}

void AneActivity::report(Pass& pass, SignalState state, const char* reason) {
  ratio_line_.report(pass, state, reason);
  seconds_line_.report(pass, state, reason);
}

void AneActivity::report_lost(Pass& pass, SignalState state, const char* reason) {
  report(pass, state, reason);
}

}  // namespace anemon
