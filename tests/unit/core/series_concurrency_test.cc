// Readers beside a writer that never waits for them: what a reader accepts is one whole pass.
#include <cmath>

#include "core/series_store.h"
#include "core/worker.h"
#include "tests/catch.h"

namespace anemon {

TEST_CASE("a reader sees whole passes while the writer laps it") {
  SeriesStore store;
  StoreRetention retention;
  retention.max_raw_samples = 4;  // the smallest ring: the writer overtakes readers all the time
  SeriesGroup group("thermal", std::chrono::milliseconds(1), 64, retention);
  constexpr int kPasses = 20000;

  Worker writer("writer", [&](const StopFlag&) {
    std::vector<Series> series;
    for (int i = 0; i < 64; ++i) {
      series.emplace_back(Metric::kTemperature, std::vector<std::string>{"cpu", std::to_string(i)});
    }
    for (int pass = 1; pass <= kPasses; ++pass) {
      for (Series& one : series) group.set(one, pass);
      group.commit({std::chrono::milliseconds(pass), Duration(0), Duration(pass)});
    }
  });

  int accepted = 0;
  uint64_t last_seen = 0;
  while (!writer.finished() || accepted == 0) {
    const auto directory = group.directory();
    const uint64_t end = group.passes();
    if (end == 0) continue;
    const uint64_t pass = end - 1;
    bool same = true;
    for (const auto& entry : *directory) {
      same = same && group.value(pass, entry.slot) == static_cast<double>(pass + 1);
    }
    const bool time_matches = group.time_of(pass).wall == Duration(pass + 1);
    if (!group.readable(pass)) continue;
    ++accepted;
    REQUIRE(same);
    REQUIRE(time_matches);
    REQUIRE(pass >= last_seen);
    last_seen = pass;
    for (const auto& entry : *directory) {
      for (const Point& point : group.history(entry, Duration(0), Duration(kPasses))) {
        REQUIRE(std::isfinite(point.last));
        if (point.count == 1) REQUIRE(point.at.wall == Duration(static_cast<int64_t>(point.last)));
      }
      break;
    }
  }
}

}  // namespace anemon
