#include "core/signal_board.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace anemon {
namespace {

std::tuple<Metric, std::string_view, std::string_view> key(const Signal& signal) {
  return {signal.metric, signal.component, signal.source};
}

}  // namespace

std::string_view to_string(SignalState state) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "unproven", "live", "stale", "gated", "frozen", "refused", "absent"};
  return kNames[static_cast<size_t>(state)];
}

Signal* SignalBoard::find(Metric metric, std::string_view component, std::string_view source) {
  const auto wanted = std::make_tuple(metric, component, source);
  const auto at =
      std::lower_bound(signals_.begin(), signals_.end(), wanted,
                       [](const Signal& signal, const auto& value) { return key(signal) < value; });
  return at != signals_.end() && key(*at) == wanted ? &*at : nullptr;
}

bool SignalBoard::report(Metric metric, std::string_view component, std::string_view source,
                         SignalState state, std::string_view reason, Provenance provenance,
                         Instant now, std::string_view reporter) {
  const Lock lock(mutex_);
  Signal* signal = find(metric, component, source);
  if (signal == nullptr) {
    if (signals_.size() >= kMaxSignals) return false;
    signals_.push_back({metric, std::string(component), std::string(source), state,
                        std::string(reason), provenance, now, std::nullopt, std::string(reporter)});
    std::sort(signals_.begin(), signals_.end(),
              [](const Signal& a, const Signal& b) { return key(a) < key(b); });
  } else {
    if (signal->state == state && signal->reason == reason) return false;
    if (signal->state != state) signal->since = now;
    signal->state = state;
    signal->reason = reason;
    signal->provenance = provenance;
  }
  version_.fetch_add(1, std::memory_order_release);
  return true;
}

void SignalBoard::published(Metric metric, std::string_view component, std::string_view source,
                            Duration wall) {
  const Lock lock(mutex_);
  if (Signal* signal = find(metric, component, source)) signal->published = wall;
}

std::vector<Signal> SignalBoard::signals() const {
  const Lock lock(mutex_);
  std::vector<Signal> shown = signals_;
  for (Signal& signal : shown) {
    const auto withheld = withheld_.find(signal.reporter);
    if (withheld == withheld_.end()) continue;
    if (signal.state != SignalState::live && signal.state != SignalState::unproven) continue;
    signal.state = SignalState::stale;
    signal.reason = withheld->second.reason;
    signal.since = withheld->second.since;
  }
  return shown;
}

void SignalBoard::withhold(std::string_view reporter, std::string_view reason, Instant now) {
  const Lock lock(mutex_);
  const auto known = withheld_.find(reporter);
  if (reason.empty()) {
    if (known == withheld_.end()) return;
    withheld_.erase(known);
  } else {
    if (known != withheld_.end() && known->second.reason == reason) return;
    withheld_.insert_or_assign(std::string(reporter), Withheld{std::string(reason), now});
  }
  version_.fetch_add(1, std::memory_order_release);
}

uint64_t SignalBoard::published_times(std::vector<std::optional<Duration>>& times) const {
  times.clear();
  const Lock lock(mutex_);
  for (const Signal& signal : signals_) times.push_back(signal.published);
  return version_.load(std::memory_order_relaxed);
}

}  // namespace anemon
