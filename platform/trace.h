// A recording of a machine's raw sources, anemon-trace/1 (docs/trace-format.md), as values. Times
// are nanoseconds of one clock that stops in sleep.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "platform/ane_registry.h"
#include "platform/apple_host.h"
#include "platform/clock_tables.h"
#include "platform/hid_temperatures.h"
#include "platform/host_facts.h"
#include "platform/ioreport.h"
#include "platform/memory.h"
#include "platform/powermetrics.h"
#include "platform/processes.h"
#include "platform/smc.h"

namespace anemon {

inline constexpr std::string_view kTraceFormat = "anemon-trace/1";

// The formats of channels as a trace names them, in the order of ChannelFormat.
inline constexpr std::array<std::string_view, 4> kChannelFormatNames = {
    "simple", "state", "histogram", "simple_array"};

// Of times in nanoseconds: they may be moved, by as much again, without overflow.
inline constexpr int64_t kMostTime = INT64_MAX / 4;

struct TraceHeader {
  HostFacts machine;
  std::string recorded;  // RFC 3339; empty when unknown
  std::string note;
};

// `number` is what later values call the channel.
struct TraceChannel {
  uint32_t number = 0;
  Channel channel;
};

struct TraceChannels {
  std::vector<TraceChannel> channels;
};

struct TraceValue {
  uint32_t number = 0;
  std::optional<Duration> stamp;
  bool simple = true;
  int64_t value = 0;           // of a simple channel
  std::vector<int64_t> parts;  // of the others
};

// Channels that are not listed did not change.
struct TraceIoReport {
  bool sampled = false;  // the line has values, were it none
  std::vector<TraceValue> values;
  std::vector<std::string> refused;  // groups, beside those refused before
};

// Keys that are not listed did not change; a value of size 0 is a key that does not answer.
struct TraceSmc {
  std::vector<std::pair<SmcKey, SmcValue>> keys;
};

// All sensors that answered.
struct TraceHid {
  std::vector<HidTemperature> temperatures;
};

struct TracePmgr {
  ClockTables tables;
};

struct TraceRegistry {
  std::optional<AneState> ane;  // unset: there is none
};

struct TraceThermalPressure {
  int level = 0;
};

// What a line does not have is unset and did not change.
struct TraceHost {
  AppleHostState state;
  std::optional<MemorySnapshot> memory;
};

// `report.at` is the line's time.
struct TracePowermetrics {
  PowermetricsReport report;
};

struct TraceTask {
  ProcessRecord record;
  ProcessDetails details;
};

// All processes that could be read, in order of pid.
struct TraceTasks {
  std::vector<TraceTask> tasks;
  uint64_t refused = 0;  // others that the system did not let us read
};

struct TraceWake {
  Duration slept{};
};

struct TraceEnd {};    // the recorder ended in order
struct TraceOther {};  // what this version does not know

struct TraceRecord {
  std::optional<Duration> at;  // unset only for channels
  std::variant<TraceOther, TraceChannels, TraceIoReport, TraceSmc, TraceHid, TracePmgr,
               TraceRegistry, TraceThermalPressure, TraceHost, TracePowermetrics, TraceTasks,
               TraceWake, TraceEnd>
      data;
};

}  // namespace anemon
