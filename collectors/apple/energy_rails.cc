#include "collectors/apple/energy_rails.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "collectors/apple/ioreport_feed.h"

namespace anemon {
namespace {

struct Listed {
  uint32_t index;
  EnergyChannel parsed;
};

// Which kinds may make a component, the best first. Of one kind the plainest spelling wins.
// Source: the rail rule of every tool that got the Ultras and the M5 right.
struct Preference {
  std::string_view component;
  std::array<EnergyKind, 2> kinds;
  bool shows_parts;  // its dies or engines are components of their own as well
};
constexpr std::array kPreferences = {
    Preference{"cpu", {EnergyKind::cpu_total, EnergyKind::cpu_die}, true},
    Preference{"gpu", {EnergyKind::gpu_total, EnergyKind::gpu}, false},
    Preference{"ane", {EnergyKind::ane, EnergyKind::ane}, true},
    Preference{"dram", {EnergyKind::dram, EnergyKind::dram}, true},
    Preference{"gpu_sram", {EnergyKind::gpu_sram, EnergyKind::gpu_sram}, false},
};

std::vector<Listed> of(const std::vector<Listed>& listed, std::string_view component,
                       EnergyKind kind) {
  std::vector<Listed> found;
  for (const EnergySpelling spelling :
       {EnergySpelling::bare, EnergySpelling::numbered, EnergySpelling::numbered_by_die}) {
    for (const Listed& channel : listed) {
      if (channel.parsed.kind == kind && channel.parsed.spelling == spelling &&
          channel.parsed.component == component) {
        found.push_back(channel);
      }
    }
    if (!found.empty()) break;
  }
  return found;
}

EnergyRail rail_of(std::string component, const std::vector<Listed>& channels) {
  EnergyRail rail{std::move(component), {}, {}};
  for (const Listed& channel : channels) rail.channels.push_back(channel.index);
  return rail;
}

std::string part_name(std::string_view component, const EnergyChannel& channel) {
  const std::string name(component);
  if (channel.die) return name + "_die" + std::to_string(*channel.die);
  return name + std::to_string(channel.unit.value_or(0));
}

}  // namespace

std::vector<EnergyRail> energy_rails(std::span<const Channel> channels, EnergyGroup group) {
  std::vector<Listed> listed;
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (uint32_t i = 0; i < channels.size(); ++i) {
    const Channel& channel = channels[i];
    if (energy_group(channel) != group) continue;
    const EnergyChannel parsed = parse_energy_channel(channel.name);
    const bool counts = !parsed.component.empty() || parsed.kind == EnergyKind::cpu_cluster;
    if (!counts || is_listed_by_number(channel, channels)) continue;
    // Two groups of a numbered kind ("PMP0", "PMP1") are two dies; twice in one group is one.
    if (seen.emplace(channel.group, channel.name).second) listed.push_back({i, parsed});
  }

  std::vector<EnergyRail> rails;
  for (const Preference& preference : kPreferences) {
    std::vector<Listed> chosen = of(listed, preference.component, preference.kinds[0]);
    if (chosen.empty()) chosen = of(listed, preference.component, preference.kinds[1]);
    if (chosen.empty()) continue;
    rails.push_back(rail_of(std::string(preference.component), chosen));
    if (preference.component == "cpu") {
      for (const Listed& channel : listed) {
        if (channel.parsed.kind == EnergyKind::cpu_cluster) {
          rails.back().parts.push_back(channel.index);
        }
      }
    }
    if (!preference.shows_parts || chosen.size() < 2) continue;
    std::map<std::string, std::vector<Listed>> parts;
    for (const Listed& channel : chosen) {
      parts[part_name(preference.component, channel.parsed)].push_back(channel);
    }
    if (parts.size() < 2) continue;
    for (const auto& [name, members] : parts) rails.push_back(rail_of(name, members));
  }
  std::set<std::string_view> blocks;
  for (const Listed& channel : listed) {
    if (channel.parsed.kind == EnergyKind::block) blocks.insert(channel.parsed.component);
  }
  for (const std::string_view block : blocks) {
    rails.push_back(rail_of(std::string(block), of(listed, block, EnergyKind::block)));
  }
  return rails;
}

}  // namespace anemon
