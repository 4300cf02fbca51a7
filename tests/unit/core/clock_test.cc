#include "core/clock.h"

#include "core/signal_board.h"
#include "core/worker.h"
#include "tests/catch.h"
#include "tests/manual_clock.h"

namespace anemon {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("sleep is what the continuous clock has and the awake clock lacks") {
  test::ManualClock clock;
  SleepDetector sleep(clock.now());
  clock.advance(hours(5));
  REQUIRE(sleep.observe(clock.now()) == Duration::zero());
  clock.sleep(hours(1));
  clock.advance(seconds(1));
  REQUIRE(sleep.observe(clock.now()) == hours(1));
  REQUIRE(sleep.observe(clock.now()) == Duration::zero());
}

TEST_CASE("a jump of the wall clock is not sleep") {
  test::ManualClock clock;
  SleepDetector sleep(clock.now());
  clock.jump_wall(hours(24));
  REQUIRE(sleep.observe(clock.now()) == Duration::zero());
  clock.jump_wall(-hours(48));
  REQUIRE(sleep.observe(clock.now()) == Duration::zero());
}

TEST_CASE("the system's clocks advance together") {
  SystemClock clock;
  const Instant first = clock.now();
  const Instant second = clock.now();
  REQUIRE(second.awake >= first.awake);
  REQUIRE(second.continuous >= first.continuous);
  REQUIRE(first.wall > std::chrono::hours(24 * 365 * 50));
}

TEST_CASE("a worker is stopped, woken and joined by its destructor") {
  Mutex mutex;
  CondVar condition;
  bool woken = false;
  bool ended = false;
  {
    const Worker worker(
        "test",
        [&](const StopFlag& stop) {
          const Lock lock(mutex);
          while (!stop.requested()) condition.wait(mutex);
          ended = true;
        },
        [&] {
          const Lock lock(mutex);
          woken = true;
          condition.notify_all();
        });
  }
  REQUIRE(woken);
  REQUIRE(ended);
}

TEST_CASE("a signal's state is one row per metric, component and source") {
  SignalBoard board;
  test::ManualClock clock;
  const auto report = [&](SignalState state, const char* reason) {
    return board.report(Metric::kEnergyJoules, "cpu", "rapl", state, reason, Provenance::measured,
                        clock.now());
  };
  REQUIRE(report(SignalState::unproven, "has not moved yet"));
  const uint64_t version = board.version();
  REQUIRE_FALSE(report(SignalState::unproven, "has not moved yet"));
  REQUIRE(board.version() == version);
  const Instant before = clock.now();
  clock.advance(seconds(3));
  REQUIRE(report(SignalState::live, ""));
  REQUIRE(board.version() != version);
  const auto signals = board.signals();
  REQUIRE(signals.size() == 1);
  REQUIRE(signals[0].state == SignalState::live);
  REQUIRE(signals[0].since.awake == before.awake + seconds(3));
}

TEST_CASE("what a collector that cannot speak last called live is shown as stale") {
  SignalBoard board;
  const auto report = [&](const char* component, SignalState state) {
    board.report(Metric::kEnergyJoules, component, "rapl", state, "", Provenance::measured, {},
                 "energy");
  };
  report("cpu", SignalState::live);
  report("dram", SignalState::absent);
  board.report(Metric::kLoad1, "", "procfs", SignalState::live, "", Provenance::measured, {},
               "cpu");
  const uint64_t version = board.version();
  board.withhold("energy", "collector hangs", {});
  REQUIRE(board.version() != version);
  auto signals = board.signals();
  REQUIRE(signals[0].component == "cpu");
  REQUIRE(signals[0].state == SignalState::stale);
  REQUIRE(signals[0].reason == "collector hangs");
  REQUIRE(signals[1].state == SignalState::absent);
  REQUIRE(signals[2].state == SignalState::live);
  board.withhold("energy", "", {});
  REQUIRE(board.signals()[0].state == SignalState::live);
}

TEST_CASE("the number of signals is bounded") {
  SignalBoard board;
  for (size_t i = 0; i < SignalBoard::kMaxSignals + 10; ++i) {
    board.report(Metric::kEnergyJoules, std::to_string(i), "rapl", SignalState::absent, "",
                 Provenance::measured, {});
  }
  REQUIRE(board.signals().size() == SignalBoard::kMaxSignals);
}

}  // namespace anemon
