#include "collectors/apple/engine_activity.h"

#include <algorithm>
#include <utility>

#include "collectors/apple/ane_channels.h"
#include "collectors/apple/ane_chips.h"

namespace anemon {
namespace {

bool has_role(const Channel& channel, AneRole role) {
  const auto parsed = parse_ane_channel(channel);
  return parsed && parsed->role == role;
}

}  // namespace

bool is_ane_floor(const Channel& channel) { return has_role(channel, AneRole::dcs_floor); }
bool is_ane_firmware(const Channel& channel) { return has_role(channel, AneRole::firmware); }

EngineActivity::EngineActivity(std::string_view chip) : idle_floor_(ane_chip(chip).idle_floor) {}

void EngineActivity::select(std::span<const Channel> channels) {
  watches_.clear();
  watch_of_.assign(channels.size(), -1);
  for (const AneRole role : {AneRole::dcs_floor, AneRole::firmware}) {
    for (uint32_t i = 0; i < channels.size(); ++i) {
      if (!has_role(channels[i], role)) continue;
      std::vector<double> activity = activity_of_states(role, channels[i], idle_floor_);
      if (activity.empty()) continue;
      watch_of_[i] = static_cast<int32_t>(watches_.size());
      watches_.push_back({i, std::move(activity)});
    }
    if (!watches_.empty()) return;
  }
}

void EngineActivity::begin(Duration at) noexcept {
  at_ = at;
  share_ = 0;
}

void EngineActivity::feed(const ChannelValue& value) noexcept {
  Watch& watch = watches_[static_cast<size_t>(watch_of_[value.channel])];
  int64_t active_ticks = 0;
  int64_t ticks = 0;
  for (size_t i = 0; i < value.parts.size() && i < watch.activity.size(); ++i) {
    ticks += value.parts[i];
    if (watch.activity[i] > 0) active_ticks += value.parts[i];
  }
  const int64_t worked = active_ticks - watch.active_ticks;
  const int64_t passed = ticks - watch.ticks;
  if (watch.started && worked >= 0 && passed > 0 && worked <= passed) {
    share_ = std::max(share_, static_cast<double>(worked) / static_cast<double>(passed));
  }
  watch.started = true;
  watch.active_ticks = active_ticks;
  watch.ticks = ticks;
}

Duration EngineActivity::end() noexcept {
  const Duration passed = last_ ? at_ - *last_ : Duration::zero();
  last_ = at_;
  return Duration(static_cast<int64_t>(static_cast<double>(passed.count()) * share_));
}

void EngineActivity::rebaseline() noexcept {
  last_.reset();
  for (Watch& watch : watches_) watch.started = false;
}

}  // namespace anemon
