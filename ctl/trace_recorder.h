// Writes what a machine's raw sources say as a trace, one instant after the other. What did not
// change is left out where the format allows it. One thread, which must be the one that opened the
// devices.
//
// Names of users and of the host are in none of the sources; texts of the SMC, which may be serial
// numbers, are left out. Names of processes only go in when asked for.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "platform/apple_devices.h"
#include "platform/trace_writer.h"

namespace anemon {

class TraceRecorder {
 public:
  struct Options {
    bool tasks = false;  // processes, and the names of those that hold the Neural Engine
  };

  TraceRecorder(AppleDevices& devices, std::span<const ChannelSelection> channels, Options options,
                TraceWriter& writer);

  // Reads and writes every source once. Throws Error when the file cannot be written; what a source
  // fails with is kept in `troubles`.
  void record(Instant now);

  // Writes the end and closes the file.
  void finish(Instant now);

  size_t channels() const noexcept { return known_.size(); }
  const std::set<std::string>& troubles() const noexcept { return troubles_; }

 private:
  template <class Read>
  void attempt(const char* source, Read&& read);
  void add(decltype(TraceRecord::data) data) { pending_.push_back(std::move(data)); }

  void read_clock_tables();
  void read_smc();
  void read_hid();
  void read_registry();
  void read_thermal_pressure();
  void read_host();
  void read_powermetrics(Instant now);
  void read_tasks();
  void read_ioreport();
  void define_channels();
  uint32_t number_of(const Channel& channel);
  void add_values(const IoReportSample& sample);

  AppleDevices& devices_;
  const std::vector<ChannelSelection> selections_;
  const Options options_;
  TraceWriter& writer_;

  std::unique_ptr<IoReport> ioreport_;
  const std::unique_ptr<Smc> smc_;
  const std::unique_ptr<HidTemperatures> hid_;
  const std::unique_ptr<AneRegistry> registry_;
  const std::unique_ptr<ThermalPressure> thermal_pressure_;
  const std::unique_ptr<AppleHost> host_;
  const std::unique_ptr<MemorySource> memory_;
  const std::unique_ptr<Processes> processes_;
  const std::unique_ptr<Powermetrics> powermetrics_;

  std::optional<SleepDetector> sleep_;
  std::vector<decltype(TraceRecord::data)> pending_;  // of this instant
  Duration at_{};                                     // of this instant
  // What was written of each channel, by its number in the trace.
  struct Written {
    Channel channel;
    bool subscribed;                  // by the subscription of now
    std::optional<TraceValue> value;  // the last; unset: not available
  };
  std::vector<Written> known_;
  std::vector<uint32_t> numbers_;  // of the subscription's channels
  std::set<std::string> refused_;  // groups
  std::map<std::string, SmcValue> keys_;
  ClockTables clock_tables_;
  std::map<std::pair<pid_t, Duration>, std::unique_ptr<WatchedProcess>> watched_;
  std::set<std::string> troubles_;
};

}  // namespace anemon
