#include "collectors/energy_meter.h"

#include <cmath>
#include <random>
#include <vector>

#include "collectors/monotone_counter.h"
#include "collectors/peak_window.h"
#include "tests/catch.h"

using namespace anemon;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr int64_t kRange = 262'143'328'850;  // of Intel's RAPL, microjoules

CounterMeter::Rules rapl() {
  CounterMeter::Rules rules;
  rules.max_range_uj = kRange;
  return rules;
}

}  // namespace

TEST_CASE("A counter that never moved is not proven and has no power") {
  CounterMeter meter(rapl());
  for (int second = 0; second < 100; ++second) CHECK(meter.feed(0, seconds(second)));
  CHECK_FALSE(meter.proven());
  CHECK_FALSE(meter.power());
  CHECK(meter.joules() == 0);
}

TEST_CASE("Power is the mean over the time between the counter's movements") {
  CounterMeter meter(rapl());
  meter.feed(1'000'000, seconds(1));
  meter.feed(11'000'000, seconds(2));
  CHECK(meter.proven());
  CHECK(meter.joules() == Approx(10));
  REQUIRE(meter.power());
  CHECK(meter.power()->watts == Approx(10));
  CHECK(meter.power()->length == Duration(seconds(1)));
}

TEST_CASE("A proven counter that stands still means zero watts") {
  CounterMeter meter(rapl());
  meter.feed(0, seconds(0));
  meter.feed(5'000'000, seconds(1));
  meter.feed(5'000'000, seconds(2));
  CHECK(meter.power()->watts == 0);
  CHECK(meter.joules() == Approx(5));
}

