#include "collectors/apple/publication_meter.h"

#include <random>
#include <vector>

#include "tests/catch.h"

using namespace anemon;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Outcome = PublicationMeter::Outcome;

namespace {

constexpr double kMilli = 1e-3;

struct Observation {
  int64_t value;
  std::optional<Duration> stamp;
  Duration at;
};

// What a meter without a fault must say of a whole history of publications with true stamps: looks
// at all of it anew each time.
struct Expected {
  double joules = 0;
  std::optional<PowerSpan> power;
};
Expected slow_reference(const std::vector<Observation>& seen) {
  std::vector<std::pair<Duration, int64_t>> publications;  // stamp, value
  for (const Observation& one : seen) {
    if (publications.empty() || publications.back().first != *one.stamp) {
      publications.emplace_back(*one.stamp, one.value);
    }
  }
  Expected expected;
  expected.joules =
      static_cast<double>(publications.back().second - publications.front().second) * kMilli;
  auto begin = publications.front();
  for (const auto& publication : publications) {
    const Duration length = publication.first - begin.first;
    if (length < milliseconds(50)) continue;
    expected.power = PowerSpan{
        static_cast<double>(publication.second - begin.second) * kMilli / to_seconds(length),
        length};
    begin = publication;
  }
  if (expected.power) {
    const Duration hold = std::max<Duration>(seconds(10), 2 * expected.power->length);
    if (seen.back().at - publications.back().first > hold) expected.power.reset();
  }
  return expected;
}

Duration awake(double since_start) {
  return seconds(1000) + Duration(static_cast<int64_t>(since_start * 1e9));
}

}  // namespace

TEST_CASE("Watts are the energy of a publication over the driver's own span") {
  PublicationMeter meter(kMilli);
  meter.feed(1000, awake(0), awake(0.5));
  CHECK_FALSE(meter.power(awake(0.5)));
  CHECK(meter.joules() == 0);
  CHECK(meter.feed(5969, awake(2.043), awake(2.1)) == Outcome::published);
  CHECK(meter.power(awake(2.1))->watts == Approx(4.969 / 2.043));
  CHECK(meter.power(awake(2.1))->length == milliseconds(2043));
  CHECK(meter.joules() == Approx(4.969));
}

TEST_CASE("A split tail belongs to the next span and its energy is counted at once") {
  PublicationMeter meter(kMilli);
  meter.feed(0, awake(0), awake(0));
  meter.feed(4000, awake(2), awake(2));
  meter.feed(4065, awake(2.015), awake(2.1));
  CHECK(meter.power(awake(2.1))->watts == Approx(2.0));
  CHECK(meter.joules() == Approx(4.065));
  meter.feed(8000, awake(4), awake(4));
  CHECK(meter.power(awake(4))->watts == Approx(2.0));
  CHECK(meter.power(awake(4))->length == seconds(2));
  CHECK(meter.joules() == Approx(8.0));
}

TEST_CASE("A reading is held between publications and then dropped") {
  PublicationMeter meter(kMilli);
  meter.feed(0, awake(0), awake(0));
  meter.feed(4000, awake(2), awake(2));
  for (double t = 2.1; t <= 12; t += 0.1) {
    CHECK(meter.feed(4000, awake(2), awake(t)) == Outcome::still);
    CHECK(meter.power(awake(t))->watts == Approx(2.0));
  }
  CHECK_FALSE(meter.power(awake(12.01)));
  CHECK(meter.joules() == Approx(4.0));

  SECTION("a long span is held for two of its length") {
    meter.feed(1804000, awake(1802), awake(1802));
    CHECK(meter.power(awake(1802))->watts == Approx(1.0));
    CHECK(meter.power(awake(1802 + 3599)));
    CHECK_FALSE(meter.power(awake(1802 + 3601)));
  }
}

