#include "client/event_stream.h"

#include "client/client_error.h"

namespace anemon {

bool EventStreamReader::feed(std::string_view bytes) {
  for (const char c : bytes) {
    // Lines end with CR, LF or CR LF.
    const bool second_of_pair = after_return_ && c == '\n';
    after_return_ = c == '\r';
    if (second_of_pair) continue;
    if (c != '\n' && c != '\r') {
      line_.push_back(c);
      if (line_.size() + event_.data.size() > kMaxEvent) {
        throw ProtocolError("the daemon sent an event larger than 16 MiB");
      }
      continue;
    }
    const bool more = take_line(line_);
    line_.clear();
    if (!more) return false;
  }
  return true;
}

bool EventStreamReader::take_line(std::string_view line) {
  if (line.empty()) {
    const bool more = !has_data_ || handler_(event_);
    event_ = Event{};
    has_data_ = false;
    return more;
  }
  const size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == line.npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") event_.type = value;
  if (field == "data") {
    if (has_data_) event_.data.push_back('\n');
    event_.data += value;
    has_data_ = true;
  }
  return true;
}

}  // namespace anemon
