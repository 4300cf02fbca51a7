#include "platform/trace_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace anemon {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
void add(Json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

void add_text(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

Json header_line(const TraceHeader& header) {
  Json machine = Json::object();
  add_text(machine, "chip", header.machine.chip);
  add_text(machine, "model", header.machine.model);
  add_text(machine, "os", header.machine.os);
  add_text(machine, "os_version", header.machine.os_version);
  add_text(machine, "build", header.machine.os_build);
  add_text(machine, "arch", header.machine.arch);
  Json line = {{"format", kTraceFormat}, {"machine", std::move(machine)}};
  add_text(line, "recorded", header.recorded);
  add_text(line, "note", header.note);
  return line;
}

Json channel_object(const TraceChannel& channel) {
  const Channel& of = channel.channel;
  Json object = {
      {"i", channel.number},     {"group", of.group},
      {"subgroup", of.subgroup}, {"name", of.name},
      {"unit", of.unit},         {"format", kChannelFormatNames[static_cast<size_t>(of.format)]}};
  if (!of.states.empty()) object["states"] = of.states;
  return object;
}

// One overload for each record: adds its members to the line.

void fill(Json&, const TraceOther&) {}

void fill(Json& line, const TraceChannels& record) {
  Json& list = line["channels"] = Json::array();
  for (const TraceChannel& channel : record.channels) list.push_back(channel_object(channel));
}

void fill(Json& line, const TraceIoReport& record) {
  line["source"] = "ioreport";
  if (!record.refused.empty()) line["refused"] = record.refused;
  if (!record.sampled) return;
  Json& list = line["values"] = Json::array();
  for (const TraceValue& value : record.values) {
    list.push_back({value.number, nullptr, nullptr});
    Json& triple = list.back();
    triple[1] = value.simple ? Json(value.value) : Json(value.parts);
    if (value.stamp) triple[2] = value.stamp->count();
  }
}

void fill(Json& line, const TraceSmc& record) {
  line["source"] = "smc";
  Json& keys = line["keys"] = Json::object();
  for (const auto& [key, value] : record.keys) {
    Json& entry = keys[key.name] = nullptr;
    if (value.size == 0) continue;
    std::string digits;
    for (const uint8_t byte : value.view()) digits += fmt::format("{:02x}", byte);
    entry = {key.type, digits};
  }
}

// Sensors of one name share a list.
void fill(Json& line, const TraceHid& record) {
  line["source"] = "hid";
  Json& sensors = line["celsius"] = Json::object();
  for (const HidTemperature& sensor : record.temperatures) {
    if (!std::isfinite(sensor.celsius)) continue;
    Json& value = sensors[sensor.product];
    if (value.is_null()) {
      value = sensor.celsius;
    } else {
      if (!value.is_array()) value = Json::array({value});
      value.push_back(sensor.celsius);
    }
  }
}

void fill(Json& line, const TracePmgr& record) {
  line["source"] = "pmgr";
  Json& tables = line["tables"] = Json::object();
  for (const ClockTable& table : record.tables.tables) {
    Json& entries = tables[table.key] = Json::array();
    for (const auto& [word, millivolts] : table.entries) {
      entries.push_back(Json::array({word, millivolts}));
    }
  }
  if (record.tables.clusters.empty()) return;
  Json& clusters = line["acc_clusters"] = Json::array();
  for (const ClusterEntry& entry : record.tables.clusters) {
    clusters.push_back(Json::array({entry.table, entry.tier}));
  }
}

void fill(Json& line, const TraceRegistry& record) {
  line["source"] = "registry";
  Json& ane = line["ane"] = nullptr;
  if (!record.ane) return;
  const AneState& state = *record.ane;
  ane = Json::object();
  add_text(ane, "architecture", state.architecture);
  add(ane, "cores", state.cores);
  add(ane, "engines", state.engines);
  add(ane, "power_state", state.power_state);
  add(ane, "max_power_state", state.max_power_state);
  add(ane, "firmware_loaded", state.firmware_loaded);
  Json& clients = ane["clients"] = Json::array();
  for (const AneClient& client : state.clients) {
    clients.push_back({{"pid", client.pid}, {"name", client.process}});
  }
}

void fill(Json& line, const TraceThermalPressure& record) {
  line["source"] = "thermal_pressure";
  line["level"] = record.level;
}

void fill(Json& line, const TraceHost& record) {
  line["source"] = "host";
  if (!record.state.levels.empty()) {
    Json& levels = line["perflevels"] = Json::array();
    for (const PerformanceLevel& level : record.state.levels) {
      levels.push_back({{"name", level.name}, {"cores", level.cores}});
    }
  }
  if (record.memory) {
    const MemorySnapshot& memory = *record.memory;
    Json& object = line["memory"] = Json::object();
    add(object, "total", memory.total);
    add(object, "available", memory.available);
    if (memory.total && memory.available && *memory.available <= *memory.total) {
      object["used"] = *memory.total - *memory.available;
    }
    add(object, "free", memory.free);
    add(object, "cached", memory.cached);
    add(object, "wired", memory.wired);
    add(object, "compressed", memory.compressed);
    add(object, "swap_total", memory.swap_total);
    add(object, "swap_free", memory.swap_free);
    add(object, "pressure_level", memory.pressure_level);
  }
  add(line, "on_battery", record.state.on_battery);
  add(line, "low_power_mode", record.state.low_power_mode);
  add(line, "virtual", record.state.virtual_machine);
}

void fill(Json& line, const TracePowermetrics& record) {
  line["source"] = "powermetrics";
  Json& milliwatts = line["milliwatts"] = Json::object();
  add(milliwatts, "cpu", record.report.cpu_milliwatts);
  add(milliwatts, "gpu", record.report.gpu_milliwatts);
  add(milliwatts, "ane", record.report.ane_milliwatts);
  add(milliwatts, "dram", record.report.dram_milliwatts);
  line["elapsed_ns"] = record.report.elapsed.count();
}

void fill(Json& line, const TraceTasks& record) {
  line["source"] = "tasks";
  if (record.refused > 0) line["refused"] = record.refused;
  Json& list = line["tasks"] = Json::array();
  for (const TraceTask& task : record.tasks) {
    Json& object = list.emplace_back(Json{{"pid", task.record.pid},
                                          {"name", std::string(task.record.name.view())},
                                          {"started_ns", task.record.started.count()},
                                          {"cpu_ns", task.record.cpu.count()},
                                          {"resident", task.record.resident_bytes},
                                          {"threads", task.record.threads}});
    const ProcessDetails& details = task.details;
    add(object, "peak_resident", details.peak_resident_bytes);
    add(object, "footprint", details.footprint_bytes);
    add(object, "peak_footprint", details.peak_footprint_bytes);
    add(object, "neural_footprint", details.neural_footprint_bytes);
    add(object, "peak_neural_footprint", details.peak_neural_footprint_bytes);
    add(object, "energy_nj", details.energy_nanojoules);
  }
}

void fill(Json& line, const TraceWake& record) {
  line["event"] = "wake";
  line["slept_ns"] = record.slept.count();
}

void fill(Json& line, const TraceEnd&) { line["event"] = "end"; }

std::string text_of(const Json& line) {
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

gzFile open_file(const std::filesystem::path& file) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
  const int descriptor = open(file.c_str(), kFlags, 0666);
  if (descriptor < 0) {
    throw Error(fmt::format(
        "{}: {}", file.string(),
        errno == ELOOP ? "refuses to write through a symbolic link" : std::strerror(errno)));
  }
  const gzFile opened = gzdopen(descriptor, file.extension() == ".gz" ? "wb" : "wbT");
  if (opened == nullptr) {
    close(descriptor);
    throw Error(fmt::format("{}: not enough memory to write it", file.string()));
  }
  return opened;
}

}  // namespace

TraceWriter::TraceWriter(const std::filesystem::path& file, const TraceHeader& header)
    : name_(file.string()), file_(open_file(file)) {
  try {
    write_line(text_of(header_line(header)));
  } catch (...) {
    gzclose_w(file_);
    throw;
  }
}

TraceWriter::~TraceWriter() {
  if (file_ != nullptr) gzclose_w(file_);
}

void TraceWriter::write(const TraceRecord& record) {
  Json line = Json::object();
  if (record.at) line["t"] = record.at->count();
  std::visit([&](const auto& data) { fill(line, data); }, record.data);
  write_line(text_of(line));
  ++records_;
}

void TraceWriter::write_line(const std::string& text) {
  const int written = gzwrite(file_, text.data(), static_cast<unsigned>(text.size()));
  if (written == static_cast<int>(text.size())) return;
  throw Error(fmt::format("{}: cannot write: {}", name_, std::strerror(errno)));
}

void TraceWriter::close() {
  if (file_ == nullptr) return;
  const int result = gzclose_w(file_);
  file_ = nullptr;
  if (result != Z_OK) throw Error(fmt::format("{}: cannot write: {}", name_, std::strerror(errno)));
}

}  // namespace anemon
