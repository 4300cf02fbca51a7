#include "daemon/session_routes.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <nlohmann/json.hpp>

#include "daemon/control_json.h"
#include "exporters/api_request.h"
#include "exporters/json_text.h"

namespace anemon {
namespace {

constexpr uint32_t kMaxListed = 1000;

ApiError as_api_error(const SessionError& error) {
  const auto make = [&](int status, const char* code) {
    return ApiError(status, code, error.what(), error.hint());
  };
  switch (error.code()) {
    case SessionErrorCode::not_found:
      return make(404, "not_found");
    case SessionErrorCode::conflict:
      return make(409, "conflict");
    case SessionErrorCode::too_large:
      return make(413, "too_large");
    case SessionErrorCode::unavailable:
      return make(503, "unavailable");
    case SessionErrorCode::storage_full:
      return make(507, "storage_full");
    case SessionErrorCode::bad_request:
      break;
  }
  return make(400, "bad_request");
}

// Every call of the keeper may wait for the disk: never on the event thread.
Route session_route(const char* method, const char* path, HttpHandler handler) {
  HttpHandler mapped = [handler = std::move(handler)](const HttpRequest& request) {
    try {
      return handler(request);
    } catch (const SessionError& error) {
      throw as_api_error(error);
    }
  };
  return {method, path, path, RouteSpeed::pooled, answering_errors(std::move(mapped))};
}

HttpResponse document(int status, std::string text) {
  return text_response(status, "application/json", std::move(text) + "\n");
}

uint32_t limit_of(const HttpRequest& request) {
  const auto text = request.query_value("limit");
  if (!text) return SessionFilter().limit;
  uint32_t limit = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error != std::errc() || end != text->data() + text->size() || limit < 1 ||
      limit > kMaxListed) {
    throw bad_request("limit must be a number from 1 to 1000");
  }
  return limit;
}

SessionFilter filter_of(const HttpRequest& request, Duration now_wall) {
  check_query(request, {"state", "label", "since", "limit"});
  SessionFilter filter;
  if (const auto state = request.query_value("state")) {
    constexpr std::array<std::string_view, 4> kStates = {"running", "stopped", "interrupted",
                                                         "expired"};
    if (std::find(kStates.begin(), kStates.end(), *state) == kStates.end()) {
      throw bad_request("state is one of running, stopped, interrupted and expired");
    }
    filter.state = *state;
  }
  for (const auto& [name, value] : request.query) {
    if (name != "label") continue;
    const size_t equal = value.find('=');
    if (equal == std::string::npos || equal == 0) {
      throw bad_request("label needs the form NAME=VALUE");
    }
    filter.labels.emplace_back(value.substr(0, equal), value.substr(equal + 1));
  }
  filter.since_wall = query_time(request, "since", now_wall);
  filter.limit = limit_of(request);
  return filter;
}

// For a file name: the reference may be a session's name, which holds anything printable.
std::string file_stem(std::string_view ref) {
  std::string stem(ref);
  for (char& c : stem) {
    const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_';
    if (!safe) c = '_';
  }
  return stem;
}

// Exports are large, and clients may read them slowly or never: all that are not yet sent may hold
// this much. One that is being built is one string, moved into its answer and never copied.
constexpr size_t kMaxUnsentExports = SessionKeeper::kMaxExport;
std::atomic<size_t> unsent_exports{0};

[[noreturn]] void too_many_exports() {
  throw ApiError(503, "busy", "too many exports are being sent", "try again when they are done");
}

// Shares `text` as long as somebody sends it, and counts its bytes until then.
std::shared_ptr<const std::string> budgeted(std::string text) {
  const size_t size = text.size();
  if (unsent_exports.fetch_add(size) + size > kMaxUnsentExports) {
    unsent_exports.fetch_sub(size);
    too_many_exports();
  }
  return {new std::string(std::move(text)), [size](const std::string* sent) {
            delete sent;
            unsent_exports.fetch_sub(size);
          }};
}

// Is given up as soon as it is larger than what may still be held, not when it is complete.
std::string build_export(SessionKeeper& sessions, const std::string& ref, SessionFormat format) {
  const size_t unsent = unsent_exports;
  if (unsent >= kMaxUnsentExports) too_many_exports();
  try {
    return sessions.export_as(ref, format, kMaxUnsentExports - unsent);
  } catch (const SessionError& error) {
    if (error.code() != SessionErrorCode::too_large || unsent == 0) throw;
    too_many_exports();
  }
}

HttpResponse export_answer(SessionKeeper& sessions, const HttpRequest& request) {
  check_query(request, {"format"});
  const auto name = request.query_value("format").value_or("json");
  const auto format = find_session_format(name);
  if (!format) {
    throw bad_request("format is one of json, csv, ndjson, openmetrics and trace");
  }
  const std::string& ref = request.path_parameters[0];
  HttpResponse response;
  response.content_type = content_type(*format);
  response.body = budgeted(build_export(sessions, ref, *format));
  response.fields = {{"Content-Disposition", "attachment; filename=\"" + file_stem(ref) + "." +
                                                 std::string(file_extension(*format)) + "\""}};
  return response;
}

HttpResponse samples_answer(SessionKeeper& sessions, const HttpRequest& request) {
  check_query(request, {"match", "step"});
  std::vector<std::string> matches;
  for (const Selector& selector : query_selectors(request)) matches.push_back(selector.text());
  const auto step =
      query_duration(request, "step", std::chrono::milliseconds(1), std::chrono::hours(24));
  return document(
      200, sessions.samples(request.path_parameters[0], matches, step.value_or(Duration::zero())));
}

HttpResponse count_answer(size_t accepted, size_t refused) {
  return json_response(202, {{"accepted", accepted}, {"refused", refused}});
}

}  // namespace

