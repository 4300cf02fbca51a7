// Where a daemon may listen, and whether one there takes inferences.
#pragma once

#include <anemon/client.h>

#include <filesystem>
#include <string>
#include <vector>

#include "sdk/client/daemon_connection.h"

namespace anemon {

// `given`, else $ANEMON_SOCKET, else this user's socket and the system's. Reads the environment.
std::vector<std::filesystem::path> sockets_to_try(const char* given);

struct Standing {
  anemon_state state = ANEMON_STATE_LOOKING;
  std::string reason;
};

// What an answer to POST /v1/inferences says of the daemon. Busy for now is `listening`: what was
// sent may be sent again.
Standing standing_of(const DaemonConnection::Answer& answer, const std::string& error);

// The message of {"error":{"message"}}, or the status alone when it is not our daemon that
// answered.
std::string refusal_text(const DaemonConnection::Answer& answer);

// Connects to the first of `sockets` whose daemon takes inferences, which an empty report shows;
// the connection is open then. Otherwise tells why the one nearest to it does not.
Standing find_daemon(const std::vector<std::filesystem::path>& sockets, Duration answer_timeout,
                     const std::atomic<Duration::rep>& limit, DaemonConnection& connection);

}  // namespace anemon
