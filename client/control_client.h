// The control API of a running anemond (docs/openapi.yaml) over its Unix socket.
//
// One thread uses a client at a time; cancel() may come from any. Calls block until the answer is
// complete, at most `timeout` for each wait; they throw the errors of client/client_error.h.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/event_stream.h"
#include "core/clock.h"
#include "core/json.h"

namespace anemon {

// Name and value as they are; the client escapes them.
using Query = std::vector<std::pair<std::string, std::string>>;

// What to select out of the store's history. Empty members leave the choice to the daemon.
struct SeriesRequest {
  std::vector<std::string> match;  // metric name or glob, optionally {label="value"}
  std::string from, to;            // RFC 3339, Unix seconds, "now", "now-5m"
  std::string step;                // "10s"
};

struct SessionRequest {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<pid_t> pids;
  std::optional<Duration> max_duration;
};

struct SessionFilter {
  std::string state;
  std::vector<std::string> labels;  // "key=value"
  std::string since;
  std::optional<int> limit;
};

class ControlClient {
 public:
  ControlClient(std::filesystem::path socket, Duration timeout);
  ~ControlClient();

  const std::filesystem::path& socket() const { return socket_; }

  Json status();
  Json metrics(const std::vector<std::string>& match, bool values);
  Json series(const SeriesRequest& request);

  // Calls `handler` for each event until it returns false. Throws UnreachableError when the daemon
  // ends the stream or stays silent for longer than the interval and the timeout together.
  void stream(const std::vector<std::string>& match, Duration interval,
              const EventStreamReader::Handler& handler);

  // Sessions are named by id, by a name only one has, or "last".
  Json start_session(const SessionRequest& request);
  Json stop_session(std::string_view session);
  Json session(std::string_view session);
  Json sessions(const SessionFilter& filter);
  Json annotate(std::string_view session, const std::string& text, const std::string& time);
  void remove_session(std::string_view session);
  // anemon.series/1 of a session, which may still run; counters since it began. `match` as in
  // SeriesRequest.
  Json session_samples(std::string_view session, const std::vector<std::string>& match);

  // Gives the file's bytes to `sink` as they come; format as in the API ("csv", "trace").
  void export_session(std::string_view session, const std::string& format,
                      const std::function<void(std::string_view)>& sink);

  Json reload();

  // Ends the call that is running on another thread, which then throws UnreachableError.
  void cancel();

 private:
  struct Connection;

  Json get(const std::string& path, const Query& query);
  Json post(const std::string& path, const Json& body);

  std::filesystem::path socket_;
  Duration timeout_;
  std::unique_ptr<Connection> connection_;
};

// Whether a socket's path leads to a daemon, without a request.
enum class SocketState { answers, missing, refused, not_permitted };
SocketState probe_socket(const std::filesystem::path& socket);

// `given`; when that is empty $ANEMON_SOCKET, then the first of `defaults` where a daemon answers.
// Where none does: the first of them that may not be opened, else the first. `defaults`: at least
// one.
std::filesystem::path find_socket(const std::filesystem::path& given,
                                  const std::vector<std::filesystem::path>& defaults);

// The status code of GET `path` at "HOST:PORT"; nothing when nobody answers within `timeout`.
std::optional<int> probe_http(std::string_view host_and_port, const std::string& path,
                              Duration timeout);

}  // namespace anemon