std::vector<Route> session_reading_routes(const ControlContext& context) {
  SessionKeeper& sessions = context.sessions;
  const Clock& clock = context.sources.clock;
  return {
      session_route("GET", "/v1/sessions",
                    [&sessions, &clock](const HttpRequest& request) {
                      return document(200, sessions.list(filter_of(request, clock.now().wall)));
                    }),
      session_route("GET", "/v1/sessions/{id}",
                    [&sessions](const HttpRequest& request) {
                      check_query(request, {});
                      return document(200, sessions.get(request.path_parameters[0]));
                    }),
  };
}

std::vector<Route> session_data_routes(const ControlContext& context) {
  SessionKeeper& sessions = context.sessions;
  return {
      session_route(
          "GET", "/v1/sessions/{id}/samples",
          [&sessions](const HttpRequest& request) { return samples_answer(sessions, request); }),
      session_route(
          "GET", "/v1/sessions/{id}/export",
          [&sessions](const HttpRequest& request) { return export_answer(sessions, request); }),
  };
}

std::vector<Route> session_changing_routes(const ControlContext& context) {
  SessionKeeper& sessions = context.sessions;
  InferenceQueue& inferences = context.inferences;
  const Clock& clock = context.sources.clock;
  return {
      session_route("POST", "/v1/sessions",
                    [&sessions](const HttpRequest& request) {
                      return document(201, sessions.start(parse_session_request(request.body)));
                    }),
      session_route("POST", "/v1/sessions/{id}/stop",
                    [&sessions](const HttpRequest& request) {
                      parse_nothing(request.body);
                      return document(200, sessions.stop(request.path_parameters[0]));
                    }),
      session_route("POST", "/v1/sessions/{id}/annotations",
                    [&sessions, &clock](const HttpRequest& request) {
                      const Annotation annotation =
                          parse_annotation(request.body, clock.now().wall);
                      return document(201, sessions.annotate(request.path_parameters[0],
                                                             annotation.text, annotation.wall));
                    }),
      session_route("POST", "/v1/sessions/{id}/events",
                    [&sessions, &inferences, &clock](const HttpRequest& request) {
                      auto events = parse_inferences(request.body, clock.now().wall);
                      const auto count = sessions.add_events(request.path_parameters[0], events);
                      // What was taken is metrics as well; what was refused is counted nowhere.
                      size_t at = 0;
                      std::erase_if(events, [&](const auto&) { return !count.taken[at++]; });
                      inferences.push(events);
                      return count_answer(count.accepted, count.refused);
                    }),
      session_route("DELETE", "/v1/sessions/{id}",
                    [&sessions](const HttpRequest& request) {
                      sessions.remove(request.path_parameters[0]);
                      return HttpResponse{204, {}, nullptr, {}, nullptr};
                    }),
  };
}

}  // namespace anemon
