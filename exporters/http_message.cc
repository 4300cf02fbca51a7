#include "exporters/http_message.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace anemon {

Page::Page(std::string_view content_type, std::string body, const HttpFields& fields)
    : body_(std::move(body)) {
  head_ = "HTTP/1.1 200 OK\r\nContent-Type: ";
  head_ += content_type;
  head_ += "\r\nContent-Length: " + std::to_string(body_.size()) + "\r\n";
  for (const auto& [name, value] : fields) head_ += name + ": " + value + "\r\n";
}

std::optional<std::string_view> HttpRequest::query_value(std::string_view name) const {
  const auto found = std::find_if(query.rbegin(), query.rend(),
                                  [name](const auto& pair) { return pair.first == name; });
  if (found == query.rend()) return std::nullopt;
  return found->second;
}

HttpResponse text_response(int status, std::string_view content_type, std::string body) {
  HttpResponse response;
  response.status = status;
  response.content_type = content_type;
  response.body = std::make_shared<const std::string>(std::move(body));
  return response;
}

HttpResponse error_response(int status, std::string_view code, std::string_view message,
                            std::string_view hint) {
  nlohmann::ordered_json error = {{"code", code}, {"message", message}};
  if (!hint.empty()) error["hint"] = hint;
  const nlohmann::ordered_json document = {{"error", std::move(error)}};
  // A message may quote bytes that are not UTF-8: they must not turn into an exception.
  return text_response(
      status, "application/json",
      document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

std::string_view reason_phrase(int status) {
  struct Phrase {
    int status;
    std::string_view text;
  };
  static constexpr std::array kPhrases = {
      Phrase{100, "Continue"},
      Phrase{200, "OK"},
      Phrase{201, "Created"},
      Phrase{202, "Accepted"},
      Phrase{204, "No Content"},
      Phrase{304, "Not Modified"},
      Phrase{400, "Bad Request"},
      Phrase{401, "Unauthorized"},
      Phrase{403, "Forbidden"},
      Phrase{404, "Not Found"},
      Phrase{405, "Method Not Allowed"},
      Phrase{408, "Request Timeout"},
      Phrase{409, "Conflict"},
      Phrase{413, "Content Too Large"},
      Phrase{414, "URI Too Long"},
      Phrase{415, "Unsupported Media Type"},
      Phrase{417, "Expectation Failed"},
      Phrase{431, "Request Header Fields Too Large"},
      Phrase{500, "Internal Server Error"},
      Phrase{501, "Not Implemented"},
      Phrase{503, "Service Unavailable"},
      Phrase{504, "Gateway Timeout"},
      Phrase{505, "HTTP Version Not Supported"},
      Phrase{507, "Insufficient Storage"},
  };
  const auto* const found = std::find_if(kPhrases.begin(), kPhrases.end(),
                                         [status](const Phrase& p) { return p.status == status; });
  return found == kPhrases.end() ? "Error" : found->text;
}

}  // namespace anemon
