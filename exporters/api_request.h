// What the JSON API's handlers have in common: parameters of the query and errors as answers.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/selector.h"
#include "exporters/http_message.h"

namespace anemon {

// Refuses a request with that status. Codes are those of docs/openapi.yaml.
class ApiError : public Error {
 public:
  ApiError(int status, std::string code, const std::string& message, std::string hint = {})
      : Error(message, std::move(hint)), status_(status), code_(std::move(code)) {}

  int status() const noexcept { return status_; }
  const std::string& code() const noexcept { return code_; }

 private:
  int status_;
  std::string code_;
};

ApiError bad_request(const std::string& message, std::string hint = {});

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// Turns ApiError into the answer it names, UnknownMetric into 404 and any other Error into 400.
HttpHandler answering_errors(HttpHandler handler);

// Refuses parameters that are not `known`, and says what may have been meant.
void check_query(const HttpRequest& request, std::initializer_list<std::string_view> known);

// All `match` parameters.
std::vector<Selector> query_selectors(const HttpRequest& request);
// A point in time, as core/time_expression.h reads it.
std::optional<Duration> query_time(const HttpRequest& request, std::string_view name,
                                   Duration now_wall);
std::optional<Duration> query_duration(const HttpRequest& request, std::string_view name,
                                       Duration least, Duration most);
// "1", "true" and the bare name are true.
bool query_flag(const HttpRequest& request, std::string_view name);

}  // namespace anemon
