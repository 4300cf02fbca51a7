// Neural accelerators under DRM accel: busy time, memory, clock, power state. Engines are "ane0",
// "ane1", ... by the kernel's number, under the names that Apple's engine has.
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
#include "core/clock.h"
#include "platform/drm_accel.h"

namespace anemon {

class AneCollector final : public Collector {
 public:
  // Null when this system has no such source. The clock gives the times next to the reads.
  AneCollector(std::unique_ptr<Accelerators> source, const Clock& clock);

  void collect(Pass& pass) override;

 private:
  struct Engine {
    explicit Engine(const AccelDevice& raw);
    AccelDevice device;
    // Busy time counts from the driver's first job on: never non-zero means not proven.
    MonotoneCounter busy_us;
    std::optional<int64_t> last_busy_us;
    Duration last_at{};
    std::optional<double> minimum_hertz, maximum_hertz;  // as of the last scan
    Series ratio, active_seconds, memory, clock, minimum, maximum, powered;
    SignalLine ratio_signal, active_signal, memory_signal, clock_signal, powered_signal;
  };

  void rescan(Pass& pass);
  void read_busy(size_t index, Pass& pass);
  void read_memory(size_t index, Pass& pass);
  void read_clock(size_t index, Pass& pass);
  void read_power_state(size_t index, Pass& pass);
  void note(ReadStatus status);

  const std::unique_ptr<Accelerators> source_;
  const Clock& clock_;
  RescanSchedule schedule_;
  std::vector<Engine> engines_;
  SignalLine no_engine_;
  bool answer_missing_ = false;
};

std::unique_ptr<Collector> make_ane(const CollectorContext& context);

}  // namespace anemon
