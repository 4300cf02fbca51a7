#include "platform/trace_sources.h"

#include <algorithm>
#include <limits>

#include "core/utf8.h"

namespace anemon {
namespace {

using Value = JsonLine::Value;

constexpr int64_t kMostPid = std::numeric_limits<pid_t>::max();

std::optional<Value> find(const Value& line, std::string_view name) {
  std::optional<Value> found;
  line.for_each_member([&](std::string_view key, const Value& value) {
    if (key == name) found = value;
  });
  return found;
}

// The member that makes the line one of its source.
Value required(const Value& line, std::string_view name) {
  const auto found = find(line, name);
  if (!found) line.fail("a line of this source without " + std::string(name));
  return *found;
}

template <class T>
bool read(std::string_view key, const Value& value, std::string_view name, std::optional<T>& out) {
  if (key != name) return false;
  if (value.is_null()) {
    out.reset();
  } else if constexpr (std::is_same_v<T, bool>) {
    out = value.boolean();
  } else if constexpr (std::is_same_v<T, double>) {
    out = value.number();
  } else {
    constexpr auto kMost = std::min<uint64_t>(std::numeric_limits<T>::max(), INT64_MAX);
    out = static_cast<T>(value.integer(0, static_cast<int64_t>(kMost)));
  }
  return true;
}

uint8_t hex_digit(char c, const Value& value) {
  if (c >= '0' && c <= '9') return static_cast<uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<uint8_t>(c - 'A' + 10);
  value.fail("the bytes of a key are hexadecimal digits");
}

void read_bytes(const Value& value, SmcKey& key, SmcValue& out) {
  const std::string_view digits = value.text();
  if (digits.size() % 2 != 0 || digits.size() / 2 > out.bytes.size()) {
    value.fail("the bytes of a key are pairs of hexadecimal digits, at most 32");
  }
  out.size = key.size = static_cast<uint32_t>(digits.size() / 2);
  for (size_t i = 0; i < out.size; ++i) {
    out.bytes[i] = static_cast<uint8_t>(hex_digit(digits[2 * i], value) << 4 |
                                        hex_digit(digits[2 * i + 1], value));
  }
}

AneClient read_client(const Value& value) {
  AneClient client;
  value.object().for_each_member([&](std::string_view key, const Value& member) {
    if (key == "pid") client.pid = static_cast<pid_t>(member.integer(0, kMostPid));
    if (key == "name") client.process = member.text();
  });
  return client;
}

PerformanceLevel read_level(const Value& value) {
  PerformanceLevel level;
  value.object().for_each_member([&](std::string_view key, const Value& member) {
    if (key == "name") level.name = member.text();
    if (key == "cores") level.cores = static_cast<uint32_t>(member.integer(0, 1 << 16));
  });
  return level;
}

// `used` is what is not available.
MemorySnapshot read_memory(const Value& value) {
  MemorySnapshot memory;
  std::optional<uint64_t> used;
  value.object().for_each_member([&](std::string_view key, const Value& member) {
    read(key, member, "total", memory.total) || read(key, member, "available", memory.available) ||
        read(key, member, "used", used) || read(key, member, "free", memory.free) ||
        read(key, member, "cached", memory.cached) || read(key, member, "wired", memory.wired) ||
        read(key, member, "compressed", memory.compressed) ||
        read(key, member, "swap_total", memory.swap_total) ||
        read(key, member, "swap_free", memory.swap_free) ||
        read(key, member, "pressure_level", memory.pressure_level);
  });
  if (!memory.available && memory.total && used && *used <= *memory.total) {
    memory.available = *memory.total - *used;
  }
  return memory;
}

// Cut between characters.
ProcessName process_name(std::string_view text) {
  return ProcessName(to_clean_utf8(text, ProcessName::kMaxBytes));
}

TraceTask read_task(const Value& value) {
  TraceTask task;
  std::optional<uint64_t> resident, cpu, threads;
  ProcessDetails& details = task.details;
  value.object().for_each_member([&](std::string_view key, const Value& member) {
    if (key == "pid") task.record.pid = static_cast<pid_t>(member.integer(0, kMostPid));
    if (key == "name") task.record.name = process_name(member.text());
    if (key == "started_ns" && !member.is_null()) {
      task.record.started = Duration(member.integer(-kMostTime, kMostTime));
    }
    read(key, member, "resident", resident) || read(key, member, "cpu_ns", cpu) ||
        read(key, member, "threads", threads) ||
        read(key, member, "peak_resident", details.peak_resident_bytes) ||
        read(key, member, "footprint", details.footprint_bytes) ||
        read(key, member, "peak_footprint", details.peak_footprint_bytes) ||
        read(key, member, "neural_footprint", details.neural_footprint_bytes) ||
        read(key, member, "peak_neural_footprint", details.peak_neural_footprint_bytes) ||
        read(key, member, "energy_nj", details.energy_nanojoules);
  });
  task.record.cpu = Duration(static_cast<int64_t>(cpu.value_or(0)));
  task.record.resident_bytes = resident.value_or(0);
  task.record.threads = threads.value_or(0);
  details.resident_bytes = resident;
  task.record.neural_footprint_bytes = details.neural_footprint_bytes;
  return task;
}

}  // namespace

HostFacts read_machine(const Value& machine) {
  HostFacts facts;
  facts.replay = true;
  const std::pair<std::string_view, std::string*> texts[] = {
      {"chip", &facts.chip}, {"model", &facts.model},           {"os", &facts.os},
      {"arch", &facts.arch}, {"os_version", &facts.os_version}, {"build", &facts.os_build}};
  machine.for_each_member([&](std::string_view key, const Value& value) {
    for (const auto& [name, text] : texts) {
      if (key == name && !value.is_null()) *text = value.text();
    }
  });
  return facts;
}

TraceSmc read_smc(const Value& line) {
  TraceSmc smc;
  const Value keys = required(line, "keys");
  keys.object().for_each_member([&](std::string_view name, const Value& value) {
    if (name.size() != 4) value.fail("the name of a key has four characters");
    auto& entry = smc.keys.emplace_back();
    SmcKey& key = entry.first;
    SmcValue& bytes = entry.second;
    key.name = name;
    if (value.is_null()) return;
    if (value.array().size() != 2) value.fail("a key has a type and its bytes");
    bool is_type = true;
    value.for_each([&](const Value& part) {
      if (std::exchange(is_type, false)) {
        key.type = part.text();
      } else {
        read_bytes(part, key, bytes);
      }
    });
  });
  return smc;
}

TraceHid read_hid(const Value& line) {
  TraceHid hid;
  const Value sensors = required(line, "celsius");
  sensors.object().for_each_member([&](std::string_view product, const Value& value) {
    const auto add = [&](const Value& number) {
      hid.temperatures.push_back({std::string(product), number.number()});
    };
    if (value.kind() == JsonLine::Kind::array) {
      value.for_each(add);
    } else {
      add(value);
    }
  });
  return hid;
}

TracePmgr read_pmgr(const Value& line) {
  TracePmgr pmgr;
  const auto word = [](const Value& value) {
    return static_cast<uint32_t>(value.integer(0, UINT32_MAX));
  };
  const auto read_pair = [](const Value& pair, auto&& take) {
    if (pair.array().size() != 2) pair.fail("expected a list of two numbers");
    size_t position = 0;
    pair.for_each([&](const Value& part) { take(position++, part); });
  };
  required(line, "tables").object().for_each_member([&](std::string_view key, const Value& value) {
    ClockTable table{std::string(key), {}};
    value.array().for_each([&](const Value& pair) {
      auto& entry = table.entries.emplace_back();
      read_pair(pair, [&](size_t position, const Value& part) {
        (position == 0 ? entry.first : entry.second) = word(part);
      });
    });
    pmgr.tables.tables.push_back(std::move(table));
  });
  std::ranges::sort(pmgr.tables.tables, {}, &ClockTable::key);
  if (const auto clusters = find(line, "acc_clusters")) {
    clusters->array().for_each([&](const Value& pair) {
      ClusterEntry& entry = pmgr.tables.clusters.emplace_back();
      read_pair(pair, [&](size_t position, const Value& part) {
        (position == 0 ? entry.table : entry.tier) = static_cast<uint8_t>(part.integer(0, 255));
      });
    });
  }
  return pmgr;
}

TraceRegistry read_registry(const Value& line) {
  TraceRegistry registry;
  const Value ane = required(line, "ane");
  if (ane.is_null()) return registry;
  AneState& state = registry.ane.emplace();
  ane.object().for_each_member([&](std::string_view key, const Value& value) {
    if (key == "architecture") state.architecture = value.text();
    if (key == "clients") {
      value.array().for_each(
          [&](const Value& client) { state.clients.push_back(read_client(client)); });
    }
    read(key, value, "cores", state.cores) || read(key, value, "engines", state.engines) ||
        read(key, value, "power_state", state.power_state) ||
        read(key, value, "max_power_state", state.max_power_state) ||
        read(key, value, "firmware_loaded", state.firmware_loaded);
  });
  return registry;
}

TraceThermalPressure read_thermal_pressure(const Value& line) {
  return {static_cast<int>(required(line, "level").integer(INT32_MIN, INT32_MAX))};
}

TraceHost read_host(const Value& line) {
  TraceHost host;
  line.for_each_member([&](std::string_view key, const Value& value) {
    if (key == "perflevels") {
      value.array().for_each(
          [&](const Value& level) { host.state.levels.push_back(read_level(level)); });
    }
    if (key == "memory") host.memory = read_memory(value);
    read(key, value, "on_battery", host.state.on_battery) ||
        read(key, value, "low_power_mode", host.state.low_power_mode) ||
        read(key, value, "virtual", host.state.virtual_machine);
  });
  return host;
}

TracePowermetrics read_powermetrics(const Value& line, Duration at) {
  TracePowermetrics powermetrics;
  PowermetricsReport& report = powermetrics.report;
  report.at = at;
  required(line, "milliwatts")
      .object()
      .for_each_member([&](std::string_view key, const Value& value) {
        read(key, value, "cpu", report.cpu_milliwatts) ||
            read(key, value, "gpu", report.gpu_milliwatts) ||
            read(key, value, "ane", report.ane_milliwatts) ||
            read(key, value, "dram", report.dram_milliwatts);
      });
  if (const auto elapsed = find(line, "elapsed_ns")) {
    constexpr int64_t kDay = 86'400'000'000'000;
    report.elapsed = Duration(elapsed->integer(0, kDay));
  }
  return powermetrics;
}

TraceTasks read_tasks(const Value& line) {
  TraceTasks tasks;
  required(line, "tasks").array().for_each([&](const Value& task) {
    tasks.tasks.push_back(read_task(task));
  });
  if (const auto refused = find(line, "refused")) tasks.refused = refused->count();
  std::ranges::stable_sort(tasks.tasks, {}, [](const TraceTask& task) { return task.record.pid; });
  const auto same = std::ranges::adjacent_find(
      tasks.tasks, {}, [](const TraceTask& task) { return task.record.pid; });
  if (same != tasks.tasks.end()) {
    line.fail("process " + std::to_string(same->record.pid) + " is listed twice");
  }
  return tasks;
}

}  // namespace anemon
