#include "sdk/client/daemon_finder.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "platform/default_paths.h"

namespace anemon {
namespace {

Standing reach(const std::filesystem::path& socket, Duration answer_timeout,
               const std::atomic<Duration::rep>& limit, DaemonConnection& connection) {
  switch (connection.connect(socket)) {
    case DaemonConnection::Connecting::connected:
      break;
    case DaemonConnection::Connecting::not_permitted:
      return {ANEMON_STATE_REFUSED, connection.error()};
    case DaemonConnection::Connecting::absent:
    case DaemonConnection::Connecting::failed:
      return {ANEMON_STATE_ABSENT, connection.error()};
  }
  const auto answer = connection.post("/v1/inferences", "{\"events\":[]}",
                                      {SystemClock().awake() + answer_timeout, &limit});
  Standing standing = standing_of(answer, connection.error());
  if (standing.state != ANEMON_STATE_LISTENING) connection.close();
  return standing;
}

// Which of two failures tells a user more.
int nearness(anemon_state state) {
  switch (state) {
    case ANEMON_STATE_REFUSED:
      return 2;
    case ANEMON_STATE_SILENT:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::vector<std::filesystem::path> sockets_to_try(const char* given) {
  if (given != nullptr && *given != '\0') return {given};
  if (const char* named = std::getenv("ANEMON_SOCKET"); named != nullptr && *named != '\0') {
    return {named};
  }
  return default_sockets();
}

std::string refusal_text(const DaemonConnection::Answer& answer) {
  const auto document = nlohmann::json::parse(answer.body, nullptr, false);
  if (document.is_object() && document.contains("error") && document["error"].is_object()) {
    const auto& error = document["error"];
    if (error.contains("message") && error["message"].is_string()) {
      return error["message"].get<std::string>();
    }
  }
  return "an answer with HTTP status " + std::to_string(answer.status);
}

Standing standing_of(const DaemonConnection::Answer& answer, const std::string& error) {
  if (answer.outcome != DaemonConnection::Outcome::answered) return {ANEMON_STATE_SILENT, error};
  if (answer.status == 202) return {ANEMON_STATE_LISTENING, "the daemon counts inferences"};
  const std::string text = refusal_text(answer);
  const bool is_disabled =
      answer.status == 503 && answer.body.find("\"unavailable\"") != std::string::npos;
  if ((answer.status == 503 && !is_disabled) || answer.status == 429 || answer.status == 507) {
    return {ANEMON_STATE_LISTENING, text};
  }
  return {ANEMON_STATE_REFUSED, text};
}

Standing find_daemon(const std::vector<std::filesystem::path>& sockets, Duration answer_timeout,
                     const std::atomic<Duration::rep>& limit, DaemonConnection& connection) {
  Standing best{ANEMON_STATE_ABSENT, "no daemon"};
  bool first = true;
  for (const auto& socket : sockets) {
    Standing standing = reach(socket, answer_timeout, limit, connection);
    if (standing.state == ANEMON_STATE_LISTENING) return standing;
    if (first || nearness(standing.state) > nearness(best.state)) best = std::move(standing);
    first = false;
  }
  return best;
}

}  // namespace anemon
