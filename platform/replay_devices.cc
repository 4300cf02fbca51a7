#include "platform/replay_devices.h"

#include <algorithm>

#include "platform/replay_ioreport.h"

namespace anemon {
namespace {

class ReplaySmc final : public Smc {
 public:
  explicit ReplaySmc(const TracePlayer& player) : player_(player) {}

  std::span<const SmcKey> keys() const override {
    player_.look([this](const TraceState& state) {
      // A key keeps its index: what the recording adds comes behind.
      const auto known = static_cast<std::ptrdiff_t>(keys_.size());
      keys_.insert(keys_.end(), state.smc_keys.begin() + known, state.smc_keys.end());
    });
    return keys_;
  }

  ReadStatus read(size_t key, SmcValue& value) override {
    return player_.look([&](const TraceState& state) {
      const auto known = state.smc.find(keys_[key].name);
      if (known == state.smc.end() || known->second.second.size == 0) return ReadStatus::absent;
      value = known->second.second;
      return ReadStatus::ok;
    });
  }

 private:
  const TracePlayer& player_;
  mutable std::vector<SmcKey> keys_;  // as last asked for
};

// A source that is what the newest line says of it: `Member` of the state.
template <class Interface, class Value, auto Member>
class ReplayNewest final : public Interface {
 public:
  explicit ReplayNewest(const TracePlayer& player) : player_(player) {}

  ReadStatus read(Value& value) override {
    return player_.look([&](const TraceState& state) {
      if (!(state.*Member)) return ReadStatus::absent;
      value = *(state.*Member);
      return ReadStatus::ok;
    });
  }

 private:
  const TracePlayer& player_;
};

using ReplayHid = ReplayNewest<HidTemperatures, std::vector<HidTemperature>, &TraceState::hid>;
using ReplayAneRegistry = ReplayNewest<AneRegistry, AneState, &TraceState::ane>;
using ReplayThermalPressure = ReplayNewest<ThermalPressure, int, &TraceState::thermal_pressure>;

class ReplayMemory final : public MemorySource {
 public:
  explicit ReplayMemory(const TracePlayer& player) : player_(player) {}

  ReadStatus read(MemorySnapshot& snapshot) override {
    return player_.look([&](const TraceState& state) {
      if (!state.memory) return ReadStatus::absent;
      snapshot = *state.memory;
      return ReadStatus::ok;
    });
  }
  ReadStatus read(MemoryStall&) override { return ReadStatus::absent; }  // macOS has none

 private:
  const TracePlayer& player_;
};

class ReplayHost final : public AppleHost {
 public:
  explicit ReplayHost(const TracePlayer& player) : player_(player) {}

  AppleHostState read() override {
    return player_.look(
        [](const TraceState& state) { return state.host.value_or(AppleHostState{}); });
  }

 private:
  const TracePlayer& player_;
};

class ReplayProcess final : public WatchedProcess {
 public:
  ReplayProcess(const TracePlayer& player, const ProcessRecord& record)
      : player_(player), pid_(record.pid), started_(record.started) {}

  bool read(ProcessDetails& details) override {
    return player_.look([&](const TraceState& state) {
      if (!state.tasks) return false;
      const auto& tasks = state.tasks->tasks;
      const auto found = std::ranges::lower_bound(
          tasks, pid_, {}, [](const TraceTask& task) { return task.record.pid; });
      if (found == tasks.end() || found->record.pid != pid_ || found->record.started != started_) {
        return false;
      }
      details = found->details;
      return true;
    });
  }

 private:
  const TracePlayer& player_;
  const pid_t pid_;
  const Duration started_;
};

class ReplayProcesses final : public Processes {
 public:
  explicit ReplayProcesses(const TracePlayer& player) : player_(player) {}

  void list(std::vector<ProcessRecord>& records) override {
    player_.look([&](const TraceState& state) {
      records.clear();
      refused_ = state.tasks ? state.tasks->refused : 0;
      if (!state.tasks) return;
      for (const TraceTask& task : state.tasks->tasks) records.push_back(task.record);
    });
  }
  void list_active(std::vector<ProcessRecord>& records, std::span<const pid_t>) override {
    list(records);
  }
  uint64_t refused() const noexcept override { return refused_; }
  std::unique_ptr<WatchedProcess> watch(const ProcessRecord& record) override {
    return std::make_unique<ReplayProcess>(player_, record);
  }

 private:
  const TracePlayer& player_;
  uint64_t refused_ = 0;
};

// A recorded child never ran here: it costs nothing.
class ReplayPowermetrics final : public Powermetrics {
 public:
  explicit ReplayPowermetrics(const TracePlayer& player) : player_(player) {
    status_.state = PowermetricsStatus::State::running;
  }

  std::optional<PowermetricsReport> poll(Instant) override {
    return player_.look([this](const TraceState& state) -> std::optional<PowermetricsReport> {
      const auto held = state.powermetrics.size();
      const uint64_t missed = std::min<uint64_t>(state.powermetrics_reports - seen_, held);
      seen_ = state.powermetrics_reports;
      std::optional<PowermetricsReport> all;
      for (size_t i = held - missed; i < held; ++i) {
        const PowermetricsReport& report = state.powermetrics[i];
        all = all ? combined(*all, report) : report;
      }
      return all;
    });
  }
  const PowermetricsStatus& status() const override { return status_; }

 private:
  const TracePlayer& player_;
  PowermetricsStatus status_;
  uint64_t seen_ = 0;
};

class ReplayDevices final : public AppleDevices {
 public:
  explicit ReplayDevices(const TracePlayer& player) : player_(player), has_(player.contents()) {}

  HostFacts host_facts() override { return player_.header().machine; }

  std::unique_ptr<IoReport> open_ioreport(std::span<const ChannelSelection> wanted) override {
    return open_replay_ioreport(player_, wanted);
  }
  std::unique_ptr<Smc> open_smc() override { return open<ReplaySmc>(has_.smc); }
  std::unique_ptr<HidTemperatures> open_hid_temperatures() override {
    return open<ReplayHid>(has_.hid);
  }
  std::unique_ptr<AneRegistry> open_ane_registry() override {
    return open<ReplayAneRegistry>(has_.ane);
  }
  std::unique_ptr<ThermalPressure> open_thermal_pressure() override {
    return open<ReplayThermalPressure>(has_.thermal_pressure);
  }
  std::unique_ptr<AppleHost> open_host() override { return open<ReplayHost>(has_.host); }
  std::unique_ptr<Processes> open_processes() override { return open<ReplayProcesses>(has_.tasks); }
  std::unique_ptr<MemorySource> open_memory() override { return open<ReplayMemory>(has_.memory); }
  std::unique_ptr<ProcessorSource> open_processor() override { return nullptr; }
  // Whatever this daemon's own mode is: the reports are part of the recording.
  std::unique_ptr<Powermetrics> open_powermetrics(PowermetricsMode) override {
    return open<ReplayPowermetrics>(has_.powermetrics);
  }
  ClockTables clock_tables() override {
    return player_.look([](const TraceState& state) { return state.clock_tables; });
  }

 private:
  template <class Device>
  std::unique_ptr<Device> open(bool recorded) const {
    return recorded ? std::make_unique<Device>(player_) : nullptr;
  }

  const TracePlayer& player_;
  const TraceContents& has_;
};

}  // namespace

std::unique_ptr<AppleDevices> open_replay_devices(const TracePlayer& player) {
  return std::make_unique<ReplayDevices>(player);
}

}  // namespace anemon
