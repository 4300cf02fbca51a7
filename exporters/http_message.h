// What handlers of the HTTP server are given and what they return.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "exporters/http_head.h"
#include "platform/sockets.h"

namespace anemon {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

// One immutable 200 answer, shared by every connection that it is sent to. Its head is rendered
// once, with it, so that sending it takes neither a copy nor an allocation.
class Page {
 public:
  // `fields` are further header fields (Content-Encoding, Vary, Cache-Control ...).
  Page(std::string_view content_type, std::string body, const HttpFields& fields = {});

  const std::string& head() const { return head_; }  // without the final empty line
  const std::string& body() const { return body_; }

 private:
  std::string head_;
  std::string body_;
};
using SharedPage = std::shared_ptr<const Page>;

// Server-sent events for one client. Called and destroyed on the event thread only: never blocks.
class EventSource {
 public:
  virtual ~EventSource() = default;
  // Appends the events (or comments) that are due, in wire form, to `out`, which comes empty.
  // Returns the time after which to ask again; nothing ends the stream. Not called while the client
  // has not yet taken all that was appended before.
  virtual std::optional<Duration> produce(std::string& out) = 0;
};

// Valid during the handler's call only.
struct HttpRequest {
  std::string method;  // of the route: HEAD arrives as the GET it stands for
  std::string path;    // decoded
  HttpFields query;    // decoded; repeated names keep their order among each other
  std::vector<std::string> path_parameters;  // decoded, in the pattern's order, never empty
  std::string body;
  HttpHead head;       // header() of it gives the raw value of any field
  bool local = false;  // came over a Unix socket
  std::optional<PeerCredentials> peer;

  // The last value of that name in the query, like most servers.
  std::optional<std::string_view> query_value(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type;  // empty: none is sent (for answers without a body)
  std::shared_ptr<const std::string> body;
  HttpFields fields;
  std::shared_ptr<EventSource> stream;  // in place of a body; the connection ends with it
};

HttpResponse text_response(int status, std::string_view content_type, std::string body);

// {"error":{"code","message","hint"}} with the media type of JSON.
HttpResponse error_response(int status, std::string_view code, std::string_view message,
                            std::string_view hint = {});

// "Not Found" for 404; "Error" for what has no name here.
std::string_view reason_phrase(int status);

}  // namespace anemon
