// An Apple machine out of values that a test sets: a small implementation of the whole seam of
// platform/apple_devices.h. What is opened refers to the machine, so a test may change it between
// passes; one thread.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "platform/apple_devices.h"

namespace anemon::test {

// One channel and what its driver last published.
struct ScriptedChannel {
  Channel channel;
  std::optional<int64_t> value;   // of a simple channel; without value and parts it is left out
  std::optional<Duration> stamp;  // awake time
  std::vector<int64_t> parts;     // of the other formats
};

struct ScriptedMachine {
  HostFacts facts;
  Duration now{};                         // awake; IoReportSample::at
  std::vector<ScriptedChannel> channels;  // what IOReport knows; may grow at the end
  std::vector<std::string> refused_groups;
  bool ioreport_missing = false;
  bool sampling_fails = false;  // Error from every sample
  bool smc_missing = false;
  std::map<std::string, std::pair<SmcKey, std::vector<uint8_t>>> smc;  // by name, sorted
  ReadStatus smc_status = ReadStatus::ok;
  std::optional<std::vector<HidTemperature>> temperatures;
  std::optional<AneState> ane;
  std::optional<int> thermal_pressure;
  std::optional<AppleHostState> host;
  ClockTables clocks;
  // Null, or how to make them.
  std::function<std::unique_ptr<Processes>()> processes;
  std::function<std::unique_ptr<MemorySource>()> memory;
  std::function<std::unique_ptr<ProcessorSource>()> processor;
  std::function<std::unique_ptr<Powermetrics>(PowermetricsMode)> powermetrics;

  int ioreports_opened = 0;
  int samples = 0;

  // The channel by its names; made when there is none. The reference is valid until the next one
  // is made.
  ScriptedChannel& simple(const std::string& group, const std::string& name,
                          const std::string& unit) {
    return channel({group, "", name, unit, ChannelFormat::simple, {}});
  }
  ScriptedChannel& state(const std::string& group, const std::string& subgroup,
                         const std::string& name, std::vector<std::string> states) {
    ScriptedChannel& made =
        channel({group, subgroup, name, "24Mticks", ChannelFormat::state, std::move(states)});
    made.parts.resize(made.channel.states.size());
    return made;
  }
  ScriptedChannel& channel(Channel wanted) {
    for (ScriptedChannel& known : channels) {
      if (known.channel.group == wanted.group && known.channel.subgroup == wanted.subgroup &&
          known.channel.name == wanted.name) {
        return known;
      }
    }
    channels.push_back({std::move(wanted), std::nullopt, std::nullopt, {}});
    return channels.back();
  }

  void set_smc(const std::string& name, const std::string& type, std::vector<uint8_t> bytes) {
    const auto size = static_cast<uint32_t>(bytes.size());
    smc[name] = {SmcKey{name, type, size}, std::move(bytes)};
  }
  // A little-endian float, as most of the controller's keys are.
  void set_smc(const std::string& name, float value) {
    std::vector<uint8_t> bytes(sizeof value);
    std::copy_n(reinterpret_cast<const uint8_t*>(&value), sizeof value, bytes.begin());
    set_smc(name, "flt ", std::move(bytes));
  }
};

class ScriptedIoReport final : public IoReport {
 public:
  ScriptedIoReport(ScriptedMachine& machine, std::span<const ChannelSelection> wanted)
      : machine_(machine) {
    for (size_t i = 0; i < machine.channels.size(); ++i) {
      const Channel& channel = machine.channels[i].channel;
      for (const ChannelSelection& selection : wanted) {
        if (!selection.has_group(channel.group)) continue;
        if (refused(channel.group)) {
          if (std::count(refused_.begin(), refused_.end(), channel.group) == 0) {
            refused_.push_back(channel.group);
          }
        } else if (selection.keep == nullptr || selection.keep(channel)) {
          channels_.push_back(channel);
          origin_.push_back(i);
          break;
        }
      }
    }
    sample_.values.reserve(channels_.size());
  }

  std::span<const Channel> channels() const override { return channels_; }
  std::span<const std::string> refused_groups() const override { return refused_; }
  const IoReportSample& sample() override {
    ++machine_.samples;
    if (machine_.sampling_fails) throw Error("IOReport did not give a sample");
    sample_.at = machine_.now;
    sample_.values.clear();
    for (uint32_t i = 0; i < origin_.size(); ++i) {
      const ScriptedChannel& source = machine_.channels[origin_[i]];
      const bool simple = source.channel.format == ChannelFormat::simple;
      if (simple ? !source.value : source.parts.empty()) continue;
      sample_.values.push_back({i, source.stamp, source.value.value_or(0), source.parts});
    }
    return sample_;
  }

 private:
  bool refused(const std::string& group) const {
    return std::count(machine_.refused_groups.begin(), machine_.refused_groups.end(), group) > 0;
  }

