#include "ctl/trace_recorder.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "platform/trace_reader.h"

namespace anemon {
namespace {

// So that no line grows too long.
constexpr size_t kChannelsInLine = 500;

bool same(const TraceValue& a, const ChannelValue& b) {
  return a.stamp == b.stamp && a.value == b.value && std::ranges::equal(a.parts, b.parts);
}

// Types of the controller's keys that are numbers, by their beginnings. Others may hold serial
// numbers, as texts or as bytes.
bool is_number(std::string_view type) {
  constexpr std::array<std::string_view, 9> kNumbers = {"flt",  "ui8", "ui16", "ui32", "si",
                                                        "ioft", "fp",  "sp",   "flag"};
  return std::ranges::any_of(kNumbers, [&](auto begin) { return type.starts_with(begin); });
}

bool is_plain(std::string_view name) {
  return name.size() == 4 && std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
}

// The format has no room for residencies and hits below zero.
bool is_sound(const Channel& channel, const ChannelValue& value) {
  return (channel.format != ChannelFormat::state && channel.format != ChannelFormat::histogram) ||
         std::ranges::all_of(value.parts, [](int64_t part) { return part >= 0; });
}

TraceValue not_available(const TraceValue& before) {
  return {before.number, std::nullopt, before.simple, kNotAvailable,
          std::vector<int64_t>(before.parts.size(), kNotAvailable)};
}

}  // namespace

TraceRecorder::TraceRecorder(AppleDevices& devices, std::span<const ChannelSelection> channels,
                             Options options, TraceWriter& writer)
    : devices_(devices),
      selections_(channels.begin(), channels.end()),
      options_(options),
      writer_(writer),
      ioreport_(devices.open_ioreport(selections_)),
      smc_(devices.open_smc()),
      hid_(devices.open_hid_temperatures()),
      registry_(devices.open_ane_registry()),
      thermal_pressure_(devices.open_thermal_pressure()),
      host_(devices.open_host()),
      memory_(devices.open_memory()),
      processes_(options.tasks ? devices.open_processes() : nullptr),
      powermetrics_(devices.open_powermetrics(PowermetricsMode::off)) {}

template <class Read>
void TraceRecorder::attempt(const char* source, Read&& read) {
  try {
    read();
  } catch (const Error& error) {
    troubles_.insert(std::string(source) + ": " + error.what());
  }
}

void TraceRecorder::record(Instant now) {
  pending_.clear();
  at_ = std::max(at_, now.awake);
  if (!sleep_) sleep_.emplace(now);
  if (const Duration slept = sleep_->observe(now); slept > Duration::zero()) add(TraceWake{slept});
  attempt("pmgr", [&] { read_clock_tables(); });
  attempt("smc", [&] { read_smc(); });
  attempt("hid", [&] { read_hid(); });
  attempt("registry", [&] { read_registry(); });
  attempt("thermal pressure", [&] { read_thermal_pressure(); });
  attempt("host", [&] { read_host(); });
  attempt("powermetrics", [&] { read_powermetrics(now); });
  attempt("tasks", [&] { read_tasks(); });
  // Last: all lines of the instant carry the time of this sample, whose rates depend on it most.
  attempt("ioreport", [&] { read_ioreport(); });
  for (auto& data : pending_) {
    const bool timeless = std::holds_alternative<TraceChannels>(data);
    writer_.write({timeless ? std::nullopt : std::optional(at_), std::move(data)});
  }
}

void TraceRecorder::finish(Instant now) {
  at_ = std::max(at_, now.awake);
  writer_.write({at_, TraceEnd{}});
  writer_.close();
}

void TraceRecorder::read_clock_tables() {
  ClockTables tables = devices_.clock_tables();
  if (tables.tables == clock_tables_.tables && tables.clusters == clock_tables_.clusters) return;
  clock_tables_ = std::move(tables);
  add(TracePmgr{clock_tables_});
}

void TraceRecorder::read_smc() {
  if (!smc_) return;
  TraceSmc line;
  const std::span<const SmcKey> keys = smc_->keys();
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!is_number(keys[i].type) || !is_plain(keys[i].name)) continue;
    if (keys_.size() == TraceReader::kMaxKeys && !keys_.contains(keys[i].name)) {
      troubles_.insert("smc: more than 4096 keys: the others are left out");
      break;
    }
    SmcValue value;
    if (smc_->read(i, value) != ReadStatus::ok) value = {};
    const auto [known, is_new] = keys_.try_emplace(keys[i].name, value);
    if (!is_new && std::ranges::equal(known->second.view(), value.view())) continue;
    known->second = value;
    line.keys.emplace_back(keys[i], value);
  }
  if (!line.keys.empty()) add(std::move(line));
}

