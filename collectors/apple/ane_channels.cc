#include "collectors/apple/ane_channels.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "collectors/apple/ioreport_feed.h"
#include "collectors/apple/memory_traffic.h"
#include "collectors/apple/performance_channels.h"

namespace anemon {
namespace {

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// "ANE" and perhaps the engine's number.
std::optional<uint32_t> take_engine(std::string_view& name) {
  if (!take(name, "ANE")) return std::nullopt;
  return take_decimal(name).value_or(0);
}

std::optional<AneChannel> make(AneRole role, uint32_t die, std::optional<uint32_t> engine) {
  if (!engine) return std::nullopt;
  return AneChannel{role, die, *engine, {}};
}

// "ANE-DCS-BW", "ANE1-DCS-BW", "ANE-LNK0-AF-BW", "ANE0".
std::optional<AneChannel> parse_floor(std::string_view name, AneRole role, std::string_view ending,
                                      uint32_t die) {
  const auto engine = take_engine(name);
  if (name.empty()) return make(role, die, engine);
  if (take(name, "-LNK") && !take_decimal(name)) return std::nullopt;
  return name == ending ? make(role, die, engine) : std::nullopt;
}

// "ANE0 RD", "ANE L1 WR", "ANE0 L0 RD"; "RD+WR" says nothing that the two do not.
std::optional<AneChannel> parse_bandwidth(std::string_view name, AneRole read, AneRole write,
                                          uint32_t die) {
  const auto engine = take_engine(name);
  if (!take(name, " ")) return std::nullopt;
  if (take(name, "L") && (!take_decimal(name) || !take(name, " "))) return std::nullopt;
  if (name == "RD") return make(read, die, engine);
  if (name == "WR") return make(write, die, engine);
  return std::nullopt;
}

// "ANE DCS RD", "DIE0 ANE1 DCS WR". Bytes "AF" overlap with these and are left out.
std::optional<AneChannel> parse_counter(std::string_view name) {
  uint32_t die = 0;
  if (take(name, "DIE")) {
    const auto number = take_decimal(name);
    if (!number || !take(name, " ")) return std::nullopt;
    die = *number;
  }
  const auto engine = take_engine(name);
  if (name == " DCS RD") return make(AneRole::counted_read, die, engine);
  if (name == " DCS WR") return make(AneRole::counted_write, die, engine);
  return std::nullopt;
}

// "ANE_PPT_TRIG", "ANE_EXT_TRIG0", "ANE1_THROTTLE_ADCLK_TRIG", "ANE_THROTTLE_EXT_TRIG3".
std::optional<AneChannel> parse_trigger(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kTriggers = {{
      {"ADCLK", "adclk"},
      {"DITHR", "dither"},
      {"DITHER", "dither"},
      {"PPT", "ppt"},
      {"SW", "sw"},
      {"HW", "hw"},
      {"EXT", "ext"},
  }};
  const auto engine = take_engine(name);
  if (!engine || !take(name, "_")) return std::nullopt;
  take(name, "THROTTLE_");
  for (const auto& [token, label] : kTriggers) {
    std::string_view rest = name;
    if (!take(rest, token) || !take(rest, "_TRIG")) continue;
    const auto number = take_decimal(rest);
    if (!rest.empty()) return std::nullopt;
    return AneChannel{AneRole::throttle, 0, *engine,
                      std::string(label) + (number ? std::to_string(*number) : "")};
  }
  return std::nullopt;
}

std::optional<uint32_t> number_behind(std::string_view text, std::string_view unit) {
  const auto number = take_decimal(text);
  return number && text == unit ? number : std::nullopt;
}

std::optional<double> activity_of_state(AneRole role, std::string_view state, uint32_t idle_floor) {
  switch (role) {
    case AneRole::dcs_floor: {
      if (!take(state, "F")) return std::nullopt;
      const auto level = number_behind(state, "");
      if (!level) return std::nullopt;
      return *level > idle_floor ? 1 : 0;
    }
    case AneRole::fabric_floor:
      if (state == "VMIN") return 0;
      return state.starts_with("V") ? std::optional<double>(1) : std::nullopt;
    case AneRole::firmware:
      return state == "Running" ? 1 : 0;
    case AneRole::compute_engine: {
      const auto percent = number_behind(state, "%");
      return percent && *percent <= 100 ? std::optional<double>(*percent / 100.0) : std::nullopt;
    }
    case AneRole::cluster_power:
    case AneRole::throttle:
      return state == "ACT" ? 1 : 0;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<AneChannel> parse_ane_channel(const Channel& channel) {
  const bool pmp = is_group(channel.group, "PMP", true);
  if (pmp &&
      (channel.format == ChannelFormat::state || channel.format == ChannelFormat::histogram)) {
    std::string_view number = std::string_view(channel.group).substr(3);
    const uint32_t die = take_decimal(number).value_or(0);
    if (channel.subgroup == "DCS Floor") {
      return parse_floor(channel.name, AneRole::dcs_floor, "-DCS-BW", die);
    }
    if (channel.subgroup == "SOC Floor") {
      return parse_floor(channel.name, AneRole::fabric_floor, "-AF-BW", die);
    }
    if (channel.subgroup == "DCS BW") {
      return parse_bandwidth(channel.name, AneRole::memory_read, AneRole::memory_write, die);
    }
    if (channel.subgroup == "AF BW") {
      return parse_bandwidth(channel.name, AneRole::fabric_read, AneRole::fabric_write, die);
    }
    if (channel.subgroup == "Fast-Die CE") {
      std::string_view name = channel.name;
      const auto engine = take_engine(name);
      return name.empty() ? make(AneRole::compute_engine, die, engine) : std::nullopt;
    }
    return std::nullopt;
  }
  if (is_memory_traffic(channel)) return parse_counter(channel.name);
  if (channel.format != ChannelFormat::state) return std::nullopt;
  if (is_group(channel.group, "ANE", true) && channel.subgroup == "IOP State" &&
      channel.name == "status") {
    std::string_view group = channel.group;
    return make(AneRole::firmware, 0, take_engine(group));
  }
  if (channel.group != "SoC Stats") return std::nullopt;
  if (channel.subgroup == "Events") return parse_trigger(channel.name);
  if (channel.subgroup == "Cluster Power States") {
    std::string_view name = channel.name;
    const auto engine = take_engine(name);
    return name.empty() ? make(AneRole::cluster_power, 0, engine) : std::nullopt;
  }
  return std::nullopt;
}

bool is_ane_channel(const Channel& channel) { return parse_ane_channel(channel).has_value(); }

std::vector<double> activity_of_states(AneRole role, const Channel& channel, uint32_t idle_floor) {
  std::vector<double> activity;
  for (const std::string& state : channel.states) {
    const auto share = activity_of_state(role, state, idle_floor);
    if (!share) return {};
    activity.push_back(*share);
  }
  // Without a state that means activity there is nothing to tell.
  if (std::none_of(activity.begin(), activity.end(), [](double share) { return share > 0; })) {
    return {};
  }
  return activity;
}

std::vector<double> bandwidth_bins(const Channel& channel) {
  std::vector<double> middles;
  double below = 0;
  for (const std::string& state : channel.states) {
    const auto gigabytes = number_behind(state, "GB/s");
    if (!gigabytes || *gigabytes <= below) return {};
    middles.push_back((below + *gigabytes) / 2 * 1e9);
    below = *gigabytes;
  }
  return middles;
}

}  // namespace anemon