  ScriptedMachine& machine_;
  std::vector<Channel> channels_;
  std::vector<size_t> origin_;
  std::vector<std::string> refused_;
  IoReportSample sample_;
};

class ScriptedSmc final : public Smc {
 public:
  explicit ScriptedSmc(ScriptedMachine& machine) : machine_(machine) {
    for (const auto& [name, key] : machine.smc) keys_.push_back(key.first);
  }
  std::span<const SmcKey> keys() const override { return keys_; }
  ReadStatus read(size_t key, SmcValue& value) override {
    if (machine_.smc_status != ReadStatus::ok) return machine_.smc_status;
    const auto found = machine_.smc.find(keys_[key].name);
    if (found == machine_.smc.end()) return ReadStatus::absent;
    const std::vector<uint8_t>& bytes = found->second.second;
    value.size = static_cast<uint32_t>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), value.bytes.begin());
    return ReadStatus::ok;
  }

 private:
  ScriptedMachine& machine_;
  std::vector<SmcKey> keys_;
};

class ScriptedHidTemperatures final : public HidTemperatures {
 public:
  explicit ScriptedHidTemperatures(ScriptedMachine& machine) : machine_(machine) {}
  ReadStatus read(std::vector<HidTemperature>& temperatures) override {
    temperatures.clear();
    if (!machine_.temperatures || machine_.temperatures->empty()) return ReadStatus::absent;
    temperatures = *machine_.temperatures;
    return ReadStatus::ok;
  }

 private:
  ScriptedMachine& machine_;
};

class ScriptedAneRegistry final : public AneRegistry {
 public:
  explicit ScriptedAneRegistry(ScriptedMachine& machine) : machine_(machine) {}
  ReadStatus read(AneState& state) override {
    if (!machine_.ane) return ReadStatus::absent;
    state = *machine_.ane;
    return ReadStatus::ok;
  }

 private:
  ScriptedMachine& machine_;
};

class ScriptedThermalPressure final : public ThermalPressure {
 public:
  explicit ScriptedThermalPressure(ScriptedMachine& machine) : machine_(machine) {}
  ReadStatus read(int& level) override {
    if (!machine_.thermal_pressure) return ReadStatus::absent;
    level = *machine_.thermal_pressure;
    return ReadStatus::ok;
  }

 private:
  ScriptedMachine& machine_;
};

class ScriptedAppleHost final : public AppleHost {
 public:
  explicit ScriptedAppleHost(ScriptedMachine& machine) : machine_(machine) {}
  AppleHostState read() override { return machine_.host.value_or(AppleHostState{}); }

 private:
  ScriptedMachine& machine_;
};

class ScriptedAppleDevices final : public AppleDevices {
 public:
  explicit ScriptedAppleDevices(ScriptedMachine& machine) : machine_(machine) {}

  HostFacts host_facts() override { return machine_.facts; }
  std::unique_ptr<IoReport> open_ioreport(std::span<const ChannelSelection> wanted) override {
    if (machine_.ioreport_missing) return nullptr;
    const auto known = [&](const ScriptedChannel& channel) {
      return std::any_of(wanted.begin(), wanted.end(), [&](const ChannelSelection& selection) {
        return selection.has_group(channel.channel.group);
      });
    };
    if (std::none_of(machine_.channels.begin(), machine_.channels.end(), known)) return nullptr;
    ++machine_.ioreports_opened;
    return std::make_unique<ScriptedIoReport>(machine_, wanted);
  }
  std::unique_ptr<Smc> open_smc() override {
    if (machine_.smc_missing) return nullptr;
    return std::make_unique<ScriptedSmc>(machine_);
  }
  std::unique_ptr<HidTemperatures> open_hid_temperatures() override {
    if (!machine_.temperatures) return nullptr;
    return std::make_unique<ScriptedHidTemperatures>(machine_);
  }
  std::unique_ptr<AneRegistry> open_ane_registry() override {
    if (!machine_.ane) return nullptr;
    return std::make_unique<ScriptedAneRegistry>(machine_);
  }
  std::unique_ptr<ThermalPressure> open_thermal_pressure() override {
    if (!machine_.thermal_pressure) return nullptr;
    return std::make_unique<ScriptedThermalPressure>(machine_);
  }
  std::unique_ptr<AppleHost> open_host() override {
    if (!machine_.host) return nullptr;
    return std::make_unique<ScriptedAppleHost>(machine_);
  }
  std::unique_ptr<Processes> open_processes() override {
    return machine_.processes ? machine_.processes() : nullptr;
  }
  std::unique_ptr<MemorySource> open_memory() override {
    return machine_.memory ? machine_.memory() : nullptr;
  }
  std::unique_ptr<ProcessorSource> open_processor() override {
    return machine_.processor ? machine_.processor() : nullptr;
  }
  std::unique_ptr<Powermetrics> open_powermetrics(PowermetricsMode mode) override {
    return machine_.powermetrics ? machine_.powermetrics(mode) : nullptr;
  }
  ClockTables clock_tables() override { return machine_.clocks; }

 private:
  ScriptedMachine& machine_;
};

}  // namespace anemon::test
