// Fast forms against slow, obvious ones.
#include <algorithm>
#include <map>
#include <random>

#include "sessions/interval_energy.h"
#include "sessions/percentile.h"
#include "sessions/point_fold.h"
#include "tests/catch.h"

namespace anemon {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("folding keeps what a slow reference over the raw samples says") {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> value(0, 100);
  for (int round = 0; round < 50; ++round) {
    SamplePoints raw;
    int64_t at = 0;
    for (int i = 0; i < 400; ++i) {
      at += 1 + static_cast<int64_t>(random() % 3'000'000);
      raw.push_back(raw_point(microseconds(at), value(random)));
    }
    // In several steps and at once: the same buckets.
    const SamplePoints stepwise = fold(fold(fold(raw, seconds(1)), seconds(10)), seconds(60));
    std::map<int64_t, std::vector<SamplePoint>> reference;
    for (const SamplePoint& point : raw) reference[point.at / seconds(60)].push_back(point);
    REQUIRE(stepwise.size() == reference.size());
    size_t i = 0;
    for (const auto& [bucket, members] : reference) {
      const SamplePoint& folded = stepwise[i++];
      double least = members[0].last, greatest = members[0].last, sum = 0;
      for (const SamplePoint& member : members) {
        least = std::min(least, member.last);
        greatest = std::max(greatest, member.last);
        sum += member.last;
      }
      CHECK(folded.at == members.front().at);
      CHECK(folded.min == least);
      CHECK(folded.max == greatest);
      CHECK(folded.mean == Approx(sum / static_cast<double>(members.size())));
      CHECK(folded.last == members.back().last);
      CHECK(folded.count == members.size());
    }
  }
}

// The definition: walk the values in order until the share of the weight is reached.
double slow_percentile(std::vector<int> values, const std::vector<int>& repeats, int percent) {
  std::vector<int> all;
  for (size_t i = 0; i < values.size(); ++i) all.insert(all.end(), repeats[i], values[i]);
  std::sort(all.begin(), all.end());
  const size_t rank = (all.size() * static_cast<size_t>(percent) + 99) / 100;
  return all[std::max<size_t>(rank, 1) - 1];
}

TEST_CASE("percentiles are the nearest rank, weights count as repeats") {
  std::mt19937 random(2);
  for (int round = 0; round < 300; ++round) {
    std::vector<int> values, repeats;
    std::vector<WeightedValue> weighted;
    const size_t count = 1 + random() % 60;
    for (size_t i = 0; i < count; ++i) {
      values.push_back(static_cast<int>(random() % 20));
      repeats.push_back(1 + static_cast<int>(random() % 5));
      weighted.push_back({static_cast<double>(values.back()), static_cast<double>(repeats.back())});
    }
    const Percentiles percentiles(weighted);
    DurationPercentiles durations;
    for (size_t i = 0; i < count; ++i) {
      for (int repeat = 0; repeat < repeats[i]; ++repeat) durations.add(Duration(values[i]));
    }
    durations.sort();
    for (const int percent : {1, 5, 50, 90, 95, 99, 100}) {
      const double expected = slow_percentile(values, repeats, percent);
      CHECK(percentiles.at(percent / 100.0) == expected);
      CHECK(static_cast<double>(durations.at(percent / 100.0).count()) == expected);
    }
    CHECK(durations.mean_seconds() * 1e9 == Approx(percentiles.mean()));
  }
  DurationPercentiles hundred;
  for (int i = 100; i >= 1; --i) hundred.add(Duration(i));
  hundred.sort();
  CHECK(hundred.at(0.95) == Duration(95));
  CHECK(hundred.max() == Duration(100));
}

TEST_CASE("energy within intervals is that of small steps of time added up") {
  std::mt19937 random(3);
  for (int round = 0; round < 100; ++round) {
    // Energy samples each second, intervals at whole milliseconds.
    SamplePoints energy;
    double joules = 0;
    for (int i = 0; i <= 20; ++i) {
      energy.push_back(raw_point(seconds(i), joules));
      joules += static_cast<double>(random() % 100);
    }
    std::vector<Interval> intervals;
    std::vector<bool> busy(22'000);
    for (int i = 0; i < 5; ++i) {
      const int begin = static_cast<int>(random() % 19'000);
      const int length = 1 + static_cast<int>(random() % 3000);
      intervals.push_back({milliseconds(begin), milliseconds(begin + length)});
      for (int ms = begin; ms < begin + length; ++ms) busy[static_cast<size_t>(ms)] = true;
    }
    double reference = 0;
    int covered = 0;
    for (int ms = 0; ms < 20'000; ++ms) {
      if (!busy[static_cast<size_t>(ms)]) continue;
      const auto second = static_cast<size_t>(ms / 1000);
      reference += (energy[second + 1].last - energy[second].last) / 1000;
      ++covered;
    }
    const auto merged = united(intervals);
    const EnergyShare share = energy_within(energy, merged);
    CHECK(share.joules == Approx(reference).margin(1e-6));
    CHECK(share.covered == milliseconds(covered));
    CHECK(total(merged) == milliseconds(std::count(busy.begin(), busy.end(), true)));
  }
}

TEST_CASE("intervals overlap when they share time, not when they touch") {
  const auto at = [](int begin, int end) { return Interval{seconds(begin), seconds(end)}; };
  CHECK(overlap(at(5, 6), at(5, 7)));
  CHECK(overlap(at(0, 9), at(2, 3)));
  CHECK_FALSE(overlap(at(0, 2), at(2, 3)));
  CHECK(united({at(3, 4), at(0, 1), at(1, 2)}) == std::vector<Interval>{at(0, 2), at(3, 4)});
}

}  // namespace
}  // namespace anemon
