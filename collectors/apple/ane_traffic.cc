#include "collectors/apple/ane_traffic.h"

#include <algorithm>

#include "collectors/apple/plausibility.h"

namespace anemon {
namespace {

constexpr const char* kCounted = "ioreport";
constexpr const char* kEstimated = "pmp";

std::vector<Series> both_directions(const std::string& engine, const std::string& path,
                                    const char* source, Provenance provenance) {
  std::vector<Series> series;
  for (const char* direction : {"read", "write"}) {
    series.emplace_back(Metric::kAneBytes,
                        std::vector<std::string>{engine, direction, path, source}, provenance);
  }
  return series;
}

}  // namespace

AneTraffic::AneTraffic(const std::string& engine, std::optional<double> samples_per_second)
    : samples_per_second_(samples_per_second),
      counted_series_(both_directions(engine, "memory", kCounted, Provenance::measured)),
      memory_series_(both_directions(engine, "memory", kEstimated, Provenance::estimated)),
      fabric_series_(both_directions(engine, "fabric", kEstimated, Provenance::estimated)),
      clipped_series_{Series(Metric::kAneBandwidthClipped, {engine, "memory"}),
                      Series(Metric::kAneBandwidthClipped, {engine, "fabric"})},
      cache_series_(Metric::kAneCacheHit, {engine}),
      counted_line_(Metric::kAneBytes, engine, kCounted, Provenance::measured),
      estimated_line_(Metric::kAneBytes, engine, kEstimated, Provenance::estimated),
      clipped_line_(Metric::kAneBandwidthClipped, engine, kEstimated),
      cache_line_(Metric::kAneCacheHit, engine, kEstimated) {}

void AneTraffic::add(uint32_t index, AneRole role, const Channel& channel) {
  const Direction direction =
      role == AneRole::memory_read || role == AneRole::fabric_read || role == AneRole::counted_read
          ? read
          : write;
  if (role == AneRole::counted_read || role == AneRole::counted_write) {
    counters_.push_back({index, direction});
    return;
  }
  const Path path = role == AneRole::memory_read || role == AneRole::memory_write ? memory : fabric;
  std::vector<double> bins = bandwidth_bins(channel);
  if (bins.empty()) {
    bins_known_ = false;
    return;
  }
  has_[path][direction] = true;
  histograms_.push_back({index, path, direction, std::move(bins)});
}

void AneTraffic::detach() {
  histograms_.clear();
  counters_.clear();
  has_ = {};
  bins_known_ = true;
}

void AneTraffic::feed(Pass& pass, const ChannelValue& value, Duration at) {
  for (Counter& counter : counters_) {
    if (counter.channel != value.channel) continue;
    if (!counter.delta.feed(value, at)) return;
    const auto bytes = static_cast<double>(counter.delta.total());
    if (!plausible::traffic(bytes, counter.delta.observed())) {
      return pass.reject(plausible::kBandwidthRule);
    }
    counted_ = counted_ || bytes > 0;
    counted_bytes_[counter.direction] += bytes;
    return;
  }
  for (Histogram& link : histograms_) {
    if (link.channel != value.channel) continue;
    if (value.parts.size() != link.bins.size()) return link.delta.rebaseline();
    if (!link.delta.feed(value, at)) return;
    link.samples = static_cast<double>(link.delta.total());
    link.top = static_cast<double>(link.delta.parts().back());
    link.weighted = 0;
    for (size_t i = 0; i < link.bins.size(); ++i) {
      link.weighted += link.bins[i] * static_cast<double>(link.delta.parts()[i]);
    }
    sampled_ = sampled_ || link.samples > 0;
    if (!samples_per_second_) return;
    const double bytes = link.weighted / *samples_per_second_;
    if (!plausible::traffic(bytes, link.delta.observed())) {
      return pass.reject(plausible::kBandwidthRule);
    }
    estimated_bytes_[link.path][link.direction] += bytes;
    return;
  }
}

void AneTraffic::rebaseline() noexcept {
  for (Counter& counter : counters_) counter.delta.rebaseline();
  for (Histogram& link : histograms_) {
    link.delta.rebaseline();
    link.samples = link.top = link.weighted = 0;
  }
}

AneTraffic::Shares AneTraffic::shares(Path path, Duration at) const {
  Shares sum;
  for (const Histogram& link : histograms_) {
    if (link.path != path || !link.delta.proven() || !link.delta.current(at)) continue;
    sum.current = true;
    sum.samples += link.samples;
    sum.top += link.top;
    sum.bytes += link.weighted;
  }
  return sum;
}

void AneTraffic::set_readings(Pass& pass, Duration at, bool counters_refused) {
  const bool counted = counted_ && !counters_.empty();
  if (counters_refused) {
    counted_line_.report(pass, SignalState::refused, "the kernel refuses this group");
  } else if (counters_.empty()) {
    counted_line_.report(pass, SignalState::absent, "chip does not publish it");
  } else if (!counted) {
    counted_line_.report(pass, SignalState::unproven, "has not moved yet");
  } else {
    for (const Direction direction : {read, write}) {
      pass.set(counted_series_[direction], counted_bytes_[direction]);
    }
    counted_line_.report(pass, SignalState::live);
  }
  set_estimates(pass, at, counted);
}

void AneTraffic::set_estimates(Pass& pass, Duration at, bool counted) {
  const auto report_all = [&](SignalState state, const char* reason) {
    estimated_line_.report(pass, state, reason);
    clipped_line_.report(pass, state, reason);
    cache_line_.report(pass, state, reason);
  };
  if (histograms_.empty()) {
    return report_all(SignalState::absent,
                      bins_known_ ? "chip does not publish it" : "bins of no known kind");
  }
  if (!sampled_) return report_all(SignalState::unproven, "has not moved yet");

  // Bytes to memory come from one source only; the fabric has no other.
  if (!samples_per_second_) {
    estimated_line_.report(pass, SignalState::absent, "sampling rate of this chip is not known");
  } else {
    estimated_line_.report(pass, SignalState::live);
    for (const Direction direction : {read, write}) {
      if (has_[memory][direction] && !counted) {
        pass.set(memory_series_[direction], estimated_bytes_[memory][direction]);
      }
      if (has_[fabric][direction]) {
        pass.set(fabric_series_[direction], estimated_bytes_[fabric][direction]);
      }
    }
  }
  const Shares of_memory = shares(memory, at);
  const Shares of_fabric = shares(fabric, at);
  for (const Path path : {memory, fabric}) {
    const Shares& share = path == memory ? of_memory : of_fabric;
    if (share.current && share.samples > 0) {
      pass.set(clipped_series_[path], share.top / share.samples);
    }
  }
  clipped_line_.report(pass, SignalState::live);
  if (has_[memory] != has_[fabric] || !has_[memory][read]) {
    return cache_line_.report(pass, SignalState::absent, "chip does not publish it");
  }
  cache_line_.report(pass, SignalState::live);
  const bool clipped = of_memory.top > kMostClipped * of_memory.samples ||
                       of_fabric.top > kMostClipped * of_fabric.samples;
  if (!of_memory.current || !of_fabric.current || clipped || of_fabric.bytes <= 0) return;
  // More from memory than over the fabric: the bins were too coarse to tell.
  if (of_memory.bytes <= of_fabric.bytes) {
    pass.set(cache_series_, 1 - of_memory.bytes / of_fabric.bytes);
  }
}

void AneTraffic::report_lost(Pass& pass, SignalState state, const char* reason) {
  for (SignalLine* line : {&counted_line_, &estimated_line_, &clipped_line_, &cache_line_}) {
    line->report(pass, state, reason);
  }
}

}  // namespace anemon
