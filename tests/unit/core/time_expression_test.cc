#include "core/time_expression.h"

#include <random>

#include "core/point_folding.h"
#include "tests/catch.h"

using namespace anemon;
using namespace std::chrono_literals;

namespace {

constexpr Duration kNow = 1'790'000'000s;

}  // namespace

TEST_CASE("times are read as people write them") {
  CHECK(parse_time("now", kNow) == kNow);
  CHECK(parse_time("now-5m", kNow) == kNow - 5min);
  CHECK(parse_time("now+1h30m", kNow) == kNow + 90min);
  CHECK(parse_time("now-9999d", 10s) == 0s);
  CHECK(parse_time("0", kNow) == 0s);
  CHECK(parse_time("1790000000.25", kNow) == kNow + 250ms);
  CHECK(parse_time("1970-01-01T00:00:00Z", kNow) == 0s);
  CHECK(parse_time("2026-11-22T14:51:02.123Z", kNow) == 1795359062123ms);
  CHECK(parse_time("2026-11-22t15:51:02.123+01:00", kNow) == 1795359062123ms);
  CHECK(parse_time("2026-11-22 09:21:02-05:30", kNow) == 1795359062s);
  CHECK(parse_time("2024-02-29T00:00:00Z", kNow) == 1709164800s);
}

TEST_CASE("what is no time is refused") {
  for (const char* text : {"",
                           " now",
                           "now-",
                           "now5m",
                           "now-5",
                           "yesterday",
                           "-1",
                           "1e9",
                           "1.",
                           ".5",
                           "12:00",
                           "2026-11-22",
                           "2026-11-22T14:51:02",
                           "2026-13-01T00:00:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-11-22T24:00:00Z",
                           "2026-11-22T14:60:00Z",
                           "2026-11-22T14:51:02.Z",
                           "2026-11-22T14:51:02Zx",
                           "2026-11-22T14:51:02+1:00",
                           "2026-11-22T14:51:02+24:00",
                           "9999999999999999999999",
                           "8000000000",
                           "2300-01-01T00:00:00Z",
                           "1969-12-31T23:59:59Z"}) {
    INFO(text);
    CHECK_FALSE(parse_time(text, kNow));
  }
}

TEST_CASE("times are written so that they are read back, to the millisecond") {
  CHECK(format_time(0s) == "1970-01-01T00:00:00.000Z");
  CHECK(format_time(1795359062123ms + 999us) == "2026-11-22T14:51:02.123Z");
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const Duration wall = std::chrono::milliseconds(random() % 7'258'118'400'000);
    REQUIRE(parse_time(format_time(wall), kNow) == wall);
  }
}

TEST_CASE("Unix seconds are the double nearest to the microsecond") {
  CHECK(unix_seconds(1'700'000'000'250ms) == 1700000000.25);
  CHECK(unix_seconds(1'790'000'000'123'456us) == 1790000000.123456);
}

TEST_CASE("points fold into aligned steps") {
  const auto point = [](Duration wall, double value, uint32_t count = 1) {
    return Point{{{}, {}, wall}, value - 1, value + 1, value, value, count};
  };
  const auto folded =
      fold_points({point(9s, 5), point(10s, 1, 1), point(14s, 4, 3), point(25s, 7)}, 10s);
  REQUIRE(folded.size() == 3);
  CHECK(folded[0].at.wall == 0s);
  CHECK(folded[1].at.wall == 10s);
  CHECK(folded[1].min == 0);
  CHECK(folded[1].max == 5);
  CHECK(folded[1].mean == Approx(13.0 / 4));
  CHECK(folded[1].last == 4);
  CHECK(folded[1].count == 4);
  CHECK(folded[2].at.wall == 20s);
  CHECK(fold_points({point(9s, 5), point(9s, 6)}, 0s).size() == 2);
  CHECK(fold_points({}, 10s).empty());
}
