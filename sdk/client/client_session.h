// A session of the daemon, begun and ended on a connection of its own.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/clock.h"

struct anemon_session {
  std::string id;
  std::filesystem::path socket;  // of the daemon that has it
  pid_t owner;
};

namespace anemon {

// A call to the daemon that failed; what anemon_session_end() returns is in it.
struct SessionOutcome {
  int result = 0;  // an anemon_result
  std::string error;
};

// Fills `session` from the first socket where a daemon begins one that follows this process.
SessionOutcome begin_session(const std::vector<std::filesystem::path>& sockets, const char* name,
                             Duration awake_deadline, anemon_session& session);
SessionOutcome end_session(const anemon_session& session, Duration awake_deadline);

}  // namespace anemon
