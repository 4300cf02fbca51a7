#include <nlohmann/json.hpp>

#include "daemon/log_line.h"
#include "tests/catch.h"

namespace anemon {
namespace {

constexpr Duration kTime = std::chrono::seconds(1'763'823'062) + std::chrono::milliseconds(123);

}  // namespace

TEST_CASE("a logfmt line quotes what is not a bare word") {
  REQUIRE(logfmt_line(kTime, LogLevel::warn, "collector fails",
                      {{"collector", "energy"}, {"reason", "a \"b\"\nc\x01"}, {"empty", ""}}, 0) ==
          "ts=2025-11-22T14:51:02.123Z level=warn msg=\"collector fails\" collector=energy "
          "reason=\"a \\\"b\\\"\\nc\\x01\" empty=\"\"");
  REQUIRE(logfmt_line(kTime, LogLevel::info, "up", {}, 7) ==
          "ts=2025-11-22T14:51:02.123Z level=info msg=up suppressed=7");
}

TEST_CASE("a JSON line is one JSON document, whatever the bytes") {
  const auto line = json_line(kTime, LogLevel::error, "x", {{"path", "\xff\n\""}}, 2);
  REQUIRE(line.find('\n') == std::string::npos);
  const auto parsed = nlohmann::json::parse(line);
  REQUIRE(parsed["level"] == "error");
  REQUIRE(parsed["suppressed"] == 2);
  REQUIRE(parsed["path"] == "\xEF\xBF\xBD\n\"");
}

}  // namespace anemon
