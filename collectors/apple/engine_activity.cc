#include "collectors/apple/engine_activity.h"

#include <algorithm>
#include <array>

namespace anemon {
namespace {

struct FloorRow {
  std::string_view chip;
  uint32_t idle;  // how many of the lowest floors mean that nothing is asked for
};
// M5: an idle engine is at F1, and only there; M6: at F2.
constexpr std::array kFloors = {FloorRow{"Apple M6", 2}};
constexpr uint32_t kUsualIdleFloors = 1;

bool numbered(std::string_view text, std::string_view prefix, std::string_view suffix) {
  if (!text.starts_with(prefix) || !text.ends_with(suffix)) return false;
  if (text.size() < prefix.size() + suffix.size()) return false;
  const std::string_view number =
      text.substr(prefix.size(), text.size() - prefix.size() - suffix.size());
  return std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

uint32_t idle_floors(std::string_view chip) {
  for (const FloorRow& row : kFloors) {
    if (chip == row.chip || chip.starts_with(std::string(row.chip) + " ")) return row.idle;
  }
  return kUsualIdleFloors;
}

}  // namespace

bool is_ane_floor(const Channel& channel) {
  return numbered(channel.group, "PMP", "") && channel.subgroup == "DCS Floor" &&
         (numbered(channel.name, "ANE", "-DCS-BW") || numbered(channel.name, "ANE", ""));
}

bool is_ane_firmware(const Channel& channel) {
  return numbered(channel.group, "ANE", "") && channel.subgroup == "IOP State" &&
         channel.name == "status";
}

EngineActivity::EngineActivity(std::string_view chip) : idle_floors_(idle_floors(chip)) {}

void EngineActivity::select(std::span<const Channel> channels) {
  watches_.clear();
  watch_of_.assign(channels.size(), -1);
  const auto has_floors = [](const Channel& channel) {
    return is_ane_floor(channel) && channel.states.size() > 1;
  };
  const bool any_floor = std::any_of(channels.begin(), channels.end(), has_floors);
  for (uint32_t i = 0; i < channels.size(); ++i) {
    const Channel& channel = channels[i];
    if (any_floor ? !has_floors(channel) : !is_ane_firmware(channel)) continue;
    Watch watch{i, {}, false, 0, 0};
    for (uint32_t state = 0; state < channel.states.size(); ++state) {
      const bool works = any_floor ? state >= idle_floors_ : channel.states[state] == "Running";
      watch.active.push_back(works ? 1 : 0);
    }
    watch_of_[i] = static_cast<int32_t>(watches_.size());
    watches_.push_back(std::move(watch));
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
  for (size_t i = 0; i < value.parts.size() && i < watch.active.size(); ++i) {
    ticks += value.parts[i];
    if (watch.active[i] != 0) active_ticks += value.parts[i];
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
