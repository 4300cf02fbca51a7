#include "profiler/runner/line_buffer.h"

#include <string>

#include "tests/catch.h"

using namespace anemon::profiler;

TEST_CASE("lines come out whole however the bytes were cut") {
  const std::string text = "one\n\nthree\nfour";
  for (size_t cut = 1; cut <= text.size(); ++cut) {
    LineBuffer lines;
    std::string seen;
    std::string_view line;
    for (size_t at = 0; at < text.size(); at += cut) {
      lines.append(std::string_view(text).substr(at, cut));
      while (lines.next(line)) seen += "[" + std::string(line) + "]";
    }
    CHECK(seen == "[one][][three]");
    CHECK(lines.rest() == "four");
    CHECK(lines.size() == 4);
  }
}

TEST_CASE("a line of the largest size passes, and one byte more without a line feed does not") {
  LineBuffer lines;
  std::string_view line;
  lines.append("short\n");
  REQUIRE(lines.next(line));
  lines.append(std::string(kMaxLine, 'x'));
  CHECK_FALSE(lines.next(line));
  CHECK_FALSE(lines.overlong());
  lines.append("\n");
  REQUIRE(lines.next(line));
  CHECK(line.size() == kMaxLine);

  lines.append(std::string(kMaxLine + 1, 'x'));
  CHECK_FALSE(lines.next(line));
  CHECK(lines.overlong());
}
