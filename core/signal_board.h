// The state of every known signal: for each metric family, component and source, whether it can be
// read on this machine, and if not, why. Absent is not zero, and it has a reason.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/catalogue.h"
#include "core/clock.h"
#include "core/mutex.h"

namespace anemon {

enum class SignalState : uint8_t {
  unproven,  // never yet non-zero: not trusted
  live,
  stale,    // not published for too long
  gated,    // the OS refreshes it only for entitled readers
  frozen,   // still, while another signal of the same engine moves
  refused,  // permission or subscription denied
  absent    // this machine has no such channel
};
std::string_view to_string(SignalState state);

struct Signal {
  Metric metric;
  std::string component;
  std::string source;  // procfs, rapl, hwmon, drm, ioreport, ...
  SignalState state = SignalState::absent;
  std::string reason;  // short and from a small set, e.g. "no powercap domains"; empty when live
  Provenance provenance = Provenance::measured;
  Instant since;                        // of the state
  std::optional<Duration> published{};  // wall time of the device's newest publication
  std::string reporter{};
};

// Thread safety: any thread. Collectors report through Pass::signal, which remembers what it said,
// so that an unchanged state takes no lock.
class SignalBoard {
 public:
  // Returns true when the state or the reason changed. At most kMaxSignals are kept. `reporter`:
  // the collector that speaks, see `withhold`.
  bool report(Metric metric, std::string_view component, std::string_view source, SignalState state,
              std::string_view reason, Provenance provenance, Instant now,
              std::string_view reporter = {});

  // A reporter that hangs, fails or is disabled cannot say so itself: what it last called live or
  // unproven is shown as stale with this reason until it is lifted by an empty one.
  void withhold(std::string_view reporter, std::string_view reason, Instant now);

  // A device's own time of publication, for sources that tell it.
  void published(Metric metric, std::string_view component, std::string_view source, Duration wall);

  std::vector<Signal> signals() const;

  // Replaces `times` by the `published` of all signals, in their order, and returns the version
  // that the order belongs to.
  uint64_t published_times(std::vector<std::optional<Duration>>& times) const;

  // Changes whenever `signals` would answer differently, `published` apart.
  uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }

  static constexpr size_t kMaxSignals = 512;

 private:
  Signal* find(Metric metric, std::string_view component, std::string_view source)
      ANEMON_REQUIRES(mutex_);

  mutable Mutex mutex_;
  struct Withheld {
    std::string reason;
    Instant since;
  };
  std::vector<Signal> signals_ ANEMON_GUARDED_BY(mutex_);  // sorted by metric, component, source
  std::map<std::string, Withheld, std::less<>> withheld_ ANEMON_GUARDED_BY(mutex_);  // by reporter
  std::atomic<uint64_t> version_{0};
};

}  // namespace anemon
