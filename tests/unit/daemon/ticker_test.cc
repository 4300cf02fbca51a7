#include "daemon/ticker.h"

#include <random>

#include "tests/catch.h"

namespace anemon {

using std::chrono::milliseconds;

TEST_CASE("late passes do not shift the deadlines") {
  Ticker ticker(milliseconds(500), milliseconds(100));
  REQUIRE(ticker.due() == milliseconds(500));
  REQUIRE(ticker.advance(milliseconds(507)) == 0);
  REQUIRE(ticker.due() == milliseconds(600));
  REQUIRE(ticker.advance(milliseconds(699)) == 0);
  REQUIRE(ticker.due() == milliseconds(700));
}

TEST_CASE("missed ticks are counted and not made up for") {
  Ticker ticker(milliseconds(0), milliseconds(100));
  REQUIRE(ticker.advance(milliseconds(100)) == 1);  // the tick of 100 ms is due now: too late
  REQUIRE(ticker.due() == milliseconds(200));
  REQUIRE(ticker.advance(milliseconds(1234)) == 10);  // 300 ... 1200
  REQUIRE(ticker.due() == milliseconds(1300));
}

TEST_CASE("every tick is either run or missed", "[property]") {
  std::mt19937 random(3);
  for (int round = 0; round < 100; ++round) {
    const Duration period(1 + random() % 1000);
    Ticker ticker(Duration(0), period);
    Duration now{};
    uint64_t run = 0, missed = 0;
    for (int i = 0; i < 200; ++i) {
      now = std::max(now, ticker.due());
      ++run;
      now += Duration(random() % 3000);  // the pass
      missed += ticker.advance(now);
      REQUIRE(ticker.due() > now);
      REQUIRE(ticker.due() - now <= period);
      REQUIRE(ticker.due() == static_cast<int64_t>(run + missed) * period);
    }
  }
}

}  // namespace anemon
