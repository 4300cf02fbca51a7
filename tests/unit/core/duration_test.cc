#include "core/duration.h"

#include <random>

#include "tests/catch.h"

using anemon::Duration;
using anemon::format_duration;
using anemon::parse_duration;
using namespace std::chrono_literals;

TEST_CASE("durations are read in every unit, with fractions and in parts") {
  const std::pair<const char*, Duration> cases[] = {
      {"500ms", 500ms},
      {"10s", 10s},
      {"5m", 5min},
      {"2h", 2h},
      {"1d", 24h},
      {"1.5s", 1500ms},
      {"0.25h", 15min},
      {"250us", 250us},
      {"7ns", 7ns},
      {"1h30m", 90min},
      {"1d0.5s", 24h + 500ms},
      {"0s", 0s},
      {"007s", 7s},
      {"1.000000001s", 1s + 1ns},
      {"1.0000000010s", 1s + 1ns},
      {"9223372036854775807ns", Duration::max()},
  };
  for (const auto& [text, duration] : cases) {
    INFO(text);
    REQUIRE(parse_duration(text).has_value());
    CHECK(*parse_duration(text) == duration);
  }
}

TEST_CASE("text that is not a duration is refused") {
  for (const char* text : {"",
                           "5",
                           "s",
                           "-5s",
                           "+5s",
                           " 5s",
                           "5 s",
                           "5s ",
                           "1.s",
                           ".5s",
                           "1..5s",
                           "5S",
                           "5sec",
                           "1e3s",
                           "0x5s",
                           "30m1h",
                           "1s1s",
                           "0.5ns",
                           "1.0000000001s",
                           "9223372036854775808ns",
                           "106752d",
                           "99999999999999999999s",
                           "1,5s",
                           "1h-5m",
                           "nan",
                           "inf"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}

TEST_CASE("durations are printed in the shortest form") {
  const std::pair<Duration, const char*> cases[] = {
      {0s, "0s"},   {500ms, "500ms"}, {1500ms, "1.5s"},   {10s, "10s"},
      {5min, "5m"}, {90min, "90m"},   {1h, "1h"},         {24h, "1d"},
      {36h, "36h"}, {744h, "31d"},    {1001ms, "1.001s"}, {1us, "1us"},
      {1ns, "1ns"}, {-5s, "-5s"},     {100s, "100s"},     {1ms, "1ms"},
  };
  for (const auto& [duration, text] : cases) CHECK(format_duration(duration) == text);
  CHECK(format_duration(Duration::min()).starts_with("-"));
}

TEST_CASE("every printed duration is read back as the same value") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const auto bits = static_cast<int>(random() % 63);
    Duration duration(static_cast<int64_t>(random() >> (63 - bits) >> 1));
    if (i % 3 == 0) duration = std::chrono::floor<std::chrono::seconds>(duration);
    const std::string text = format_duration(duration);
    INFO(text);
    REQUIRE(parse_duration(text) == duration);
  }
}
