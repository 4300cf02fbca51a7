// What launchd knows of a job, out of `launchctl print DOMAIN/LABEL`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace anemon {

struct LaunchdJob {
  std::string state;  // "running", "not running", "spawn scheduled"; empty when not told
  std::optional<int64_t> pid;
  std::optional<int64_t> last_exit_code;  // nothing: never exited, or a signal ended it
  std::string last_signal;                // "Killed: 9"
  std::optional<int64_t> runs;
};

// Apple calls this text "not API in any sense at all": whatever is not found stays unknown. Only
// the job's own members count, not those of its blocks (environment, sockets).
LaunchdJob parse_launchctl_print(std::string_view text);

}  // namespace anemon
