// A recording in the place of the machine: what the daemon needs of it.
#pragma once

#include <filesystem>
#include <memory>

#include "core/log.h"
#include "core/worker.h"
#include "platform/apple_devices.h"
#include "platform/replay_clock.h"

namespace anemon {

class Replay {
 public:
  // The recording's first moment is now by `real`. Throws Error when its beginning is bad.
  Replay(const std::filesystem::path& file, double speed, const Clock& real)
      : player_(file, real.now().awake), clock_(player_, speed, real), file_(file.string()) {}

  Clock& clock() noexcept { return clock_; }
  std::unique_ptr<AppleDevices> open_devices() const;

  // Logs what is played, and once that it has ended. `log` and this outlive the worker.
  std::unique_ptr<Worker> watch(Log& log) const;

 private:
  void await_end(const StopFlag& stop, Log& log) const;

  TracePlayer player_;
  ReplayClock clock_;
  const std::string file_;
};

}  // namespace anemon
