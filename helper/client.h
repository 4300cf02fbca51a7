// The daemon's end of the connection to the root helper. It never waits longer than kPatience, and
// after a failure it does not try again before a pause, which doubles from one to the next.
//
// Threads: one thread owns the object.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/clock.h"
#include "helper/protocol.h"
#include "platform/file_descriptor.h"
#include "platform/root_helper.h"

namespace anemon {

class HelperClient {
 public:
  // `owner`: who must have made the socket and listen on it.
  HelperClient(std::filesystem::path socket, const Clock& clock, uid_t owner = 0);

  // Asks for `wanted`, in order of pid. Replaces `found` by the answers in the same order; false,
  // with `found` empty, when there are none: status() says why.
  bool ask(uint32_t flags, std::span<const WantedProcess> wanted,
           std::vector<HelpedProcess>& found);

  const RootHelperStatus& status() const noexcept { return status_; }
  // As the last answer said.
  const PowermetricsStatus& powermetrics() const noexcept { return powermetrics_; }
  // When it was last tried, on the awake clock.
  Duration asked() const noexcept { return asked_; }

  static constexpr Duration kPatience = std::chrono::milliseconds(200);
  static constexpr Duration kFirstPause = std::chrono::seconds(1);
  static constexpr Duration kLongestPause = std::chrono::minutes(1);

 private:
  bool open();
  bool exchange(uint32_t flags, std::span<const WantedProcess> wanted,
                std::vector<HelpedProcess>& found, Duration until);
  bool fail(RootHelperStatus::State state, const char* reason);

  const std::filesystem::path path_;
  const Clock& clock_;
  const uid_t owner_;
  FileDescriptor socket_;
  RootHelperStatus status_;
  PowermetricsStatus powermetrics_;
  std::string answer_;
  Duration asked_{};
  Duration pause_ = kFirstPause;
  Duration try_again_{};
};

}  // namespace anemon
