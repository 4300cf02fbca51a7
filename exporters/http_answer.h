// One answer on its way to a client: parts that are sent in order, without copying any.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "exporters/http_message.h"

namespace anemon {

enum class SendResult { complete, blocked, failed };

struct HttpAnswer {
  int status = 200;
  std::string_view route = "none";  // label, for statistics
  std::string head;                 // whole, with the empty line; unused for a page
  SharedPage page;                  // in place of head and body
  std::shared_ptr<const std::string> body;
  std::shared_ptr<EventSource> stream;  // follows the head
  bool head_only = false;               // HEAD: whatever the head promises is not sent
  bool close = false;                   // the connection ends after this answer
  std::size_t sent = 0;

  std::size_t size() const;
  // Sends as much as the socket takes, head and body in one system call.
  SendResult send_to(int socket);
};

// The server's own answer when no handler was reached. Always closes.
HttpAnswer refusal_answer(const Refusal& refusal, std::string_view extra_fields = {});

// 503 with Retry-After, whole and constant: sending it needs no memory.
std::string_view overload_response();

}  // namespace anemon
