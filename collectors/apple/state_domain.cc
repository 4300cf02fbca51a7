#include "collectors/apple/state_domain.h"

#include <algorithm>
#include <array>
#include <utility>

#include "collectors/apple/plausibility.h"
#include "collectors/sensor_name.h"

namespace anemon {
namespace {

constexpr const char* kSource = "ioreport";

std::string whole_number(double value) { return std::to_string(static_cast<int64_t>(value)); }

}  // namespace

StateDomain::StateDomain(uint32_t index, const Channel& channel, std::string name, ParseState parse,
                         DomainDetail detail)
    : channel_(index),
      name_(std::move(name)),
      detail_(detail),
      ticks_(ticks_per_second(channel.unit)),
      clock_series_(Metric::kFrequency, {name_}),
      ratio_series_(Metric::kActiveRatio, {name_}),
      minimum_series_(Metric::kFrequencyLimit, {name_, "min"}),
      maximum_series_(Metric::kFrequencyLimit, {name_, "max"}),
      clock_line_(Metric::kFrequency, name_, kSource),
      ratio_line_(Metric::kActiveRatio, name_, kSource),
      limit_line_(Metric::kFrequencyLimit, name_, "pmgr"),
      residency_line_(Metric::kStateResidency, name_, kSource) {
  size_t highest = 0;
  bool one_ladder = true;
  for (const std::string& state : channel.states) {
    // A state that the grammar does not know is active at a clock that nobody knows.
    const auto means = parse(state);
    if (!means) one_ladder = false;
    const PerformanceState known = means.value_or(PerformanceState{});
    state_names_.push_back(label_text(state));
    states_.push_back(
        {known, 0, Series(Metric::kStateResidency, {name_, state_names_.back(), ""})});
    if (!means || known.idle) continue;
    highest = std::max(highest, known.level + 1);
    if (known.levels != 0) {
      one_ladder = one_ladder && (levels_ == 0 || levels_ == known.levels);
      levels_ = known.levels;
    }
  }
  if (levels_ == 0) levels_ = highest;
  if (!one_ladder || highest > levels_) levels_ = 0;
  if (levels_ == 0) ladder_problem_ = "states of no known kind";
}

void StateDomain::join(FoundLadder found) {
  if (levels_ == 0) return;
  ladder_ = std::move(found.hertz);
  ladder_problem_ = found.problem;
  if (ladder_.empty()) return;
  const auto [lowest, highest] = std::minmax_element(ladder_.begin(), ladder_.end());
  lowest_ = *lowest;
  highest_ = *highest;
  for (size_t i = 0; i < states_.size(); ++i) {
    State& state = states_[i];
    if (state.means.idle) continue;
    state.series = Series(Metric::kStateResidency,
                          {name_, state_names_[i], whole_number(ladder_[state.means.level])});
  }
}

void StateDomain::go_on(const StateDomain& old) {
  for (size_t i = 0; i < states_.size(); ++i) {
    const auto same = std::find(old.state_names_.begin(), old.state_names_.end(), state_names_[i]);
    if (same == old.state_names_.end()) continue;
    states_[i].seconds = old.states_[static_cast<size_t>(same - old.state_names_.begin())].seconds;
  }
  if (old.state_names_ != state_names_) return;
  delta_ = old.delta_;
  ratio_ = old.ratio_;
}

void StateDomain::rebaseline() noexcept {
  delta_.rebaseline();
  clock_.reset();
  ratio_.reset();
}

void StateDomain::feed(Pass& pass, const ChannelValue& value, Duration at) {
  if (value.parts.size() != states_.size()) return delta_.rebaseline();
  if (!delta_.feed(value, at)) return;
  // Residencies count all time: without any, they say nothing.
  counts_ = delta_.total() > 0;
  if (!counts_) {
    clock_.reset();
    ratio_.reset();
    return;
  }
  if (const auto stamp = delta_.published(); stamp && detail_ == DomainDetail::full) {
    pass.published(Metric::kStateResidency, name_, kSource, *stamp);
  }
  const double total = static_cast<double>(delta_.total());
  plausible_ = !ticks_ || plausible::residency(total / *ticks_, delta_.observed());
  clock_.reset();
  ratio_.reset();
  if (!plausible_) return pass.reject(plausible::kResidencyRule);
  double active = 0;
  double weighted = 0;
  for (size_t i = 0; i < states_.size(); ++i) {
    const auto ticks = static_cast<double>(delta_.parts()[i]);
    if (ticks_) states_[i].seconds += ticks / *ticks_;
    if (states_[i].means.idle) continue;
    active += ticks;
    if (has_ladder()) weighted += ticks * ladder_[states_[i].means.level];
  }
  ratio_ = plausible::ratio(active / total);
  if (!ratio_) pass.reject(plausible::kRatioRule);
  if (!has_ladder() || active == 0) return;
  const double hertz = weighted / active;
  if (plausible::frequency(hertz, lowest_, highest_)) {
    clock_ = hertz;
  } else {
    pass.reject(plausible::kFrequencyRule);
  }
}

void StateDomain::set_readings(Pass& pass, Duration at) {
  const bool proven = delta_.proven();
  const bool current = proven && plausible_ && counts_ && delta_.current(at);
  if (current && clock_) pass.set(clock_series_, *clock_);
  if (current && ratio_) pass.set(ratio_series_, *ratio_);
  if (detail_ == DomainDetail::brief) return;
  if (has_ladder()) {
    pass.set(minimum_series_, lowest_);
    pass.set(maximum_series_, highest_);
    limit_line_.report(pass, SignalState::live);
  } else {
    limit_line_.report(pass, SignalState::absent, ladder_problem_);
  }
  const auto report = [&](SignalLine& line) {
    if (!proven) return line.report(pass, SignalState::unproven, "has not moved yet");
    if (!plausible_) return line.report(pass, SignalState::stale, "implausible");
    if (!current) return line.report(pass, SignalState::stale, "no publication");
    line.report(pass, SignalState::live);
  };
  report(ratio_line_);
  report(residency_line_);
  if (has_ladder()) {
    report(clock_line_);
  } else {
    clock_line_.report(pass, SignalState::absent, ladder_problem_);
  }
}

void StateDomain::set_residencies(Pass& pass) {
  if (detail_ == DomainDetail::brief || !delta_.proven() || !ticks_) return;
  for (State& state : states_) pass.set(state.series, state.seconds);
}

void StateDomain::report_lost(Pass& pass, SignalState state, const char* reason) {
  if (detail_ == DomainDetail::brief) return;
  for (SignalLine* line : {&clock_line_, &ratio_line_, &residency_line_}) {
    line->report(pass, state, reason);
  }
}

}  // namespace anemon
