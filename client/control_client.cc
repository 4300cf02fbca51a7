#include "client/control_client.h"

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <exception>
#include <nlohmann/json.hpp>

#include "client/client_error.h"
#include "core/duration.h"
#include "core/listen_address.h"

namespace anemon {
namespace {

using std::chrono::microseconds;

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (is_unreserved(c)) {
      result.push_back(c);
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

std::string target(const std::string& path, const Query& query) {
  std::string result = path;
  char separator = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    result += separator + escaped(name) + '=' + escaped(value);
    separator = '&';
  }
  return result;
}

std::string session_path(std::string_view session) { return "/v1/sessions/" + escaped(session); }

std::string text_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

// The daemon's own words, or what the status alone says when it is not our daemon that answered.
[[noreturn]] void throw_api_error(int status, const std::string& body) {
  const Json document = Json::parse(body, nullptr, false);
  const Json* error = nullptr;
  if (document.is_object()) {
    const auto found = document.find("error");
    if (found != document.end() && found->is_object()) error = &*found;
  }
  if (error == nullptr) {
    throw ProtocolError(fmt::format("unexpected answer with HTTP status {}", status),
                        "is it another program, or another version, that owns the socket?");
  }
  const std::string message = text_member(*error, "message");
  std::string hint = text_member(*error, "hint");
  if (status == 401 || status == 403) throw NotPermittedError(message, std::move(hint));
  std::string code = text_member(*error, "code");
  if (status == 404) throw NotFoundError(status, std::move(code), message, std::move(hint));
  throw DeclinedError(status, std::move(code), message, std::move(hint));
}

Json parse_document(const std::string& body) {
  Json document = Json::parse(body, nullptr, false);
  if (document.is_discarded()) throw ProtocolError("the answer is not a JSON document");
  return document;
}

// Why there is no answer; the library only knows at which step it failed.
[[noreturn]] void throw_no_answer(const std::filesystem::path& socket, httplib::Error error,
                                  Duration waited, Duration timeout) {
  const std::string place = socket.native();
  switch (probe_socket(socket)) {
    case SocketState::not_permitted:
      throw NotPermittedError(place + ": permission denied",
                              "ask for the group of the socket, or run as the daemon's user");
    case SocketState::missing:
      throw UnreachableError("no daemon at " + place + ": no such socket",
                             "start one with: anemond");
    case SocketState::refused:
      throw UnreachableError("no daemon at " + place + ": connection refused",
                             "the daemon has gone; start it with: anemond");
    case SocketState::answers:
      break;
  }
  if (waited >= timeout) {
    throw UnreachableError(
        fmt::format("{}: no answer within {}", place, format_duration(timeout)),
        "the daemon is busy or hangs; wait longer with --timeout, or see its log");
  }
  throw UnreachableError(
      fmt::format("{}: the connection broke ({})", place, httplib::to_string(error)),
      "see the daemon's log");
}

// Runs one request and returns its answer, whatever its status.
template <class Request>
httplib::Result answer_of(const std::filesystem::path& socket, Duration timeout,
                          const std::atomic<bool>& cancelled, const Request& request) {
  const auto began = std::chrono::steady_clock::now();
  httplib::Result result = request();
  if (!result && cancelled) throw UnreachableError("cancelled");
  if (!result) {
    throw_no_answer(socket, result.error(), std::chrono::steady_clock::now() - began, timeout);
  }
  return result;
}

// Gives a successful answer's body to `take` in pieces until it returns false, and throws what it
// throws: no exception may cross the HTTP library's frames.
void receive(httplib::Client& http, const std::filesystem::path& socket, Duration timeout,
             const std::atomic<bool>& cancelled, const std::string& request_target,
             const httplib::Headers& headers, const std::function<bool(std::string_view)>& take) {
  int status = 0;
  bool stopped = false;
  std::string error_body;
  std::exception_ptr failure;
  const auto began = std::chrono::steady_clock::now();
  const httplib::Result result = http.Get(
      request_target, headers,
      [&](const httplib::Response& response) {
        status = response.status;
        return true;
      },
      [&](const char* data, size_t size) {
        if (status != 200) {
          error_body.append(data, std::min<size_t>(size, 65536));
          return error_body.size() < 65536;
        }
        try {
          stopped = !take(std::string_view(data, size));
        } catch (...) {
          failure = std::current_exception();
        }
        return !stopped && failure == nullptr;
      });
  if (failure != nullptr) std::rethrow_exception(failure);
  if (stopped) return;
  if (status != 0 && status != 200) throw_api_error(status, error_body);
  if (!result && cancelled) throw UnreachableError("cancelled");
  if (!result) {
    throw_no_answer(socket, result.error(), std::chrono::steady_clock::now() - began, timeout);
  }
}

}  // namespace

struct ControlClient::Connection {
  Connection(const std::filesystem::path& socket, Duration timeout) : http(socket.native(), 80) {
    http.set_address_family(AF_UNIX);
    http.set_default_headers({{"Host", "anemon"}, {"User-Agent", "anemon-client"}});
    http.set_connection_timeout(timeout);
    http.set_read_timeout(timeout);
    http.set_write_timeout(timeout);
    http.set_keep_alive(true);
  }

