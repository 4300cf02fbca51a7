#include "collectors/apple/channel_delta.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace anemon {
namespace {

constexpr Duration kHold = std::chrono::seconds(10);

}  // namespace

void ChannelDelta::begin(std::span<const int64_t> parts, std::optional<Duration> stamp,
                         Duration at) {
  baseline_.assign(parts.begin(), parts.end());
  baseline_stamp_ = stamp;
  baseline_at_ = at;
  has_baseline_ = true;
}

bool ChannelDelta::feed(const ChannelValue& value, Duration at) {
  const std::span<const int64_t> parts =
      value.parts.empty() ? std::span<const int64_t>(&value.value, 1) : value.parts;
  if (std::any_of(parts.begin(), parts.end(), [](int64_t part) { return part < 0; })) {
    rebaseline();  // a sentinel: no count is below zero
    return false;
  }
  if (value.stamp && *value.stamp > at + kFuture) by_observation_ = true;
  if (!has_baseline_ || parts.size() != baseline_.size()) {
    begin(parts, value.stamp, at);
    return false;
  }
  const bool moved = !std::equal(parts.begin(), parts.end(), baseline_.begin());
  const bool fell = !std::equal(parts.begin(), parts.end(), baseline_.begin(),
                                [](int64_t now, int64_t before) { return now >= before; });
  const bool stamped = value.stamp && baseline_stamp_;
  if (fell || (stamped && !by_observation_ && *value.stamp < *baseline_stamp_)) {
    begin(parts, value.stamp, at);
    return false;
  }
  if (stamped && moved && *value.stamp == *baseline_stamp_) by_observation_ = true;
  const bool timed = stamped && !by_observation_;
  if (timed ? *value.stamp == *baseline_stamp_ : !moved) return false;
  const Duration span = timed ? *value.stamp - *baseline_stamp_ : at - baseline_at_;
  if (span < kShortest) return false;
  if (skip_) {
    skip_ = false;
    begin(parts, value.stamp, at);
    return false;
  }

  delta_.resize(parts.size());
  total_ = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    delta_[i] = parts[i] - baseline_[i];
    total_ += delta_[i];
  }
  span_ = span;
  observed_ = at - baseline_at_;
  advanced_at_ = at;
  proven_ = proven_ || moved;
  begin(parts, value.stamp, at);
  return true;
}

bool ChannelDelta::current(Duration at) const noexcept {
  return at - advanced_at_ <= std::max(kHold, 2 * span_);
}

std::optional<double> ticks_per_second(std::string_view unit) {
  static constexpr std::array<std::pair<std::string_view, double>, 6> kUnits = {{
      {"Mticks", 1e6},
      {"Kticks", 1e3},
      {"ticks", 1},
      {"ms", 1e3},
      {"us", 1e6},
      {"ns", 1e9},
  }};
  int64_t number = 1;
  const auto [end, error] = std::from_chars(unit.data(), unit.data() + unit.size(), number);
  const bool numbered = error == std::errc();
  if (numbered) unit.remove_prefix(static_cast<size_t>(end - unit.data()));
  if (number <= 0) return std::nullopt;
  for (const auto& [name, scale] : kUnits) {
    if (unit == name) return scale * static_cast<double>(number);
  }
  return std::nullopt;
}

}  // namespace anemon