TEST_CASE("Fast readings do not cut spans shorter than the device's own steps") {
  // The device publishes every millisecond; read at 0.4 ms, many readings see no movement.
  CounterMeter meter(rapl());
  for (int reading = 0; reading <= 5000; ++reading) {
    const Duration at = std::chrono::microseconds(400 * reading);
    const int64_t published = at / milliseconds(1);
    meter.feed(published * 20'000, at);  // 20 W
    if (meter.power()) {
      CHECK(meter.power()->watts == Approx(20).margin(1.5));
      CHECK(meter.power()->length >= Duration(milliseconds(20)));
    }
  }
  REQUIRE(meter.power());
  CHECK(meter.joules() == Approx(40).margin(0.1));
}

TEST_CASE("A burst that ends within a span does not leave its power standing") {
  CounterMeter meter(rapl());
  int64_t counter = 0;
  for (int reading = 0; reading <= 2000; ++reading) {
    if (reading <= 105) counter += 50'000;  // 50 W for 105 ms, then nothing
    meter.feed(counter, milliseconds(reading));
  }
  CHECK(meter.joules() == Approx(5.25));
  REQUIRE(meter.power());
  CHECK(meter.power()->watts == 0);
}

TEST_CASE("A device that publishes every five seconds keeps its power in between") {
  CounterMeter::Rules rules;
  rules.quiet = seconds(10);
  rules.starts_at_movement = true;
  CounterMeter meter(rules);
  for (int second = 3; second < 60; ++second) {
    meter.feed((second / 5) * 50'000'000LL, seconds(second));
    if (second < 10) {
      CHECK_FALSE(meter.power());  // the first movement only begins the span
    } else {
      REQUIRE(meter.power());
      CHECK(meter.power()->watts == Approx(10));
      CHECK(meter.power()->length == Duration(seconds(5)));
    }
  }
}

TEST_CASE("A counter that wraps goes on") {
  CounterMeter meter(rapl());
  meter.feed(kRange - 1'000'000, seconds(1));
  meter.feed(2'000'000, seconds(2));
  CHECK(meter.joules() == Approx(3));
  CHECK(meter.power()->watts == Approx(3));
}

TEST_CASE("A counter that falls otherwise was reset and counts from there") {
  CounterMeter meter(rapl());
  meter.feed(100'000'000'000, seconds(1));
  meter.feed(100'005'000'000, seconds(2));
  CHECK(meter.feed(3'000'000, seconds(3)));  // as a wrap: 162 kW
  CHECK(meter.joules() == Approx(5));
  CHECK_FALSE(meter.power());
  meter.feed(4'000'000, seconds(4));
  CHECK(meter.joules() == Approx(6));
  CHECK(meter.power()->watts == Approx(1));

  CounterMeter endless({});
  endless.feed(10'000'000, seconds(1));
  endless.feed(9'000'000, seconds(2));
  endless.feed(9'500'000, seconds(3));
  CHECK(endless.joules() == Approx(0.5));
}

TEST_CASE("Energy that no machine can use is not counted") {
  CounterMeter meter(rapl());
  meter.feed(0, seconds(1));
  CHECK_FALSE(meter.feed(60'000'000'000, seconds(2)));
  CHECK(meter.joules() == 0);
  CHECK_FALSE(meter.feed(-5, seconds(3)));
  CHECK(meter.feed(60'001'000'000, seconds(4)));
  CHECK(meter.joules() == Approx(1));
}

TEST_CASE("What a counter did while the machine slept is not counted") {
  CounterMeter meter(rapl());
  meter.feed(0, seconds(1));
  meter.feed(10'000'000, seconds(2));
  meter.rebaseline();
  CHECK_FALSE(meter.power());
  meter.feed(500'000'000, seconds(3));
  CHECK(meter.joules() == Approx(10));
  CHECK_FALSE(meter.power());
  meter.feed(504'000'000, seconds(4));
  CHECK(meter.joules() == Approx(14));
  CHECK(meter.power()->watts == Approx(4));
}

TEST_CASE("Counted joules are the sum of what was seen, by a slow reference") {
  std::mt19937_64 random(20261122);
  const auto chance = [&](int one_in) { return random() % static_cast<uint64_t>(one_in) == 0; };
  for (int round = 0; round < 200; ++round) {
    CounterMeter::Rules rules = rapl();
    rules.max_range_uj = 1'000'000'000 + static_cast<int64_t>(random() % 1'000'000'000);
    CounterMeter meter(rules);
    int64_t device = static_cast<int64_t>(random() % 1'000'000'000);
    Duration at = seconds(1);
    int64_t reference_uj = 0;
    int64_t unseen_uj = 0;  // since the last reading
    bool baseline = true;   // the next reading only starts
    double spans_uj = 0;    // of the spans that were closed
    double before = 0;
    std::optional<PowerSpan> shown;
    double open_uj = 0;
    for (int step = 0; step < 500; ++step) {
      at += milliseconds(1 + random() % 2000);
      const int64_t used = chance(4) ? 0 : static_cast<int64_t>(random() % 400'000);
      device += used;
      unseen_uj += used;
      if (device > rules.max_range_uj) device -= rules.max_range_uj;
      if (chance(50)) {  // the machine slept: unknown things happened
        device = static_cast<int64_t>(random() % static_cast<uint64_t>(rules.max_range_uj));
        meter.rebaseline();
        baseline = true;
      }
      if (chance(20)) {
        meter.missed();
        continue;  // this reading failed
      }
      REQUIRE(meter.feed(device, at));
      if (!baseline) reference_uj += unseen_uj;
      if (baseline)
        open_uj = 0;
      else
        open_uj += static_cast<double>(unseen_uj);
      baseline = false;
      unseen_uj = 0;
      CHECK(meter.joules() == Approx(static_cast<double>(reference_uj) * 1e-6).epsilon(1e-12));
      CHECK(meter.joules() >= before);
      before = meter.joules();
      const auto power = meter.power();
      if (power && (!shown || power->length != shown->length || power->watts != shown->watts)) {
        // Energy is conserved: a span that closes holds all that was seen since the last one.
        CHECK(power->watts * to_seconds(power->length) * 1e6 == Approx(open_uj).margin(1e-3));
        spans_uj += open_uj;
        open_uj = 0;
      }
      shown = power;
    }
    CHECK(spans_uj <= static_cast<double>(reference_uj) + 1);
  }
}

TEST_CASE("A power sensor's joules are the trapezoids between its readings") {
  PowerMeter meter;
  CHECK(meter.feed(10'000'000, seconds(1)));
  CHECK_FALSE(meter.proven());
  meter.feed(20'000'000, seconds(3));
  CHECK(meter.proven());
  CHECK(meter.joules() == Approx(30));
  CHECK(meter.power()->watts == Approx(20));
  CHECK(meter.power()->length == Duration::zero());
}

TEST_CASE("A power sensor that always says the same is not proven") {
  PowerMeter meter;
  for (int second = 0; second < 100; ++second) meter.feed(0, seconds(second));
  CHECK_FALSE(meter.proven());
}

TEST_CASE("Nothing is counted across a reading that failed or cannot be true") {
  PowerMeter meter;
  meter.feed(10'000'000, seconds(1));
  meter.feed(10'000'000, seconds(2));
  CHECK_FALSE(meter.feed(-1, seconds(3)));
  CHECK_FALSE(meter.power());
  meter.feed(10'000'000, seconds(10));
  CHECK(meter.joules() == Approx(10));
  meter.missed();
  meter.feed(12'000'000, seconds(100));
  CHECK(meter.joules() == Approx(10));
  CHECK_FALSE(meter.feed(60'000'000'000, seconds(101)));
  meter.rebaseline();
  meter.feed(12'000'000, seconds(200));
  meter.feed(12'000'000, seconds(201));
  CHECK(meter.joules() == Approx(22));
}

TEST_CASE("Integrated power agrees with a fine sum, by a slow reference") {
  PowerMeter meter;
  double reference = 0;
  const auto watts = [](double at) { return 20 + 10 * std::sin(at / 7); };
  constexpr int kFine = 100;  // steps of the reference in each second
  for (int second = 0; second < 600; ++second) {
    meter.feed(static_cast<int64_t>(watts(second) * 1e6), seconds(second));
    if (second == 599) break;
    for (int fine = 0; fine < kFine; ++fine) {
      reference += watts(second + (fine + 0.5) / kFine) / kFine;
    }
  }
  CHECK(meter.joules() == Approx(reference).epsilon(0.002));
}

TEST_CASE("A peak leaves its window when it is over") {
  PeakWindow window(seconds(15));
  CHECK_FALSE(window.peak(seconds(0)));
  for (int second = 0; second < 100; ++second) {
    window.add(second == 50 ? 90.0 : 10.0, seconds(second));
    const auto peak = window.peak(seconds(second));
    REQUIRE(peak);
    CHECK(*peak == (second >= 50 && second < 65 ? 90.0 : 10.0));
  }
  CHECK_FALSE(window.peak(seconds(200)));
  window.add(3, seconds(200));
  CHECK(window.peak(seconds(200)) == 3.0);
  window.clear();
  CHECK_FALSE(window.peak(seconds(200)));
}

TEST_CASE("A peak agrees with all readings of the window, by a slow reference") {
  std::mt19937 random(7);
  PeakWindow window(seconds(60));
  std::vector<std::pair<Duration, double>> all;
  Duration at = seconds(1000);
  for (int step = 0; step < 3000; ++step) {
    at += milliseconds(random() % 3000);
    all.emplace_back(at, random() % 1000);
    window.add(all.back().second, at);
    double inside = 0;
    double nearly = 0;  // a step more
    for (const auto& [time, value] : all) {
      if (at - time < seconds(59)) inside = std::max(inside, value);
      if (at - time < seconds(61)) nearly = std::max(nearly, value);
    }
    const auto peak = window.peak(at);
    REQUIRE(peak);
    CHECK(*peak >= inside);
    CHECK(*peak <= nearly);
  }
}

TEST_CASE("A kernel's count goes on when the kernel begins it anew") {
  MonotoneCounter counter;
  CHECK(counter.feed(5) == 5);
  CHECK(counter.feed(9) == 9);
  CHECK(counter.feed(2) == 11);
  MonotoneCounter late(MonotoneCounter::Begin::at_zero);
  CHECK(late.feed(100) == 0);
  CHECK(late.feed(101) == 1);
}