  httplib::Client http;
  std::atomic<bool> cancelled{false};
};

ControlClient::ControlClient(std::filesystem::path socket, Duration timeout)
    : socket_(std::move(socket)),
      timeout_(timeout),
      connection_(std::make_unique<Connection>(socket_, timeout)) {}

ControlClient::~ControlClient() = default;

void ControlClient::cancel() {
  connection_->cancelled = true;
  connection_->http.stop();
}

Json ControlClient::get(const std::string& path, const Query& query) {
  const auto result = answer_of(socket_, timeout_, connection_->cancelled,
                                [&] { return connection_->http.Get(target(path, query)); });
  if (result->status != 200) throw_api_error(result->status, result->body);
  return parse_document(result->body);
}

Json ControlClient::post(const std::string& path, const Json& body) {
  const auto result = answer_of(socket_, timeout_, connection_->cancelled, [&] {
    return connection_->http.Post(path, body.dump(), "application/json");
  });
  if (result->status < 200 || result->status > 299) throw_api_error(result->status, result->body);
  return parse_document(result->body);
}

Json ControlClient::status() { return get("/v1/status", {}); }

Json ControlClient::metrics(const std::vector<std::string>& match, bool values) {
  Query query;
  for (const auto& pattern : match) query.emplace_back("match", pattern);
  if (values) query.emplace_back("values", "1");
  return get("/v1/metrics", query);
}

Json ControlClient::series(const SeriesRequest& request) {
  Query query;
  for (const auto& selector : request.match) query.emplace_back("match", selector);
  query.emplace_back("from", request.from);
  query.emplace_back("to", request.to);
  query.emplace_back("step", request.step);
  return get("/v1/series", query);
}

Json ControlClient::start_session(const SessionRequest& request) {
  Json body = Json::object();
  if (!request.name.empty()) body["name"] = request.name;
  for (const auto& [key, value] : request.labels) body["labels"][key] = value;
  if (!request.pids.empty()) body["pids"] = request.pids;
  if (request.max_duration) body["max_duration_seconds"] = to_seconds(*request.max_duration);
  return post("/v1/sessions", body);
}

Json ControlClient::stop_session(std::string_view session) {
  return post(session_path(session) + "/stop", Json::object());
}

Json ControlClient::session(std::string_view session) { return get(session_path(session), {}); }

Json ControlClient::sessions(const SessionFilter& filter) {
  Query query = {{"state", filter.state}, {"since", filter.since}};
  for (const auto& label : filter.labels) query.emplace_back("label", label);
  if (filter.limit) query.emplace_back("limit", std::to_string(*filter.limit));
  return get("/v1/sessions", query);
}

Json ControlClient::annotate(std::string_view session, const std::string& text,
                             const std::string& time) {
  Json body = {{"text", text}};
  if (!time.empty()) body["time"] = time;
  return post(session_path(session) + "/annotations", body);
}

void ControlClient::remove_session(std::string_view session) {
  const auto result = answer_of(socket_, timeout_, connection_->cancelled,
                                [&] { return connection_->http.Delete(session_path(session)); });
  if (result->status < 200 || result->status > 299) throw_api_error(result->status, result->body);
}

Json ControlClient::session_samples(std::string_view session,
                                    const std::vector<std::string>& match) {
  Query query;
  for (const auto& selector : match) query.emplace_back("match", selector);
  return get(session_path(session) + "/samples", query);
}

Json ControlClient::reload() { return post("/v1/reload", Json::object()); }

void ControlClient::export_session(std::string_view session, const std::string& format,
                                   const std::function<void(std::string_view)>& sink) {
  receive(connection_->http, socket_, timeout_, connection_->cancelled,
          target(session_path(session) + "/export", {{"format", format}}), {},
          [&](std::string_view piece) {
            sink(piece);
            return true;
          });
}

void ControlClient::stream(const std::vector<std::string>& match, Duration interval,
                           const EventStreamReader::Handler& handler) {
  Query query;
  for (const auto& selector : match) query.emplace_back("match", selector);
  query.emplace_back("interval", format_duration(interval));
  EventStreamReader reader(handler);
  bool wants_more = true;
  connection_->http.set_read_timeout(interval + timeout_);
  receive(connection_->http, socket_, interval + timeout_, connection_->cancelled,
          target("/v1/stream", query), {{"Accept", "text/event-stream"}},
          [&](std::string_view piece) { return wants_more = reader.feed(piece); });
  connection_->http.set_read_timeout(timeout_);
  if (wants_more) {
    throw UnreachableError(socket_.native() + ": the daemon ended the stream",
                           "it shut down, or this reader was too slow");
  }
}

std::optional<int> probe_http(std::string_view host_and_port, const std::string& path,
                              Duration timeout) {
  const auto address = parse_listen_address(host_and_port);
  if (!address) return std::nullopt;
  httplib::Client http(address->host, address->port);
  http.set_connection_timeout(timeout);
  http.set_read_timeout(timeout);
  const httplib::Result result = http.Get(path);
  if (!result) return std::nullopt;
  return result->status;
}

}  // namespace anemon
