#include "collectors/energy_share.h"

#include <cmath>
#include <random>

#include "tests/catch.h"

using namespace anemon;

namespace {

Duration ms(int64_t milliseconds) { return std::chrono::milliseconds(milliseconds); }

// The same in steps of one millisecond, obviously right: at each step the spans that run take equal
// parts.
std::vector<double> slow_shares(const std::vector<ModelSpan>& spans, const EnergyCurve& curve,
                                int64_t end_ms, double& sum) {
  std::vector<double> shares(spans.size());
  sum = 0;
  for (int64_t t = 0; t < end_ms; ++t) {
    std::vector<size_t> running;
    for (size_t i = 0; i < spans.size(); ++i) {
      if (spans[i].begin <= ms(t) && ms(t) < spans[i].end) running.push_back(i);
    }
    if (running.empty()) continue;
    const double joules = curve.between(ms(t), ms(t + 1)).value();
    for (const size_t i : running) shares[i] += joules / static_cast<double>(running.size());
    sum += joules;
  }
  return shares;
}

}  // namespace

TEST_CASE("Energy between samples is read off a straight line") {
  EnergyCurve curve;
  CHECK(curve.empty());
  CHECK_FALSE(curve.between(ms(0), ms(1)));
  curve.add(ms(1000), 5, false);
  CHECK_FALSE(curve.between(ms(1000), ms(1000)));
  curve.add(ms(2000), 15, true);
  curve.add(ms(3000), 15, true);
  CHECK(curve.between(ms(1000), ms(2000)).value() == Approx(10));
  CHECK(curve.between(ms(1250), ms(1500)).value() == Approx(2.5));
  CHECK(curve.between(ms(1500), ms(2500)).value() == Approx(5));
  CHECK(curve.between(ms(2000), ms(3000)).value() == Approx(0));
  CHECK_FALSE(curve.between(ms(999), ms(1500)));
  CHECK_FALSE(curve.between(ms(2999), ms(3001)));
}

TEST_CASE("Nothing is known across a break") {
  EnergyCurve curve;
  curve.add(ms(0), 100, false);
  curve.add(ms(1000), 110, true);
  curve.add(ms(2000), 3, false);  // the counter began anew
  curve.add(ms(3000), 7, true);
  CHECK(curve.between(ms(0), ms(1000)).value() == Approx(10));
  CHECK(curve.between(ms(2000), ms(3000)).value() == Approx(4));
  CHECK_FALSE(curve.between(ms(1000), ms(2000)));
  CHECK_FALSE(curve.between(ms(1500), ms(1600)));
  CHECK_FALSE(curve.between(ms(500), ms(2500)));
  CHECK_FALSE(curve.between(ms(999), ms(1001)));
}

TEST_CASE("A sample that is not later forgets what was before") {
  EnergyCurve curve;
  curve.add(ms(5000), 1, false);
  curve.add(ms(6000), 2, true);
  curve.add(ms(1000), 3, true);
  curve.add(ms(2000), 5, true);
  CHECK_FALSE(curve.between(ms(5000), ms(6000)));
  CHECK(curve.between(ms(1000), ms(2000)).value() == Approx(2));
}

TEST_CASE("Inferences that overlap share by time") {
  EnergyCurve curve;
  curve.add(ms(0), 0, false);
  curve.add(ms(10'000), 100, true);  // 10 W
  const std::vector<ModelSpan> spans = {{0, ms(1000), ms(3000)}, {1, ms(2000), ms(4000)}};
  const auto shares = share_energy(spans, curve);
  CHECK(shares[0].value() == Approx(15));
  CHECK(shares[1].value() == Approx(15));
}

TEST_CASE("An inference that is not covered whole gets nothing, and not zero") {
  EnergyCurve curve;
  curve.add(ms(1000), 0, false);
  curve.add(ms(2000), 10, true);
  const std::vector<ModelSpan> spans = {
      {0, ms(500), ms(1500)}, {1, ms(1000), ms(2000)}, {2, ms(1900), ms(2100)}, {3, ms(7), ms(7)}};
  const auto shares = share_energy(spans, curve);
  CHECK_FALSE(shares[0]);
  CHECK(shares[1].value() == Approx(5.0 / 2 + 4 + 1.0 / 2));
  CHECK_FALSE(shares[2]);
  CHECK_FALSE(shares[3]);
}

TEST_CASE("Shares agree with a slow reference and sum to the energy of the union") {
  std::mt19937 random(11);
  for (int round = 0; round < 150; ++round) {
    constexpr int64_t kEnd = 400;
    EnergyCurve curve;
    double joules = 50;
    for (int64_t t = 0; t <= kEnd; t += 1 + static_cast<int64_t>(random() % 40)) {
      curve.add(ms(t), joules, t > 0);
      joules += static_cast<double>(random() % 100) / 10;
    }
    curve.add(ms(kEnd + 1), joules, true);
    std::vector<ModelSpan> spans(1 + random() % 30);
    for (ModelSpan& span : spans) {
      span.model = static_cast<uint32_t>(random() % 4);
      span.begin = ms(static_cast<int64_t>(random() % kEnd));
      span.end = std::min(span.begin + ms(1 + static_cast<int64_t>(random() % 120)), ms(kEnd));
    }
    double all = 0;
    const auto expected = slow_shares(spans, curve, kEnd, all);
    const auto shares = share_energy(spans, curve);
    double sum = 0;
    for (size_t i = 0; i < spans.size(); ++i) {
      REQUIRE(shares[i].value() == Approx(expected[i]).epsilon(1e-9));
      sum += *shares[i];
    }
    REQUIRE(sum == Approx(all).epsilon(1e-9));
  }
}
