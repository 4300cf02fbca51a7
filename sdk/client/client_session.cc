#include "sdk/client/client_session.h"

#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/utf8.h"
#include "sdk/client/daemon_finder.h"

namespace anemon {
namespace {

// Ids go into the targets of requests.
bool is_session_id(const std::string& text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
  });
}

SessionOutcome post(const std::filesystem::path& socket, const std::string& target,
                    const std::string& body, Duration awake_deadline,
                    DaemonConnection::Answer& answer) {
  DaemonConnection connection;
  switch (connection.connect(socket)) {
    case DaemonConnection::Connecting::connected:
      break;
    case DaemonConnection::Connecting::not_permitted:
      return {ANEMON_REFUSED, connection.error()};
    default:
      return {ANEMON_UNREACHABLE, "no daemon: " + connection.error()};
  }
  answer = connection.post(target, body, {awake_deadline});
  if (answer.outcome != DaemonConnection::Outcome::answered) {
    return {answer.timed_out ? ANEMON_TIMEOUT : ANEMON_UNREACHABLE,
            socket.native() + ": " + connection.error()};
  }
  if (answer.status < 200 || answer.status > 299) return {ANEMON_REFUSED, refusal_text(answer)};
  return {};
}

}  // namespace

SessionOutcome begin_session(const std::vector<std::filesystem::path>& sockets, const char* name,
                             Duration awake_deadline, anemon_session& session) {
  session.owner = getpid();
  nlohmann::json body = {{"pids", {session.owner}}};
  if (name != nullptr && *name != '\0') {
    if (!is_clean_utf8(name)) return {ANEMON_INVALID, "a session's name is clean UTF-8"};
    body["name"] = name;
  }
  SessionOutcome outcome;
  for (const auto& socket : sockets) {
    DaemonConnection::Answer answer;
    outcome = post(socket, "/v1/sessions", body.dump(), awake_deadline, answer);
    if (outcome.result == ANEMON_UNREACHABLE) continue;
    if (outcome.result != 0) return outcome;
    const auto document = nlohmann::json::parse(answer.body, nullptr, false);
    if (!document.is_object() || !document.contains("id") || !document["id"].is_string()) {
      return {ANEMON_REFUSED, socket.native() + ": what answers is no daemon of anemon"};
    }
    session.id = document["id"].get<std::string>();
    if (!is_session_id(session.id)) {
      return {ANEMON_REFUSED, socket.native() + ": '" + session.id + "' is no session"};
    }
    session.socket = socket;
    return outcome;
  }
  return outcome;
}

SessionOutcome end_session(const anemon_session& session, Duration awake_deadline) {
  DaemonConnection::Answer answer;
  return post(session.socket, "/v1/sessions/" + session.id + "/stop", "{}", awake_deadline, answer);
}

}  // namespace anemon