TEST_CASE("An idle engine that publishes is at zero watts") {
  PublicationMeter meter(kMilli);
  meter.feed(500, awake(0), awake(0));
  meter.feed(500, awake(2), awake(2));
  CHECK(meter.power(awake(2))->watts == 0);
  CHECK(meter.ever_nonzero());
}

TEST_CASE("A value that moves under a frozen stamp goes by the time of observation for good") {
  PublicationMeter meter(kMilli);
  meter.feed(0, awake(0), awake(0));
  meter.feed(1000, awake(0), awake(1));
  CHECK(meter.by_observation());
  CHECK(meter.joules() == Approx(1.0));
  CHECK_FALSE(meter.power(awake(1)));
  meter.feed(3000, awake(0), awake(2));
  CHECK(meter.power(awake(2))->watts == Approx(2.0));
  // Stamps that behave again do not bring it back.
  meter.feed(5000, awake(2.5), awake(4));
  CHECK(meter.power(awake(4))->watts == Approx(1.0));
  CHECK(meter.joules() == Approx(5.0));
}

TEST_CASE("A stamp from the future goes by the time of observation for good") {
  PublicationMeter meter(kMilli);
  SECTION("from the beginning") { meter.feed(0, awake(5000), awake(0)); }
  SECTION("later") {
    meter.feed(0, awake(0), awake(0));
    meter.feed(0, awake(5000), awake(0.5));
    CHECK(meter.by_observation());
    meter.feed(0, awake(5000.5), awake(1));
    meter.feed(0, awake(5001), awake(2));
    CHECK(meter.power(awake(2))->watts == 0);  // published, by stamps that move
  }
  meter.feed(2000, awake(5002), awake(3));
  meter.feed(4000, awake(5003), awake(4));
  CHECK(meter.by_observation());
  CHECK(meter.power(awake(4))->watts == Approx(2.0));
  CHECK(meter.joules() == Approx(4.0));
}

TEST_CASE("A stamp a little ahead is not from the future") {
  PublicationMeter meter(kMilli);
  meter.feed(0, awake(0.9), awake(0));
  meter.feed(2000, awake(2.9), awake(2));
  CHECK_FALSE(meter.by_observation());
  CHECK(meter.power(awake(2))->watts == Approx(1.0));
}

TEST_CASE("By observation, stillness is no zero: the reading is held and dropped") {
  PublicationMeter meter(kMilli);
  meter.feed(0, std::nullopt, awake(-1));
  meter.feed(500, std::nullopt, awake(0));
  CHECK(meter.by_observation());
  CHECK(meter.joules() == Approx(0.5));
  meter.feed(1500, std::nullopt, awake(1));
  meter.feed(1500, std::nullopt, awake(5));
  CHECK(meter.power(awake(5))->watts == Approx(1.0));
  CHECK_FALSE(meter.power(awake(11.5)));
}

TEST_CASE("A value or a stamp that goes back begins anew and reports nothing") {
  PublicationMeter meter(kMilli);
  meter.feed(10000, awake(10), awake(10));
  meter.feed(12000, awake(12), awake(12));
  SECTION("value") { meter.feed(100, awake(14), awake(14)); }
  SECTION("stamp") { meter.feed(13000, awake(11), awake(14)); }
  CHECK_FALSE(meter.power(awake(14)));
  CHECK(meter.joules() == Approx(2.0));
  const bool value_fell = meter.closed() == awake(14);
  const int64_t base = value_fell ? 100 : 13000;
  meter.feed(base + 6000, value_fell ? awake(16) : awake(13), awake(16));
  CHECK(meter.power(awake(16))->watts == Approx(3.0));
  CHECK(meter.joules() == Approx(8.0));
}

TEST_CASE("The first span after sleep is left out") {
  PublicationMeter meter(kMilli);
  meter.feed(0, awake(0), awake(0));
  meter.feed(2000, awake(2), awake(2));
  meter.rebaseline();
  CHECK_FALSE(meter.power(awake(2)));
  meter.feed(3000, awake(2.2), awake(3));  // the new baseline
  meter.feed(500000, awake(4), awake(4));  // began before the sleep
  CHECK_FALSE(meter.power(awake(4)));
  CHECK(meter.joules() == Approx(2.0));
  meter.feed(504000, awake(6), awake(6));
  CHECK(meter.power(awake(6))->watts == Approx(2.0));
  CHECK(meter.joules() == Approx(6.0));
}

