// Clocks, their limits and the time spent at each, from cpufreq policies and devfreq devices.
//
// A domain is named by its processors ("cpu0", "cpu0-3", "cpu0-3,8"), a devfreq device by what it
// is ("gpu") or its own name. The clock is the mean over the last tick's active time where the
// kernel computes one (cpuinfo_avg_freq), else the momentary clock: both are measured.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collectors/collector.h"
#include "collectors/collectors.h"
#include "collectors/monotone_counter.h"
#include "collectors/rescan_schedule.h"
#include "collectors/signal_line.h"
#include "platform/cpufreq.h"

namespace anemon {

class FrequencyCollector final : public Collector {
 public:
  // Null when this system has no such source.
  explicit FrequencyCollector(std::unique_ptr<ClockDomains> source);

  void collect(Pass& pass) override;

  // "0 1 2 3 8" as "cpu0-3,8"; empty when the text is not a list of numbers.
  static std::string domain_name(std::string_view cpus);

 private:
  struct State {
    int64_t kilohertz;
    MonotoneCounter ticks;  // of 10 ms
    Series residency;
  };

  struct Domain {
    Domain(const std::string& name, const ClockDomain& raw);
    std::string name;
    double unit_hertz;  // of the source's numbers
    Series clock, minimum, maximum;
    std::optional<double> minimum_hertz, maximum_hertz;  // as of the last scan
    std::vector<State> states;                           // in the driver's order
  };

  void rescan(Pass& pass);
  ReadStatus read_clock(size_t index, Pass& pass);
  ReadStatus read_states(size_t index, Pass& pass);

  const std::unique_ptr<ClockDomains> source_;
  RescanSchedule schedule_;
  std::vector<Domain> domains_;
  SignalLine clock_signal_, limit_signal_, residency_signal_;
  std::array<char, 16384> buffer_;  // a table of states: at most a few pages
};

std::unique_ptr<Collector> make_frequency(const CollectorContext& context);

}  // namespace anemon
