#include "collectors/apple/performance_channels.h"

#include <algorithm>
#include <charconv>

namespace anemon {
namespace {

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// "DIE_<n>_" and the tier's letter with "CPU"; what is left of the name is in `name`.
std::optional<CpuChannel> take_cpu(std::string_view& name) {
  CpuChannel channel;
  if (take(name, "DIE_")) {
    channel.die = take_decimal(name);
    if (!channel.die || !take(name, "_")) return std::nullopt;
  }
  if (name.empty() || kTierOrder.find(name.front()) == std::string_view::npos) return std::nullopt;
  channel.tier = name.front();
  name.remove_prefix(1);
  if (!take(name, "CPU")) return std::nullopt;
  return channel;
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

uint32_t digit(char c) { return static_cast<uint32_t>(c - '0'); }

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == ' ') c = '-';
  }
  return text;
}

}  // namespace

std::optional<uint32_t> take_decimal(std::string_view& text) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

std::optional<CpuChannel> parse_cpu_cluster(std::string_view name) {
  auto channel = take_cpu(name);
  if (!channel || name.size() > 1 || !all_digits(name)) return std::nullopt;
  if (!name.empty()) channel->cluster = digit(name.front());
  return channel;
}

std::optional<CpuChannel> parse_cpu_core(std::string_view name) {
  auto channel = take_cpu(name);
  if (!channel) return std::nullopt;
  const size_t underscore = name.find('_');
  if (underscore != std::string_view::npos) {  // "1_CPU0", "0_3", "_CPU0"
    std::string_view cluster = name.substr(0, underscore);
    std::string_view core = name.substr(underscore + 1);
    if (cluster.size() > 1 || !all_digits(cluster)) return std::nullopt;
    if (!cluster.empty()) channel->cluster = digit(cluster.front());
    take(core, "CPU");
    channel->core = take_decimal(core);
    return channel->core && core.empty() ? channel : std::nullopt;
  }
  if (name.empty() || name.size() > 3 || !all_digits(name)) return std::nullopt;
  if (name.size() == 1) {
    channel->core = digit(name[0]);
  } else {
    if (name.size() == 3 && name[2] != '0') return std::nullopt;
    channel->cluster = digit(name[0]);
    channel->core = digit(name[1]);
  }
  return channel;
}

std::optional<PerformanceState> parse_cpu_state(std::string_view name) {
  if (name == "IDLE" || name == "DOWN" || name == "OFF") return PerformanceState{true, 0, 0};
  if (!take(name, "V")) return std::nullopt;
  const auto below = take_decimal(name);
  if (!below || !take(name, "P")) return std::nullopt;
  const auto above = take_decimal(name);
  if (!above || !name.empty()) return std::nullopt;
  return PerformanceState{false, *below, size_t{*below} + *above + 1};
}

std::optional<PerformanceState> parse_gpu_state(std::string_view name) {
  if (name == "OFF" || name == "IDLE" || name == "DOWN") return PerformanceState{true, 0, 0};
  if (!take(name, "P")) return std::nullopt;
  const auto number = take_decimal(name);
  if (!number || *number == 0 || !name.empty()) return std::nullopt;
  return PerformanceState{false, *number - 1, 0};
}

std::optional<ClockPoint> parse_ane_clock(std::string_view name) {
  if (!take(name, "SOC")) return std::nullopt;
  const auto engine = take_decimal(name);
  if (!engine || !take(name, "_ANE_F")) return std::nullopt;
  const auto point = take_decimal(name);
  if (!point || !name.empty()) return std::nullopt;
  return ClockPoint{*engine, *point};
}

std::optional<ClockPoint> parse_memory_clock(std::string_view name) {
  if (!take(name, "DCS_F")) return std::nullopt;
  const auto point = take_decimal(name);
  if (!point || !name.empty()) return std::nullopt;
  return ClockPoint{0, *point};
}

std::string tier_name(char tier, std::string_view tiers_of_machine,
                      std::span<const PerformanceLevel> levels) {
  std::string present;  // from the fastest, as macOS numbers its levels
  for (auto letter = kTierOrder.rbegin(); letter != kTierOrder.rend(); ++letter) {
    if (tiers_of_machine.find(*letter) != std::string_view::npos) present += *letter;
  }
  const size_t rank = present.find(tier);
  if (rank != std::string::npos && present.size() == levels.size() && !levels[rank].name.empty()) {
    return lower(levels[rank].name);
  }
  if (tier == 'E') return "efficiency";
  if (tier == 'S') return "super";
  // On chips with an M tier (M5), the clusters called P are the faster ones.
  const bool above_m = tier == 'P' && present.find('M') != std::string::npos;
  return above_m ? "super" : "performance";
}

std::string domain_name(const CpuChannel& channel, const std::string& tier) {
  std::string name;
  if (channel.die) name = "die" + std::to_string(*channel.die) + ".";
  name += "cpu-" + tier + "-" + std::to_string(channel.cluster);
  if (channel.core) name += ".core" + std::to_string(*channel.core);
  return name;
}

std::optional<size_t> active_state(const Channel& channel) {
  const auto found = std::find(channel.states.begin(), channel.states.end(), "ACT");
  if (found == channel.states.end()) return std::nullopt;
  return static_cast<size_t>(found - channel.states.begin());
}

}  // namespace anemon
