#include "exporters/http_answer.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

namespace anemon {
namespace {

constexpr std::size_t kParts = 3;
using Parts = std::array<std::string_view, kParts>;

Parts parts_of(const HttpAnswer& answer) {
  if (answer.page) {
    return {answer.page->head(), answer.close ? "Connection: close\r\n\r\n" : "\r\n",
            answer.head_only ? std::string_view() : answer.page->body()};
  }
  const bool body = answer.body && !answer.head_only;
  return {answer.head, {}, body ? std::string_view(*answer.body) : std::string_view()};
}

}  // namespace

std::size_t HttpAnswer::size() const {
  std::size_t total = 0;
  for (const std::string_view part : parts_of(*this)) total += part.size();
  return total;
}

SendResult HttpAnswer::send_to(int socket) {
  while (true) {
    std::array<iovec, kParts> vectors{};
    std::size_t count = 0;
    std::size_t skip = sent;
    for (std::string_view part : parts_of(*this)) {
      const std::size_t cut = std::min(skip, part.size());
      skip -= cut;
      part.remove_prefix(cut);
      if (!part.empty()) vectors[count++] = {const_cast<char*>(part.data()), part.size()};
    }
    if (count == 0) return SendResult::complete;
    std::size_t left = 0;
    for (std::size_t i = 0; i < count; ++i) left += vectors[i].iov_len;

    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = static_cast<decltype(message.msg_iovlen)>(count);
    const ssize_t written = sendmsg(socket, &message, kSendFlags);
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? SendResult::blocked
                                                                         : SendResult::failed;
    }
    sent += static_cast<std::size_t>(written);
    if (static_cast<std::size_t>(written) == left) return SendResult::complete;
  }
}

HttpAnswer refusal_answer(const Refusal& refusal, std::string_view extra_fields) {
  const HttpResponse error = error_response(refusal.status, refusal.code, refusal.message);
  HttpAnswer answer;
  answer.status = refusal.status;
  answer.close = true;
  answer.body = error.body;
  answer.head = "HTTP/1.1 " + std::to_string(refusal.status) + " ";
  answer.head += reason_phrase(refusal.status);
  answer.head += "\r\nContent-Type: " + error.content_type +
                 "\r\nContent-Length: " + std::to_string(error.body->size()) +
                 "\r\nConnection: close\r\n";
  answer.head += extra_fields;
  answer.head += "\r\n";
  return answer;
}

std::string_view overload_response() {
  static const std::string kResponse = [] {
    const HttpAnswer answer = refusal_answer({503, "overloaded", "too many connections; try again"},
                                             "Retry-After: 1\r\n");
    return answer.head + *answer.body;
  }();
  return kResponse;
}

}  // namespace anemon
