// One supervised `powermetrics` child. macOS 27 publishes some energy counters only while an
// entitled program samples them; powermetrics is one, and needs root. Its cost is reported.
//
// Threads: one thread owns the object; no call blocks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.h"

namespace anemon {

enum class PowermetricsMode : uint8_t {
  off,
  refresh,  // the cheapest sampler, so that the system publishes its counters; output is dropped
  source    // its own power figures are read
};

// Mean power over one report. What the report does not have is unset.
struct PowermetricsReport {
  Duration at{};       // awake time of its arrival
  Duration elapsed{};  // what it is the mean over, as powermetrics says
  std::optional<double> cpu_milliwatts, gpu_milliwatts, ane_milliwatts, dram_milliwatts;
};

// Two reports that follow each other as one: no energy is lost. What one of them lacks is unset:
// its mean over both is not known.
PowermetricsReport combined(const PowermetricsReport& earlier, const PowermetricsReport& later);

struct PowermetricsStatus {
  enum class State : uint8_t { running, waiting, refused, absent };  // waiting: to restart
  State state = State::absent;
  std::string reason;  // why it does not run; empty while it does
  Duration cpu{};      // what all its children have used so far
  uint64_t starts = 0;
};

class Powermetrics {
 public:
  virtual ~Powermetrics() = default;

  // Starts or restarts the child when that is due, takes what it wrote. Returns the reports that
  // arrived since the last call, combined into one, if any.
  virtual std::optional<PowermetricsReport> poll(Instant now) = 0;

  virtual const PowermetricsStatus& status() const = 0;
};

// Starts nothing before the first poll, and never anything without root.
std::unique_ptr<Powermetrics> make_powermetrics(
    PowermetricsMode mode, const std::filesystem::path& program = "/usr/bin/powermetrics");

}  // namespace anemon
