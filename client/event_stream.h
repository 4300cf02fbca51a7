// Reads the text/event-stream format, in pieces of any size.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace anemon {

class EventStreamReader {
 public:
  struct Event {
    std::string type = "message";
    std::string data;
  };
  // Returns false to stop the reading.
  using Handler = std::function<bool(const Event&)>;

  explicit EventStreamReader(Handler handler) : handler_(std::move(handler)) {}

  // False when the handler wants no more. Throws ProtocolError when an event exceeds kMaxEvent.
  bool feed(std::string_view bytes);

  static constexpr size_t kMaxEvent = size_t{16} << 20;

 private:
  bool take_line(std::string_view line);

  Handler handler_;
  std::string line_;  // what came after the last line feed
  Event event_;
  bool has_data_ = false;
  bool after_return_ = false;
};

}  // namespace anemon