void TraceRecorder::read_hid() {
  TraceHid line;
  if (hid_ && hid_->read(line.temperatures) == ReadStatus::ok) add(std::move(line));
}

void TraceRecorder::read_registry() {
  if (!registry_) return;
  AneState state;
  const ReadStatus status = registry_->read(state);
  if (status == ReadStatus::absent) return add(TraceRegistry{});
  if (status != ReadStatus::ok) return;
  for (AneClient& client : state.clients) {
    if (!options_.tasks && client.process != "aned") client.process = "client";
  }
  add(TraceRegistry{std::move(state)});
}

void TraceRecorder::read_thermal_pressure() {
  TraceThermalPressure line;
  if (thermal_pressure_ && thermal_pressure_->read(line.level) == ReadStatus::ok) add(line);
}

void TraceRecorder::read_host() {
  TraceHost line;
  if (host_) line.state = host_->read();
  MemorySnapshot memory;
  if (memory_ && memory_->read(memory) == ReadStatus::ok) line.memory = memory;
  if (host_ || line.memory) add(std::move(line));
}

void TraceRecorder::read_powermetrics(Instant now) {
  if (!powermetrics_) return;
  if (const auto report = powermetrics_->poll(now)) add(TracePowermetrics{*report});
}

void TraceRecorder::read_tasks() {
  if (!processes_) return;
  std::vector<ProcessRecord> records;
  processes_->list(records);
  TraceTasks line;
  line.refused = processes_->refused();
  decltype(watched_) watched;
  for (const ProcessRecord& record : records) {
    auto known = watched_.extract({record.pid, record.started});
    auto process = known ? std::move(known.mapped()) : processes_->watch(record);
    TraceTask task{record, {}};
    if (process == nullptr || !process->read(task.details)) continue;
    watched.emplace(std::pair(record.pid, record.started), std::move(process));
    line.tasks.push_back(std::move(task));
  }
  watched_ = std::move(watched);
  add(std::move(line));
}

void TraceRecorder::read_ioreport() {
  if (!ioreport_) {
    ioreport_ = devices_.open_ioreport(selections_);
    if (!ioreport_) return;
    numbers_.clear();
    for (Written& known : known_) known.subscribed = false;
  }
  try {
    const IoReportSample& sample = ioreport_->sample();
    at_ = std::max(at_, sample.at);
    define_channels();
    add_values(sample);
  } catch (const Error&) {
    ioreport_.reset();
    throw;
  }
}

// A channel keeps its number over subscriptions: to whoever reads the trace it is the same counter.
uint32_t TraceRecorder::number_of(const Channel& channel) {
  const auto same_channel = std::ranges::find_if(
      known_, [&](const Written& known) { return !known.subscribed && known.channel == channel; });
  if (same_channel == known_.end()) {
    known_.push_back({channel, true, std::nullopt});
    return static_cast<uint32_t>(known_.size() - 1);
  }
  same_channel->subscribed = true;
  return static_cast<uint32_t>(same_channel - known_.begin());
}

void TraceRecorder::define_channels() {
  const std::span<const Channel> channels = ioreport_->channels();
  TraceChannels line;
  for (const Channel& channel : channels.subspan(numbers_.size())) {
    const size_t defined = known_.size();
    const uint32_t number = number_of(channel);
    numbers_.push_back(number);
    if (number < defined) continue;
    line.channels.push_back({number, channel});
    if (line.channels.size() == kChannelsInLine) add(std::exchange(line, {}));
  }
  if (!line.channels.empty()) add(std::move(line));
}

void TraceRecorder::add_values(const IoReportSample& sample) {
  TraceIoReport line;
  line.sampled = true;
  for (const std::string& group : ioreport_->refused_groups()) {
    if (refused_.insert(group).second) line.refused.push_back(group);
  }
  std::vector<bool> present(known_.size());
  for (const ChannelValue& value : sample.values) {
    const uint32_t number = numbers_[value.channel];
    auto& [channel, subscribed, known] = known_[number];
    if (!is_sound(channel, value)) continue;
    present[number] = true;
    if (known && same(*known, value)) continue;
    known = TraceValue{number,
                       value.stamp,
                       channel.format == ChannelFormat::simple,
                       value.value,
                       {value.parts.begin(), value.parts.end()}};
    line.values.push_back(*known);
  }
  for (size_t number = 0; number < known_.size(); ++number) {
    auto& known = known_[number].value;
    if (present[number] || !known) continue;
    line.values.push_back(not_available(*known));
    known.reset();
  }
  add(std::move(line));
}

}  // namespace anemon
