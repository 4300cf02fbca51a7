// A small machine for session tests: a store with an energy, a memory and a task collector that
// move only when the test says so, and a state directory of its own.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sessions/session_engine.h"
#include "tests/manual_clock.h"
#include "tests/recording_log.h"
#include "tests/scratch_directory.h"

namespace anemon::test {

// In memory where there is such a place: thousands of databases are made, and synced.
inline std::filesystem::path place_for_databases() {
  const std::filesystem::path memory = "/dev/shm";
  return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

struct SessionWorld {
  static constexpr pid_t kPid = 4711;

  ScratchDirectory state{place_for_databases()};
  ManualClock clock;
  RecordingLog log;
  SignalBoard signals;
  SeriesStore store;
  SeriesGroup& energy = store.add_group("energy", std::chrono::seconds(1), 16);
  SeriesGroup& memory = store.add_group("memory", std::chrono::seconds(1), 16);
  SeriesGroup& tasks = store.add_group("tasks", std::chrono::seconds(1), 16);
  Series joules{Metric::kEnergyJoules, {"ane", "test"}};
  Series watts{Metric::kPowerWatts, {"ane", "test"}};
  Series span{Metric::kPowerSpan, {"ane", "test"}};
  Series total{Metric::kMemoryBytes, {"total"}};
  Series available{Metric::kMemoryBytes, {"available"}};
  Series resident{Metric::kTaskResident, {std::to_string(kPid), "model"}};
  Series cpu{Metric::kTaskCpuSeconds, {std::to_string(kPid), "model"}};
  Series foreign{Metric::kTaskResident, {"99", "other"}};
  double energy_so_far = 1000;
  double cpu_so_far = 50;
  std::vector<std::vector<pid_t>> told_pids;

  SessionContext context() {
    return {store,
            signals,
            clock,
            log,
            [this](const std::vector<pid_t>& pids) { told_pids.push_back(pids); },
            [] { return std::string(R"({"chip":"test","os":"linux"})"); }};
  }
  SessionOptions options() const {
    SessionOptions options;
    options.state_dir = state.path();
    return options;
  }

  // One pass of every collector after `by`, at a steady power since the pass before.
  void tick(double power, Duration by = std::chrono::seconds(1)) {
    clock.advance(by);
    energy_so_far += power * to_seconds(by);
    cpu_so_far += 0.5 * to_seconds(by);
    energy.set(joules, energy_so_far);
    energy.set(watts, power);
    energy.set(span, to_seconds(by));
    energy.commit(clock.now());
    memory.set(total, 8e9);
    memory.set(available, 3e9);
    memory.commit(clock.now());
    tasks.set(resident, 1e6 * power);
    tasks.set(cpu, cpu_so_far);
    tasks.set(foreign, 7);
    tasks.commit(clock.now());
  }
  void ticks(int count, double power) {
    for (int i = 0; i < count; ++i) tick(power);
  }

  InferenceEvent event(const std::string& model, Duration ago, Duration duration) const {
    InferenceEvent event;
    event.model = model;
    event.compute_unit = "ane";
    event.begin_wall = clock.now().wall - ago;
    event.duration = duration;
    return event;
  }
};

inline nlohmann::json parse(const std::string& text) { return nlohmann::json::parse(text); }

}  // namespace anemon::test
