#include "exporters/api_request.h"

#include <algorithm>

#include "core/duration.h"
#include "core/edit_distance.h"
#include "core/time_expression.h"

namespace anemon {
namespace {

constexpr size_t kMaxSelectors = 32;

std::string in_quotes(std::string_view text) {
  return "\"" + std::string(text.substr(0, 64)) + "\"";
}

}  // namespace

ApiError bad_request(const std::string& message, std::string hint) {
  return {400, "bad_request", message, std::move(hint)};
}

HttpHandler answering_errors(HttpHandler handler) {
  return [handler = std::move(handler)](const HttpRequest& request) {
    try {
      return handler(request);
    } catch (const ApiError& error) {
      return error_response(error.status(), error.code(), error.what(), error.hint());
    } catch (const UnknownMetric& error) {
      return error_response(404, "not_found", error.what(), error.hint());
    } catch (const Error& error) {
      return error_response(400, "bad_request", error.what(), error.hint());
    }
  };
}

void check_query(const HttpRequest& request, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : request.query) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string_view near = nearest_name(name, {known.begin(), known.size()});
    std::string hint;
    for (const std::string_view one : known) {
      hint += (hint.empty() ? "its parameters are " : ", ") + std::string(one);
    }
    if (known.size() == 0) hint = "it has no parameters";
    if (!near.empty()) hint = "did you mean " + std::string(near) + "?";
    throw bad_request("unknown parameter " + in_quotes(name), hint);
  }
}

std::vector<Selector> query_selectors(const HttpRequest& request) {
  std::vector<Selector> selectors;
  for (const auto& [name, value] : request.query) {
    if (name != "match") continue;
    if (selectors.size() == kMaxSelectors) throw bad_request("more than 32 match parameters");
    selectors.push_back(Selector::parse(value));
  }
  return selectors;
}

std::optional<Duration> query_time(const HttpRequest& request, std::string_view name,
                                   Duration now_wall) {
  const auto text = request.query_value(name);
  if (!text) return std::nullopt;
  const auto time = parse_time(*text, now_wall);
  if (!time) {
    throw bad_request(std::string(name) + ": " + in_quotes(*text) + " is no time",
                      "write now-5m, 2026-01-31T12:00:00Z or Unix seconds");
  }
  return time;
}

std::optional<Duration> query_duration(const HttpRequest& request, std::string_view name,
                                       Duration least, Duration most) {
  const auto text = request.query_value(name);
  if (!text) return std::nullopt;
  const auto duration = parse_duration(*text);
  if (!duration) {
    throw bad_request(std::string(name) + ": " + in_quotes(*text) + " is no duration",
                      "write 500ms, 10s, 5m or 2h");
  }
  if (*duration < least || *duration > most) {
    throw bad_request(std::string(name) + ": " + in_quotes(*text) + " is not between " +
                      format_duration(least) + " and " + format_duration(most));
  }
  return duration;
}

bool query_flag(const HttpRequest& request, std::string_view name) {
  const auto text = request.query_value(name);
  if (!text || *text == "0" || *text == "false") return false;
  if (text->empty() || *text == "1" || *text == "true") return true;
  throw bad_request(std::string(name) + ": " + in_quotes(*text) + " is neither true nor false");
}

}  // namespace anemon
