#include "collectors/apple/energy_line.h"

#include <algorithm>
#include <utility>

#include "collectors/energy_components.h"

namespace anemon {
namespace {

// What rounding to millijoules, part by part, may add to parts that make up all of the whole.
constexpr double kPartsTolerance = 1.05;
constexpr double kPartsToleranceWatts = 0.1;
// The machine is measured once a second, and not in the very span of the counters.
constexpr double kMachineTolerance = 1.5;
constexpr double kMachineToleranceWatts = 5;

bool exceeds_machine(double watts, const EnergySurroundings& surroundings) {
  return surroundings.machine_watts &&
         watts > *surroundings.machine_watts * kMachineTolerance + kMachineToleranceWatts;
}

}  // namespace

const char* to_string(EnergySource source) {
  switch (source) {
    case EnergySource::energy_model:
      return "ioreport";
    case EnergySource::pmp:
      return "pmp";
    case EnergySource::powermetrics:
      return "powermetrics";
    case EnergySource::smc:
      return "smc";
  }
  return "";
}

EnergyLine::EnergyLine(const std::string& component, EnergySource source, Provenance energy,
                       Provenance power)
    : source_(source),
      component_(component),
      joules_series_(Metric::kEnergyJoules, {component, to_string(source)}, energy),
      watts_series_(Metric::kPowerWatts, {component, to_string(source)}, power),
      span_series_(Metric::kPowerSpan, {component, to_string(source)}),
      energy_signal_(Metric::kEnergyJoules, component, to_string(source), energy),
      power_signal_(Metric::kPowerWatts, component, to_string(source), power) {}

void EnergyLine::set_counters(std::vector<uint32_t> counters, std::vector<uint32_t> parts) {
  for (const uint32_t old : counters_) {
    if (std::count(former_.begin(), former_.end(), old) == 0) former_.push_back(old);
  }
  counters_ = std::move(counters);
  parts_ = std::move(parts);
  for (const uint32_t counter : counters_) std::erase(former_, counter);
}

void EnergyLine::rebaseline() noexcept {
  worked_unpublished_ = worked_while_still_ = {};
  implausible_.reset();
}

// A counter that is published every half hour is not still in between.
void EnergyLine::count_still(std::span<const PublicationMeter> meters, Duration worked) {
  std::optional<Duration> published;
  Duration moved{};
  for (const uint32_t counter : counters_) {
    const PublicationMeter& meter = meters[counter];
    if (meter.published()) {
      published = std::max(published.value_or(*meter.published()), *meter.published());
    }
    moved = std::max(moved, meter.moved());
  }
  worked_unpublished_ += worked;
  if (published == published_) return;
  published_ = published;
  worked_while_still_ = moved == moved_ ? worked_while_still_ + worked_unpublished_ : Duration{};
  worked_unpublished_ = {};
  moved_ = moved;
}

// Only for spans that are the same ones: all channels of a driver are published together.
bool EnergyLine::parts_exceed(std::span<const PublicationMeter> meters) const {
  if (parts_.empty() || !power_) return false;
  const Duration closed = meters[counters_.front()].closed();
  double whole = 0;
  double sum = 0;
  const auto add = [&](const std::vector<uint32_t>& members, double& watts) {
    for (const uint32_t member : members) {
      const std::optional<PowerSpan> power = meters[member].power(meters[member].closed());
      if (!power ||
          std::chrono::abs(meters[member].closed() - closed) >= PublicationMeter::kMinSpan ||
          std::chrono::abs(power->length - power_->length) >= PublicationMeter::kMinSpan) {
        return false;
      }
      watts += power->watts;
    }
    return true;
  };
  return add(counters_, whole) && add(parts_, sum) &&
         sum > whole * kPartsTolerance + kPartsToleranceWatts;
}

void EnergyLine::update_counters(std::span<const PublicationMeter> meters,
                                 const EnergySurroundings& surroundings, Pass& pass) {
  count_still(meters, surroundings.worked);
  EnergyFacts facts;
  facts.listed = has_counters();
  facts.refused = surroundings.refused && !facts.listed;
  facts.failed = surroundings.failed;
  facts.published = true;
  facts.others_publish = surroundings.graphics_publish && !own_driver_;
  facts.active_while_still = worked_while_still_;
  joules_ = 0;
  PowerSpan power{0, Duration::zero()};
  facts.has_power = true;
  for (const uint32_t counter : former_) joules_ += meters[counter].joules();
  for (const uint32_t counter : counters_) {
    const PublicationMeter& meter = meters[counter];
    joules_ += meter.joules();
    facts.published = facts.published && meter.published();
    facts.ever_nonzero = facts.ever_nonzero || meter.ever_nonzero();
    facts.overdue = facts.overdue || surroundings.at - meter.waiting_since() > meter.hold();
    const std::optional<PowerSpan> held = meter.power(surroundings.at);
    facts.has_power = facts.has_power && held;
    if (!held) continue;
    power.watts += held->watts;
    power.length = std::max(power.length, held->length);
  }
  facts.span = power.length;
  power_.reset();
  if (facts.listed && facts.has_power) power_ = power;
  verdict_ = judge(facts);
  if (!verdict_.trusted) return;
  const Duration closed = meters[counters_.front()].closed();
  if (implausible_ != closed) {
    implausible_.reset();
    if (parts_exceed(meters) || exceeds_machine(power.watts, surroundings)) {
      implausible_ = closed;
      dropped_joules_ += power.watts * to_seconds(power.length);
      pass.reject("parts_exceed_whole");
    }
  }
  if (implausible_) verdict_ = {SignalState::stale, "parts exceed the whole"};
}

void EnergyLine::update_report(const ReportMeter& meter, const EnergySurroundings& surroundings) {
  EnergyFacts facts;
  facts.listed = true;
  facts.refused = surroundings.refused;
  facts.failed = surroundings.failed;
  facts.published = meter.reported().has_value();
  facts.ever_nonzero = meter.ever_nonzero();
  facts.overdue = meter.overdue(surroundings.at);
  facts.active_while_still = Duration::zero();
  power_ = meter.power(surroundings.at);
  facts.has_power = power_.has_value();
  joules_ = meter.joules();
  published_ = meter.reported();
  verdict_ = judge(facts);
}

void EnergyLine::update_sensor(const PowerMeter& meter, ReadStatus status) {
  joules_ = meter.joules();
  power_ = meter.power();
  switch (status) {
    case ReadStatus::ok:
      verdict_ = meter.proven() ? EnergyVerdict{SignalState::live, "", true}
                                : EnergyVerdict{SignalState::unproven, "has not moved yet"};
      return;
    case ReadStatus::absent:
      verdict_ = {SignalState::absent, "key is gone"};
      return;
    case ReadStatus::refused:
      verdict_ = {SignalState::refused, "permission denied"};
      return;
    case ReadStatus::failed:
      verdict_ = {SignalState::stale, "controller does not answer"};
      return;
  }
}

void EnergyLine::publish(Pass& pass, bool shown) {
  const bool counts = !flows_both_ways(component_);
  if (counts) energy_signal_.report(pass, verdict_.state, verdict_.reason);
  power_signal_.report(pass, verdict_.state, verdict_.reason);
  if (published_ && published_ != told_published_) {
    told_published_ = published_;
    pass.published(Metric::kEnergyJoules, component_, to_string(source_), *published_);
    pass.published(Metric::kPowerWatts, component_, to_string(source_), *published_);
  }
  if (!shown) return;
  // The tail of a span that was dropped has been shown already.
  shown_joules_ = std::max(shown_joules_, joules_ - dropped_joules_);
  if (counts) pass.set(joules_series_, shown_joules_);
  if (!power_) return;
  pass.set(watts_series_, power_->watts);
  if (power_->length > Duration::zero()) pass.set(span_series_, to_seconds(power_->length));
}

}  // namespace anemon
