// Runs one collector over a scripted Apple machine, a second per pass.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/scripted_apple_devices.h"
#include "tests/unit/collectors/collector_run.h"

namespace anemon::test {

constexpr int64_t kTicks = 24'000'000;  // in a second

struct AppleRun {
  explicit AppleRun(CollectorRun::Factory factory) : run(factory) {
    machine.facts.chip = "Apple M4";
    run.apple = &devices;
  }

  void collect() { collect(std::exchange(first, false)); }
  void collect(bool rebaseline) {
    machine.now = run.clock.now().awake + std::chrono::seconds(1);
    run.collect(rebaseline);
  }

  // Adds ticks or counts to the named states of a channel; the driver's stamp is that of the pass.
  void add(const std::string& group, const std::string& subgroup, const std::string& name,
           const std::vector<std::pair<std::string, int64_t>>& more) {
    ScriptedChannel& channel = find(group, subgroup, name);
    for (const auto& [state, ticks] : more) {
      for (size_t i = 0; i < channel.channel.states.size(); ++i) {
        if (channel.channel.states[i] == state) channel.parts[i] += ticks;
      }
    }
    channel.stamp = run.clock.now().awake + std::chrono::seconds(1);
  }
  ScriptedChannel& find(const std::string& group, const std::string& subgroup,
                        const std::string& name) {
    return machine.channel({group, subgroup, name, "", ChannelFormat::state, {}});
  }

  std::optional<double> value(const std::string& name) const { return run.value(name); }
  std::string signal(Metric metric, const std::string& component, const std::string& source) const {
    for (const Signal& signal : run.signals.signals()) {
      if (signal.metric == metric && signal.component == component && signal.source == source) {
        return std::string(to_string(signal.state)) + ": " + signal.reason;
      }
    }
    return "unknown";
  }

  ScriptedMachine machine;
  ScriptedAppleDevices devices{machine};
  CollectorRun run;
  bool first = true;
};

// "IDLE", "V0P2", "V1P1", "V2P0" for three levels; `idle` come first.
inline std::vector<std::string> ladder_states(std::vector<std::string> idle, int levels,
                                              int last = -1) {
  for (int i = 0; i < (last < 0 ? levels : last); ++i) {
    idle.push_back("V" + std::to_string(i) + "P" + std::to_string(levels - 1 - i));
  }
  return idle;
}

inline ClockTable clock_table(const std::string& key, const std::vector<uint32_t>& words) {
  ClockTable table{key, {}};
  for (const uint32_t word : words) table.entries.emplace_back(word, 600);
  return table;
}

}  // namespace anemon::test
