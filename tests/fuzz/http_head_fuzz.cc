// Any bytes as the beginning of a connection: what the strict check accepts must keep its promises,
// and the parser behind it must answer it with one well-formed head.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "exporters/http_gate.h"
#include "tests/recording_log.h"

using namespace anemon;

namespace {

constexpr size_t kSmall = 512;  // every prefix of longer heads would take too long

void require(bool promise) {
  if (!promise) std::abort();
}

std::vector<Route> routes() {
  const auto handler = [](const HttpRequest& request) {
    for (const std::string& parameter : request.path_parameters) {
      require(!parameter.empty() && parameter.size() <= 64);
    }
    return text_response(200, "text/plain", "ok");
  };
  std::vector<Route> result;
  for (const char* method : {"GET", "POST", "PUT", "DELETE"}) {
    for (const char* pattern : {"/", "/metrics", "/v1/sessions/{id}", "/v1/sessions/{id}/{part}"}) {
      Route route;
      route.method = method;
      route.label = route.pattern = pattern;
      route.handler = handler;
      result.push_back(route);
    }
  }
  return result;
}

void check_accepted(std::string_view bytes, const HttpHead& head, const HeadLimits& limits) {
  require(head.target.starts_with('/') && head.target.size() <= limits.target);
  require(std::all_of(head.target.begin(), head.target.end(),
                      [](char c) { return c > 32 && c < 127; }));
  require(head.content_length <= limits.body);
  require(bytes.find('\0') == std::string_view::npos);
  require(head.header("transfer-encoding").empty());
  const auto lines = std::count(bytes.begin(), bytes.end(), '\n');
  require(lines == std::count(bytes.begin(), bytes.end(), '\r'));
  require(static_cast<size_t>(lines) <= limits.headers + 2);
  if (bytes.size() > kSmall) return;
  for (size_t i = 1; i < bytes.size(); ++i)
    require(!check_incomplete_head(bytes.substr(0, i), limits));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static test::RecordingLog log;
  static HttpGate gate(routes(), log);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  HeadLimits limits;
  limits.body = 1024;

  const size_t length = head_length(bytes);
  if (length == 0) {
    if (!bytes.empty()) check_incomplete_head(bytes, limits);
    return 0;
  }
  GateRequest request;
  if (check_head(bytes.substr(0, length), limits, request.head)) return 0;
  check_accepted(bytes.substr(0, length), request.head, limits);

  const GateResult result = gate.process(request, request.head.close);
  const std::string& head = result.answer.head;
  const int status = result.answer.status;
  require(status == 200 || status == 404 || status == 405);
  require(head.starts_with("HTTP/1.1 " + std::to_string(status) + " "));
  require(head_length(head) == head.size());
  require((head.find("\r\nConnection: close\r\n") != std::string::npos) == request.head.close);
  require(log.lines().empty());
  return 0;
}