TEST_CASE("The first pass of all is no sleep") {
  PublicationMeter meter(kMilli);
  meter.rebaseline();
  meter.feed(0, awake(0), awake(0));
  meter.feed(4000, awake(2), awake(2));
  CHECK(meter.power(awake(2))->watts == Approx(2.0));
}

TEST_CASE("More than a machine can draw is rejected and not counted") {
  PublicationMeter meter(kMilli);
  meter.feed(0, awake(0), awake(0));
  meter.feed(2000, awake(2), awake(2));
  CHECK(meter.feed(1'002'001 + 2000, awake(4), awake(4)) == Outcome::rejected);
  CHECK_FALSE(meter.power(awake(4)));
  CHECK(meter.joules() == Approx(2.0));
  CHECK(meter.feed(-1, awake(5), awake(5)) == Outcome::rejected);
  meter.feed(1'006'001, awake(6), awake(6));
  CHECK(meter.power(awake(6))->watts == Approx(1.0));
}

TEST_CASE("A counter that was never published has no baseline") {
  PublicationMeter meter(kMilli);
  meter.feed(0, Duration::zero(), awake(0));
  CHECK_FALSE(meter.published());
  CHECK_FALSE(meter.ever_nonzero());
  meter.feed(70000, awake(20), awake(20));
  CHECK_FALSE(meter.power(awake(20)));
  CHECK(meter.joules() == 0);
  meter.feed(72000, awake(22), awake(22));
  CHECK(meter.power(awake(22))->watts == Approx(1.0));
}

TEST_CASE("Any history of publications gives what the slow reference does and loses no energy") {
  std::mt19937 random(20260911);
  for (int history = 0; history < 300; ++history) {
    PublicationMeter meter(kMilli);
    std::vector<Observation> seen;
    Duration stamp = awake(0);
    Duration at = stamp + milliseconds(random() % 500);
    auto value = static_cast<int64_t>(random() % 100000);
    for (int step = 0; step < 60; ++step) {
      seen.push_back({value, stamp, at});
      meter.feed(value, stamp, at);
      const Expected expected = slow_reference(seen);
      REQUIRE(meter.joules() == Approx(expected.joules).margin(1e-9));
      const std::optional<PowerSpan> power = meter.power(at);
      REQUIRE(power.has_value() == expected.power.has_value());
      if (power) {
        REQUIRE(power->watts == Approx(expected.power->watts).margin(1e-9));
        REQUIRE(power->length == expected.power->length);
      }
      at += milliseconds(1 + random() % (random() % 20 == 0 ? 15000 : 300));
      if (random() % 3 != 0) continue;
      // A batch, the tail of one, or a driver that slept.
      const int64_t room = (at - stamp).count();
      const int64_t tail = 9'000'000 + static_cast<int64_t>(random() % 20'000'000);
      stamp += Duration(std::min(room, random() % 4 == 0 ? tail : room));
      value += static_cast<int64_t>(random() % 3 == 0 ? 0 : random() % 400);
    }
    CHECK_FALSE(meter.by_observation());
  }
}

TEST_CASE("By observation no energy is lost either") {
  std::mt19937 random(7);
  PublicationMeter meter(kMilli);
  int64_t value = 5;
  Duration at = awake(0);
  meter.feed(value, std::nullopt, at);
  for (int step = 0; step < 1000; ++step) {
    at += milliseconds(1 + random() % 2000);
    if (random() % 2 == 0) value += static_cast<int64_t>(random() % 20);
    meter.feed(value, std::nullopt, at);
    REQUIRE(meter.joules() == Approx(static_cast<double>(value - 5) * kMilli));
  }
}
