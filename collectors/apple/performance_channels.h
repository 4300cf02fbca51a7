// The grammar of IOReport's performance-state channels: which processor cluster, core or engine a
// name means, and what its states mean. Names match exactly or not at all.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "platform/apple_host.h"
#include "platform/ioreport.h"

namespace anemon {

// "ECPU", "PCPU1", "MCPU0", "DIE_1_PCPU1" are clusters; "ECPU00", "PCPU140" (cluster, core, a
// zero), "PCPU3", "MCPU0_3" and "DIE_0_PCPU1_CPU0" are cores.
struct CpuChannel {
  std::optional<uint32_t> die;
  char tier = 'P';  // E, P, M or S, as the channel's name has it
  uint32_t cluster = 0;
  std::optional<uint32_t> core;
};
std::optional<CpuChannel> parse_cpu_cluster(std::string_view name);
std::optional<CpuChannel> parse_cpu_core(std::string_view name);

// One level of a ladder of clocks, or idle. Of "V4P1": 4 levels below and 1 above it, 6 in all; of
// a graphics "P3": the third, `levels` unknown (0).
struct PerformanceState {
  bool idle = false;
  size_t level = 0;
  size_t levels = 0;
};
std::optional<PerformanceState> parse_cpu_state(std::string_view name);
std::optional<PerformanceState> parse_gpu_state(std::string_view name);

// "SOC0_ANE_F2" and "DCS_F3": the time at one clock of an engine, as INACT and ACT.
struct ClockPoint {
  uint32_t engine = 0;  // SOC's number
  uint32_t point = 0;
};
std::optional<ClockPoint> parse_ane_clock(std::string_view name);
std::optional<ClockPoint> parse_memory_clock(std::string_view name);

// What the letters of tiers mean here: the levels that macOS names, when there is one for each
// letter, else what they mean on all known chips. "efficiency", "performance", "super".
std::string tier_name(char tier, std::string_view tiers_of_machine,
                      std::span<const PerformanceLevel> levels);

// "cpu-performance-0", "die1.cpu-efficiency-0", "cpu-performance-1.core3".
std::string domain_name(const CpuChannel& channel, const std::string& tier);

// Letters of tiers from the slowest to the fastest.
constexpr std::string_view kTierOrder = "EMPS";

// The two states of an event: the index of ACT; unset when the channel has other states.
std::optional<size_t> active_state(const Channel& channel);

// Takes a decimal number off the front of `text`.
std::optional<uint32_t> take_decimal(std::string_view& text);

}  // namespace anemon
