// The seam to the root helper (helper/): what another process, which is root, completes of the
// sources that this one may not read.
//
// Threads: the functions of RootHelper may be called from any thread; what is opened belongs to the
// thread that opened it, with a connection of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "platform/powermetrics.h"
#include "platform/processes.h"

namespace anemon {

struct RootHelperStatus {
  enum class State : uint8_t {
    live,
    absent,   // nobody installed one
    refused,  // it is not for us, or not to be trusted
    stale     // it does not answer; it is asked again after a pause
  };
  State state = State::absent;
  std::string reason;  // from a small set; empty when live
};

class RootHelper {
 public:
  virtual ~RootHelper() = default;

  // The same processes, and the helper's figures of those that `own` is refused. What they watch
  // ends before they do.
  virtual std::unique_ptr<Processes> complete(std::unique_ptr<Processes> own) = 0;

  // The powermetrics that the helper keeps running as long as this is polled; it has no reports.
  virtual std::unique_ptr<Powermetrics> open_powermetrics() = 0;
};

}  // namespace anemon
