#include "daemon/replay.h"

#include <unistd.h>

#include "platform/replay_devices.h"

namespace anemon {

std::unique_ptr<AppleDevices> Replay::open_devices() const { return open_replay_devices(player_); }

std::unique_ptr<Worker> Replay::watch(Log& log) const {
  const TraceHeader& header = player_.header();
  log.info("replaying",
           {{"recording", file_}, {"chip", header.machine.chip}, {"recorded", header.recorded}});
  return std::make_unique<Worker>("replay",
                                  [this, &log](const StopFlag& stop) { await_end(stop, log); });
}

void Replay::await_end(const StopFlag& stop, Log& log) const {
  constexpr useconds_t kPause = 50'000;
  while (!player_.ended()) {
    if (stop.requested()) return;
    usleep(kPause);
    clock_.now();  // plays on, were nobody else to ask the time
  }
  const std::string failure = player_.failure();
  if (failure.empty()) {
    log.warn("the recording has ended: its readings go stale", {{"recording", file_}});
  } else {
    log.error("the recording is bad: its readings go stale", {{"reason", failure}});
  }
}

}  // namespace anemon
