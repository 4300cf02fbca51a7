#include "collectors/inference_energy.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace anemon {
namespace {

constexpr size_t kMaxCharged = 4096;
// Wall and awake time between two samples differ by no more than this, unless the machine slept or
// the wall clock was set.
constexpr Duration kClockDrift = std::chrono::milliseconds(100);

struct Component {
  std::string name;
  EnergyCurve curve;
};

// The energy counter as it was from `from` on, out of the group's raw passes.
EnergyCurve read_curve(const SeriesGroup& group, const SeriesGroup::Entry& entry, Duration from) {
  struct Sample {
    Instant at;
    double joules;
  };
  std::vector<Sample> samples;  // newest first
  const uint64_t oldest = std::max(group.oldest_pass(), entry.born_pass);
  for (uint64_t pass = group.passes(); pass-- > oldest;) {
    const Sample sample{group.time_of(pass), group.value(pass, entry.slot)};
    if (!group.readable(pass)) break;
    if (std::isnan(sample.joules)) continue;
    samples.push_back(sample);
    if (sample.at.wall < from) break;
  }
  const Duration longest_gap = group.stale_after();
  EnergyCurve curve;
  for (size_t i = samples.size(); i-- > 0;) {
    const Sample& sample = samples[i];
    bool joined = i + 1 < samples.size();
    if (joined) {
      const Sample& before = samples[i + 1];
      const Duration awake = sample.at.awake - before.at.awake;
      const Duration wall = sample.at.wall - before.at.wall;
      joined = sample.joules >= before.joules && awake <= longest_gap &&
               std::chrono::abs(wall - awake) <= kClockDrift;
    }
    curve.add(sample.at.wall, sample.joules, joined);
  }
  return curve;
}

// The components that have a trusted source now (one whose power is published), each with that
// source's energy.
std::vector<Component> read_components(const SeriesGroup& group, Instant now, Duration from) {
  std::vector<Component> components;
  const auto newest = group.newest_pass(now);
  if (!newest) return components;
  const auto directory = group.directory();  // after the pass: it knows all series of that pass
  for (const auto& power : *directory) {
    if (power.description->metric != Metric::kPowerWatts || power.born_pass > *newest ||
        std::isnan(group.value(*newest, power.slot))) {
      continue;
    }
    const std::string_view component = power.description->label("component");
    const auto energy =
        std::find_if(directory->begin(), directory->end(), [&](const SeriesGroup::Entry& entry) {
          return entry.description->metric == Metric::kEnergyJoules &&
                 entry.description->label_values == power.description->label_values;
        });
    if (energy == directory->end()) continue;
    components.push_back({std::string(component), read_curve(group, *energy, from)});
  }
  return components;
}

}  // namespace

void InferenceEnergy::add(uint32_t model, Duration begin, Duration end) {
  if (begin < end && pending_.size() < kMaxPending) pending_.push_back({model, begin, end});
}

void InferenceEnergy::attribute(Instant now, const Charge& charge) {
  if (pending_.empty()) return;
  const SeriesGroup* energy = store_.find_group("energy");
  const Duration until = settled_until(energy, now);
  if (until < settled_ - std::chrono::seconds(1)) {
    // The wall clock was set back: what was charged lies in a time that comes again.
    charged_.clear();
    forgotten_ = Duration::zero();
  } else if (until <= settled_) {
    return;
  }
  cut_pieces(until);
  settled_ = until;
  if (pieces_.empty()) return;
  coverage_ = Coverage::uncovered;
  if (energy != nullptr) charge_components(*energy, now, charge);
  remember_charged();
}

// Up to when inferences and energy are known well enough.
Duration InferenceEnergy::settled_until(const SeriesGroup* energy, Instant now) const {
  if (energy == nullptr) return now.wall;
  const Duration late = now.wall - 2 * energy->period();
  const auto newest = energy->newest_pass(now);
  return newest ? std::min(late, energy->time_of(*newest).wall) : late;
}

// The parts of pending inferences before `until` that nobody was charged for yet; inferences that
// end by then are done.
void InferenceEnergy::cut_pieces(Duration until) {
  pieces_.clear();
  size_t kept = 0;
  for (ModelSpan& span : pending_) {
    const Duration end = std::min(span.end, until);
    if (span.begin < end) {
      cut({span.model, span.begin, end});
      span.begin = end;
    }
    if (span.end > until) pending_[kept++] = span;
  }
  pending_.resize(kept);
}

void InferenceEnergy::cut(const ModelSpan& span) {
  Duration begin = std::max(span.begin, forgotten_);
  auto charged =
      std::lower_bound(charged_.begin(), charged_.end(), begin,
                       [](const auto& interval, Duration at) { return interval.second <= at; });
  for (; charged != charged_.end() && charged->first < span.end; ++charged) {
    if (pieces_.size() >= kMaxPending) return;
    if (begin < charged->first) pieces_.push_back({span.model, begin, charged->first});
    begin = charged->second;
  }
  if (begin < span.end) pieces_.push_back({span.model, begin, span.end});
}

// Adds the pieces, which may overlap each other, to `charged_`.
void InferenceEnergy::remember_charged() {
  for (const ModelSpan& piece : pieces_) charged_.emplace_back(piece.begin, piece.end);
  std::sort(charged_.begin(), charged_.end());
  size_t last = 0;
  for (size_t i = 1; i < charged_.size(); ++i) {
    if (charged_[i].first <= charged_[last].second) {
      charged_[last].second = std::max(charged_[last].second, charged_[i].second);
    } else {
      charged_[++last] = charged_[i];
    }
  }
  charged_.resize(last + 1);
  if (charged_.size() > kMaxCharged) {
    const auto end = charged_.end() - static_cast<ptrdiff_t>(kMaxCharged / 2);
    forgotten_ = std::prev(end)->second;
    charged_.erase(charged_.begin(), end);
  }
}

void InferenceEnergy::charge_components(const SeriesGroup& energy, Instant now,
                                        const Charge& charge) {
  const auto first =
      std::min_element(pieces_.begin(), pieces_.end(),
                       [](const ModelSpan& a, const ModelSpan& b) { return a.begin < b.begin; });
  for (const Component& component : read_components(energy, now, first->begin)) {
    const auto shares = share_energy(pieces_, component.curve);
    for (size_t i = 0; i < shares.size(); ++i) {
      if (!shares[i]) continue;
      charge(pieces_[i].model, component.name, *shares[i]);
      coverage_ = Coverage::covered;
    }
  }
}

}  // namespace anemon
