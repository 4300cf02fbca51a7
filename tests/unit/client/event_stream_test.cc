#include "client/event_stream.h"

#include <vector>

#include "client/client_error.h"
#include "tests/catch.h"

namespace anemon {
namespace {

std::vector<std::string> events(const std::string& text, size_t piece) {
  std::vector<std::string> seen;
  EventStreamReader reader([&](const EventStreamReader::Event& event) {
    seen.push_back(event.type + ':' + event.data);
    return true;
  });
  for (size_t at = 0; at < text.size(); at += piece) reader.feed(text.substr(at, piece));
  return seen;
}

TEST_CASE("events are the same however the stream is cut and its lines end") {
  const std::vector<std::string> expected = {"readings:{\"a\":1}", "message:one\ntwo"};
  for (const std::string line_end : {"\n", "\r\n", "\r"}) {
    std::string text;
    for (const char* line : {"event: readings", "data: {\"a\":1}", "", ": a comment", "id: 7", "",
                             "data:one", "data: two", "", "data: unfinished"}) {
      text += line + line_end;
    }
    for (size_t piece = 1; piece < 20; ++piece) CHECK(events(text, piece) == expected);
  }
}

TEST_CASE("a handler that has enough ends the reading") {
  int seen = 0;
  EventStreamReader reader([&](const EventStreamReader::Event&) { return ++seen < 2; });
  CHECK_FALSE(reader.feed("data: 1\n\ndata: 2\n\ndata: 3\n\n"));
  CHECK(seen == 2);
}

TEST_CASE("an event without end is refused, not stored") {
  EventStreamReader reader([](const EventStreamReader::Event&) { return true; });
  const std::string piece(1 << 20, 'x');
  CHECK_THROWS_AS(
      [&] {
        for (int i = 0; i < 32; ++i) reader.feed(piece);
      }(),
      ProtocolError);
}

}  // namespace
}  // namespace anemon
