#include "collectors/apple/energy_channels.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/trimmed.h"

namespace anemon {
namespace {

using Kind = EnergyKind;

// Patterns: `#` is a decimal number without leading zeros, `~` the two to four hexadecimal digits
// of a core and one of its voltage levels, everything else itself.
struct Row {
  std::string_view pattern;
  Kind kind;
  std::string_view component;
};

// Names of processor channels; all of them may stand behind "DIE_<n>_" (Ultra: M1, M2, M5).
constexpr std::array kProcessor = {
    // Cluster totals, cores and fabric: M1 Pro, Max, Ultra.
    Row{"EACC_CPU", Kind::cpu_cluster, ""},
    Row{"EACC#_CPU", Kind::cpu_cluster, ""},
    Row{"PACC_CPU", Kind::cpu_cluster, ""},
    Row{"PACC#_CPU", Kind::cpu_cluster, ""},
    Row{"EACC_CPU#", Kind::cpu_core, ""},
    Row{"EACC#_CPU#", Kind::cpu_core, ""},
    Row{"PACC_CPU#", Kind::cpu_core, ""},
    Row{"PACC#_CPU#", Kind::cpu_core, ""},
    Row{"EACC_CPM", Kind::cpu_fabric, ""},
    Row{"EACC#_CPM", Kind::cpu_fabric, ""},
    Row{"PACC_CPM", Kind::cpu_fabric, ""},
    Row{"PACC#_CPM", Kind::cpu_fabric, ""},
    // M2, M3, M4, A18: cores are ECPU<n> and PCPU<n>. A bare PCPU is the Super cluster of the M5.
    Row{"ECPU", Kind::cpu_cluster, ""},
    Row{"PCPU", Kind::cpu_cluster, ""},
    Row{"ECPU#", Kind::cpu_core, ""},
    Row{"PCPU#", Kind::cpu_core, ""},
    Row{"ECPU#_#", Kind::cpu_core, ""},
    Row{"PCPU#_#", Kind::cpu_core, ""},
    Row{"ECPM", Kind::cpu_fabric, ""},
    Row{"ECPM#", Kind::cpu_fabric, ""},
    Row{"PCPM", Kind::cpu_fabric, ""},
    Row{"PCPM#", Kind::cpu_fabric, ""},
    // M5 Pro, Max: MCPU<c> are the Performance clusters, their cores MCPU<c>_<n>; PACC_<n> are the
    // Super cores.
    Row{"MCPU", Kind::cpu_cluster, ""},
    Row{"MCPU#", Kind::cpu_cluster, ""},
    Row{"MCPU#_#", Kind::cpu_core, ""},
    Row{"PACC_#", Kind::cpu_core, ""},
    Row{"MCPM", Kind::cpu_fabric, ""},
    Row{"MCPM#", Kind::cpu_fabric, ""},
    // "...DTL...": all chips since the M1 Pro; a third or more of all channels.
    Row{"ECPUDTL~", Kind::telemetry, ""},
    Row{"ECPU#DTL~", Kind::telemetry, ""},
    Row{"PCPUDTL~", Kind::telemetry, ""},
    Row{"PCPU#DTL~", Kind::telemetry, ""},
    Row{"MCPUDTL~", Kind::telemetry, ""},
    Row{"MCPU#DTL~", Kind::telemetry, ""},
};

constexpr std::array kTotals = {
    Row{"CPU Energy", Kind::cpu_total, "cpu"},            // all but the Ultras
    Row{"DIE_#_CPU Energy", Kind::cpu_die, "cpu"},        // M1, M2, M5 Ultra: no package total
    Row{"GPU Energy", Kind::gpu_total, "gpu"},            // nJ, by the GPU's own driver: all chips
    Row{"apciec# Energy", Kind::block, "pcie"},           // uJ: controllers; the ports are apart
    Row{"PCIe Port # Energy", Kind::block, "pcie_port"},  // uJ
};

// Each as `X` (M2 to M4, A18), `X<n>` (M1 Pro and Max, Max and Pro chips, M5) and `X<n>_<die>`
// (Ultra).
constexpr std::array kBlocks = {
    Row{"ANE", Kind::ane, "ane"},  // not on the M1 and the M6; bare on an M5 Max of 26.5.2
    Row{"DRAM", Kind::dram, "dram"},
    Row{"GPU", Kind::gpu, "gpu"},
    Row{"GPU SRAM", Kind::gpu_sram, "gpu_sram"},
    Row{"GPU CS", Kind::gpu_part, ""},       // M2
    Row{"GPU CS SRAM", Kind::gpu_part, ""},  // M2
    Row{"ISP", Kind::block, "isp"},
    Row{"AVE", Kind::block, "ave"},
    Row{"MSR", Kind::block, "msr"},
    Row{"AMCC", Kind::block, "amcc"},
    Row{"DCS", Kind::block, "dcs"},
    Row{"DISP", Kind::block, "disp"},
    Row{"DISPEXT", Kind::block, "dispext"},
    Row{"VDEC", Kind::block, "vdec"},
    Row{"SOC_AON", Kind::block, "soc_aon"},
    Row{"SOC_REST", Kind::block, "soc_rest"},
    Row{"AFR", Kind::block, "afr"},  // M5 Pro, Max
    Row{"FAB", Kind::block, "fab"},  // M5 Pro, Max
};

constexpr std::string_view kSram = "_SRAM";  // of any processor part: M2 to M5

struct Unit {
  std::string_view label;
  double joules;
};
constexpr std::array kUnits = {Unit{"mJ", 1e-3}, Unit{"uJ", 1e-6}, Unit{"nJ", 1e-9}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_level_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

// Takes a number of at most four digits off the front of `text`.
std::optional<uint32_t> take_number(std::string_view& text) {
  size_t length = 0;
  uint32_t number = 0;
  while (length < text.size() && is_digit(text[length])) {
    if (length == 4) return std::nullopt;
    number = number * 10 + static_cast<uint32_t>(text[length++] - '0');
  }
  if (length == 0 || (length > 1 && text.front() == '0')) return std::nullopt;
  text.remove_prefix(length);
  return number;
}

struct Numbers {
  std::array<uint32_t, 2> of{};
  size_t count = 0;
};

// Whether the whole of `text` is what the pattern says; its numbers, if so.
std::optional<Numbers> match(std::string_view pattern, std::string_view text) {
  Numbers numbers;
  for (const char wanted : pattern) {
    if (wanted == '#') {
      const std::optional<uint32_t> number = take_number(text);
      if (!number || numbers.count == numbers.of.size()) return std::nullopt;
      numbers.of[numbers.count++] = *number;
    } else if (wanted == '~') {
      if (text.size() < 2 || text.size() > 4) return std::nullopt;
      if (!std::all_of(text.begin(), text.end(), is_level_digit)) return std::nullopt;
      return numbers;
    } else {
      if (text.empty() || text.front() != wanted) return std::nullopt;
      text.remove_prefix(1);
    }
  }
  if (!text.empty()) return std::nullopt;
  return numbers;
}

EnergyChannel processor_channel(std::string_view name) {
  EnergyChannel channel;
  std::string_view part = name;
  if (part.starts_with("DIE_")) {
    part.remove_prefix(4);
    channel.die = take_number(part);
    if (!channel.die || !part.starts_with('_')) return {};
    part.remove_prefix(1);
  }
  const bool sram = part.ends_with(kSram);
  if (sram) part.remove_suffix(kSram.size());
  for (const Row& row : kProcessor) {
    const auto numbers = match(row.pattern, part);
    if (!numbers) continue;
    if (sram && row.kind == Kind::telemetry) return {};
    channel.kind = sram ? Kind::cpu_sram : row.kind;
    if (numbers->count > 0) channel.unit = numbers->of[0];
    if (numbers->count > 1) channel.core = numbers->of[1];
    return channel;
  }
  return {};
}

EnergyChannel block_channel(std::string_view name) {
  for (const Row& row : kBlocks) {
    if (!name.starts_with(row.pattern)) continue;
    std::string_view rest = name.substr(row.pattern.size());
    EnergyChannel channel{row.kind, EnergySpelling::bare, row.component, {}, {}, {}};
    if (rest.empty()) return channel;
    channel.unit = take_number(rest);
    if (!channel.unit) continue;
    channel.spelling = EnergySpelling::numbered;
    if (rest.empty()) return channel;
    if (rest.front() != '_') continue;
    rest.remove_prefix(1);
    channel.die = take_number(rest);
    if (!channel.die || !rest.empty()) continue;
    channel.spelling = EnergySpelling::numbered_by_die;
    return channel;
  }
  return {};
}

}  // namespace

EnergyChannel parse_energy_channel(std::string_view name) {
  for (const Row& row : kTotals) {
    const auto numbers = match(row.pattern, name);
    if (!numbers) continue;
    EnergyChannel channel{row.kind, EnergySpelling::bare, row.component, {}, {}, {}};
    if (numbers->count > 0) {
      channel.spelling = EnergySpelling::numbered;
      (row.kind == Kind::cpu_die ? channel.die : channel.unit) = numbers->of[0];
    }
    return channel;
  }
  const EnergyChannel block = block_channel(name);
  return block.kind != Kind::unknown ? block : processor_channel(name);
}

std::optional<double> joules_per_unit(std::string_view unit) {
  const std::string_view label = trimmed(unit, kSpace);
  for (const Unit& known : kUnits) {
    if (known.label == label) return known.joules;
  }
  return std::nullopt;
}

EnergyGroup energy_group(const Channel& channel) {
  if (channel.format != ChannelFormat::simple || !joules_per_unit(channel.unit)) {
    return EnergyGroup::none;
  }
  if (channel.group == "Energy Model") return EnergyGroup::energy_model;
  // M1: the only place of the Neural Engine's counter. M5 Max, Ultra and M3 Max on macOS 27 number
  // the group by die.
  if (channel.subgroup != "Energy Counters" || !channel.group.starts_with("PMP")) {
    return EnergyGroup::none;
  }
  return std::all_of(channel.group.begin() + 3, channel.group.end(), is_digit) ? EnergyGroup::pmp
                                                                               : EnergyGroup::none;
}

bool is_energy_counter(const Channel& channel) {
  if (energy_group(channel) == EnergyGroup::none) return false;
  const EnergyChannel parsed = parse_energy_channel(channel.name);
  return !parsed.component.empty() || parsed.kind == Kind::cpu_cluster;
}

}  // namespace anemon
