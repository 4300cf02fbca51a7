// Plays a trace: applies its lines up to a moment and keeps what the newest of each source say.
//
// Threads: any. Reading lines happens on the thread that advances.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/mutex.h"
#include "platform/trace_reader.h"

namespace anemon {

// What the lines so far say. Times are the player's.
struct TraceState {
  struct ChannelState {
    Channel channel;
    bool has_value = false;
    std::optional<Duration> stamp;
    int64_t value = 0;
    std::vector<int64_t> parts;
  };
  std::vector<ChannelState> channels;  // in the order of their definition
  std::set<std::string, std::less<>> refused;
  Duration sampled{};  // when the newest IOReport line was recorded

  std::map<std::string, std::pair<SmcKey, SmcValue>, std::less<>> smc;
  std::vector<SmcKey> smc_keys;  // that ever answered, in order of their first line, then of name
  std::optional<std::vector<HidTemperature>> hid;
  ClockTables clock_tables;
  std::optional<AneState> ane;
  std::optional<int> thermal_pressure;
  std::optional<AppleHostState> host;
  std::optional<MemorySnapshot> memory;
  // The newest reports: more than an hour of them. `powermetrics_reports` counts all so far.
  static constexpr size_t kMostReports = 4096;
  std::deque<PowermetricsReport> powermetrics;
  uint64_t powermetrics_reports = 0;
  std::optional<TraceTasks> tasks;
};

// What a trace has, as far as its first part shows.
struct TraceContents {
  std::set<std::string, std::less<>> groups;  // of channels, refused ones included
  bool smc = false, hid = false, ane = false, thermal_pressure = false, host = false,
       memory = false, powermetrics = false, tasks = false;
  std::string ane_architecture, ane_cores;
  std::optional<bool> virtual_machine;
};

class TracePlayer {
 public:
  // Devices answer this long after the last line; then the recording has ended.
  static constexpr Duration kHold = std::chrono::seconds(5);
  // How much of the trace is looked through for what it has.
  static constexpr size_t kForeseenLines = 4000;

  // Times of the trace are moved so that its first moment becomes `first`; unset: as they are.
  // Throws Error when the trace's first part is bad; a later line that is bad ends the play.
  explicit TracePlayer(const std::filesystem::path& file,
                       std::optional<Duration> first = std::nullopt);

  const TraceHeader& header() const noexcept { return header_; }
  const TraceContents& contents() const noexcept { return contents_; }
  Duration first() const noexcept { return first_; }

  // Applies all lines due at `now`; returns how long the machine slept in total until then.
  Duration advance(Duration now) noexcept ANEMON_EXCLUDES(mutex_);

  // The time of the next line that waits, if any. Throws Error when the trace is bad there.
  std::optional<Duration> next_moment() ANEMON_EXCLUDES(mutex_);

  // No line is left and what the last one said is old.
  bool ended() const ANEMON_EXCLUDES(mutex_);
  // Why the play ended before the file; empty when it did not.
  std::string failure() const ANEMON_EXCLUDES(mutex_);

  // `use(const TraceState&)` under the lock. Throws Error after the end, and after a bad line.
  template <class Use>
  auto look(Use&& use) const ANEMON_EXCLUDES(mutex_) {
    const Lock lock(mutex_);
    require_playing();
    return use(state_);
  }

 private:
  void foresee(const std::filesystem::path& file);
  void require_playing() const ANEMON_REQUIRES(mutex_);
  void read_ahead() ANEMON_REQUIRES(mutex_);
  void apply_ahead() ANEMON_REQUIRES(mutex_);
  void apply(TraceRecord& record) ANEMON_REQUIRES(mutex_);
  bool has_ended() const ANEMON_REQUIRES(mutex_);

  // Constant after construction.
  TraceHeader header_;
  TraceContents contents_;
  Duration first_{};
  Duration shift_{};  // from the trace's times to the player's

  mutable Mutex mutex_;
  TraceReader reader_ ANEMON_GUARDED_BY(mutex_);
  TraceRecord ahead_ ANEMON_GUARDED_BY(mutex_);  // read, not yet due
  bool has_ahead_ ANEMON_GUARDED_BY(mutex_) = false;
  Duration now_ ANEMON_GUARDED_BY(mutex_){};
  Duration last_ ANEMON_GUARDED_BY(mutex_){};  // of the lines applied
  Duration slept_ ANEMON_GUARDED_BY(mutex_){};
  std::string failure_ ANEMON_GUARDED_BY(mutex_);
  std::map<uint32_t, size_t> position_ ANEMON_GUARDED_BY(mutex_);  // by a channel's number
  TraceState state_ ANEMON_GUARDED_BY(mutex_);
};

}  // namespace anemon
