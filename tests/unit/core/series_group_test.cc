#include "core/series_group.h"

#include <cmath>
#include <map>
#include <random>

#include "core/series_store.h"
#include "tests/catch.h"

namespace anemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Instant at(Duration awake) { return {awake, awake, awake + seconds(1'700'000'000)}; }

Series temperature(const std::string& sensor) {
  return Series(Metric::kTemperature, {"cpu", sensor});
}

const SeriesGroup::Entry* find(const SeriesGroup::Directory& directory, const Series& series) {
  for (const auto& entry : directory) {
    if (entry.description->metric == series.metric &&
        entry.description->label_values == series.label_values) {
      return &entry;
    }
  }
  return nullptr;
}

std::map<std::string, double> current(const SeriesStore& store, Instant now) {
  std::map<std::string, double> values;
  for_each_current(store, now, [&](const auto&, const auto& entry, Instant, double value) {
    values[entry.description->label_values.back()] = value;
  });
  return values;
}

}  // namespace

TEST_CASE("a value is current until it is not set again or its collector falls silent") {
  SeriesStore store;
  SeriesGroup& group = store.add_group("thermal", seconds(1), 8);
  Series a = temperature("a");
  Series b = temperature("b");
  REQUIRE(current(store, at(seconds(0))).empty());

  group.set(a, 40);
  group.set(b, 50);
  REQUIRE(current(store, at(seconds(1))).empty());  // not before commit
  group.commit(at(seconds(1)));
  REQUIRE(current(store, at(seconds(1))) == std::map<std::string, double>{{"a", 40}, {"b", 50}});

  group.set(a, 41);
  group.commit(at(seconds(2)));
  REQUIRE(current(store, at(seconds(2))) == std::map<std::string, double>{{"a", 41}});

  REQUIRE(group.stale_after() == seconds(5));
  REQUIRE(current(store, at(seconds(7))).size() == 1);
  REQUIRE(current(store, at(seconds(7) + milliseconds(1))).empty());
}

TEST_CASE("a discarded pass leaves no trace") {
  SeriesStore store;
  SeriesGroup& group = store.add_group("thermal", seconds(1), 8);
  Series a = temperature("a");
  Series b = temperature("b");
  group.set(a, 40);
  group.commit(at(seconds(1)));
  group.set(a, 99);
  group.set(b, 99);
  group.discard();
  REQUIRE(current(store, at(seconds(2))) == std::map<std::string, double>{{"a", 40}});
  group.set(a, 42);
  group.commit(at(seconds(3)));
  REQUIRE(current(store, at(seconds(3))) == std::map<std::string, double>{{"a", 42}});
}

TEST_CASE("what is not a number is absent, not zero") {
  SeriesStore store;
  SeriesGroup& group = store.add_group("thermal", seconds(1), 8);
  Series a = temperature("a");
  Series b = temperature("b");
  group.set(a, std::nan(""));
  group.set(b, HUGE_VAL);
  group.commit(at(seconds(1)));
  REQUIRE(current(store, at(seconds(1))).empty());
}

TEST_CASE("a series is counted as refused once, however long it is, and again after a good time") {
  SeriesStore store;
  SeriesGroup& group = store.add_group("thermal", seconds(1), 1);
  Series a = temperature("a");
  Series b = temperature("b");
  int second = 0;
  const auto passes = [&](int count, bool with_a) {
    for (int i = 0; i < count; ++i) {
      if (with_a) group.set(a, 1);
      group.set(b, 2);
      group.commit(at(seconds(++second)));
    }
  };
  passes(300, true);  // tried again many times
  REQUIRE(group.refused() == 1);
  passes(100, false);
  REQUIRE(group.evicted() == 1);  // `b` was taken in the end
  REQUIRE(group.refused() == 1);
  group.commit(at(seconds(++second)));
  group.commit(at(seconds(++second)));
  passes(1, true);
  REQUIRE(group.refused() == 2);  // a new episode, of `b`
}

TEST_CASE("a full group evicts the longest dead series and refuses while all are alive") {
  SeriesStore store;
  SeriesGroup& group = store.add_group("thermal", seconds(1), 2);
  Series a = temperature("a");
  Series b = temperature("b");
  Series c = temperature("c");
  group.set(a, 1);
  group.commit(at(seconds(1)));
  group.set(a, 1);
  group.set(b, 2);
  REQUIRE_FALSE(group.set(c, 3));
  group.commit(at(seconds(2)));
  REQUIRE(group.refused() == 1);
  REQUIRE(group.evicted() == 0);

  // A refused series does not ask again at every pass.
  group.set(b, 2);
  REQUIRE_FALSE(group.set(c, 3));
  group.commit(at(seconds(3)));
  REQUIRE(group.refused() == 1);

  // `a` has been dead since pass 3: a new series takes its place, with nothing of its history.
  group.set(b, 2);
  group.commit(at(seconds(4)));
  Series d = temperature("d");
  group.set(b, 2);
  REQUIRE(group.set(d, 7));
  group.commit(at(seconds(5)));
  REQUIRE(group.evicted() == 1);
  REQUIRE(current(store, at(seconds(5))) == std::map<std::string, double>{{"b", 2}, {"d", 7}});
  const auto directory = group.directory();
  REQUIRE(find(*directory, a) == nullptr);
  const auto points = group.history(*find(*directory, d), Duration(0), at(seconds(9)).wall);
  REQUIRE(points.size() == 1);
  REQUIRE(points[0].last == 7);

  // The evicted handle finds its way back in once there is room.
  group.set(d, 7);
  group.commit(at(seconds(6)));
  group.set(d, 7);
  REQUIRE(group.set(a, 5));
  group.commit(at(seconds(7)));
  REQUIRE(current(store, at(seconds(7))) == std::map<std::string, double>{{"a", 5}, {"d", 7}});
}

TEST_CASE("handles of equal series share one series") {
  SeriesStore store;
  SeriesGroup& group = store.add_group("thermal", seconds(1), 8);
  Series first = temperature("a");
  Series second = temperature("a");
  group.set(first, 1);
  group.set(second, 2);
  group.commit(at(seconds(1)));
  REQUIRE(group.directory()->size() == 1);
  REQUIRE(current(store, at(seconds(1))) == std::map<std::string, double>{{"a", 2}});
}

TEST_CASE("the ring keeps what its retention says and rollups go further back") {
  StoreRetention retention;
  retention.raw = seconds(30);
  retention.tier_10s = seconds(300);
  retention.tier_60s = seconds(3600);
  SeriesGroup group("thermal", seconds(1), 4, retention);
  Series a = temperature("a");
  for (int t = 1; t <= 1200; ++t) {
    group.set(a, t);
    group.commit(at(seconds(t)));
  }
  const auto directory = group.directory();
  const auto& entry = directory->front();

  // The newest 30 s are raw.
  const auto raw = group.history(entry, at(seconds(1175)).wall, at(seconds(1200)).wall);
  REQUIRE(raw.size() == 26);
  REQUIRE(raw.front().last == 1175);
  REQUIRE(raw.back().last == 1200);

  // Further back the 10 s tier answers, with the newest, still open bucket filled from raw samples.
  const auto mixed = group.history(entry, at(seconds(1000)).wall, at(seconds(1200)).wall);
  REQUIRE(mixed.front().count == 10);
  REQUIRE(mixed.front().min == 1000);
  REQUIRE(mixed.front().max == 1009);
  REQUIRE(mixed.front().mean == Approx(1004.5));
  REQUIRE(mixed.back().last == 1200);
  double samples = 0;
  for (size_t i = 0; i < mixed.size(); ++i) {
    samples += mixed[i].count;
    if (i > 0) REQUIRE(mixed[i].at.wall > mixed[i - 1].at.wall);
  }
  REQUIRE(samples == 201);

  // And the 60 s tier beyond it.
  const auto old = group.history(entry, at(seconds(60)).wall, at(seconds(1200)).wall);
  REQUIRE(old.front().min == 60);
  REQUIRE(old.front().count == 60);
  samples = 0;
  for (const Point& point : old) samples += point.count;
  REQUIRE(samples == 1141);

  // A wide step is answered from a coarse tier even where finer ones reach.
  const auto coarse =
      group.history(entry, at(seconds(1080)).wall, at(seconds(1139)).wall, seconds(60));
  REQUIRE(coarse.size() == 1);
  REQUIRE(coarse[0].count == 60);
}

TEST_CASE("rollups agree with a slow reference on random series", "[property]") {
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    StoreRetention retention;
    retention.raw = seconds(4000);
    retention.max_raw_samples = 100000;
    retention.tier_10s = std::chrono::hours(3);
    const Duration period = milliseconds(std::array{100, 700, 1000, 3300}[round % 4]);
    SeriesGroup group("thermal", period, 4, retention);
    Series series = temperature("a");
    std::vector<std::pair<Duration, double>> samples;  // the reference: every sample, kept
    Duration t = milliseconds(random() % 100'000);
    for (int i = 0; i < 2000; ++i) {
      t += period;
      if (random() % 10 == 0) continue;  // a missed tick
      const double value = static_cast<double>(random() % 1000) / 7;
      if (random() % 5 != 0) {
        group.set(series, value);
        samples.emplace_back(t, value);
      }
      group.commit(at(t));
    }
    group.commit(at(t));  // closes the buckets before the one `t` lies in
    const auto directory = group.directory();
    for (const Duration width : {seconds(10), seconds(60)}) {
      const Duration last_bucket = t - t % width;
      const auto points =
          group.history(directory->front(), Duration(0), at(last_bucket).wall - Duration(1), width);
      size_t next = 0;
      for (const Point& point : points) {
        const int64_t bucket = point.at.awake / width;
        double sum = 0;
        uint32_t count = 0;
        double lowest = HUGE_VAL, highest = -HUGE_VAL, last = 0;
        for (; next < samples.size() && samples[next].first / width == bucket; ++next) {
          last = samples[next].second;
          lowest = std::min(lowest, last);
          highest = std::max(highest, last);
          sum += last;
          ++count;
        }
        REQUIRE(point.count == count);
        REQUIRE(point.min == lowest);
        REQUIRE(point.max == highest);
        REQUIRE(point.last == last);
        REQUIRE(point.mean == Approx(sum / count));
      }
      REQUIRE(next > 0);
      REQUIRE((next == samples.size() || samples[next].first >= last_bucket));
    }
  }
}

TEST_CASE("memory does not grow and a raw sample costs at most 8.5 bytes") {
  StoreRetention retention;
  SeriesGroup group("tasks", seconds(1), 1000, retention);
  const size_t reserved = group.bytes();
  const double raw_rows = 302;
  const double tiers = (362 + 362) * (4 * 8 + 4.0) * 1000 + 2 * 36.0 * 1000;
  REQUIRE((static_cast<double>(reserved) - tiers) / (raw_rows * 1000) < 8.5);
}

}  // namespace anemon
