// What a sample costs: time to push it, bytes to keep it.
#include <benchmark/benchmark.h>

#include "bench/core/counted_allocations.h"
#include "bench/synthetic_series.h"
#include "collectors/collectors.h"
#include "core/series_store.h"

namespace anemon::bench {
namespace {

// Passes of 5000 series, one a second of simulated time: every row is cold when its turn comes, and
// the rollups are paid for.
void push_sample(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  SeriesGroup group("bench", std::chrono::seconds(1), static_cast<uint32_t>(count), {});
  std::vector<Series> series = synthetic_series(count);
  std::vector<double> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = synthetic_value(i, 0);
  Instant now = SystemClock().now();
  const auto push = [&] {
    for (size_t i = 0; i < count; ++i) group.set(series[i], values[i]);
    group.commit(now);
    now.awake += std::chrono::seconds(1);
    now.wall += std::chrono::seconds(1);
  };
  push();
  const uint64_t before = allocations();
  for (auto _ : state) push();
  const auto passes = static_cast<double>(state.iterations());
  state.counters["allocations_per_pass"] = static_cast<double>(allocations() - before) / passes;
  state.counters["seconds_per_sample"] =
      benchmark::Counter(passes * static_cast<double>(count),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(push_sample)->Arg(5000);

// Bytes that a longer raw retention adds to the default store, by raw sample.
void raw_sample_bytes(benchmark::State& state) {
  const auto bytes_with = [](Duration raw) {
    StoreRetention retention;
    retention.raw = raw;
    SeriesStore store(retention);
    for (const CollectorSpec& spec : collector_specs()) {
      store.add_group(std::string(spec.name), std::chrono::seconds(1), spec.max_series);
    }
    return std::pair(static_cast<double>(store.bytes()), static_cast<double>(store.capacity()));
  };
  for (auto _ : state) {
    const auto [longer, series] = bytes_with(std::chrono::seconds(600));
    const auto [shorter, same] = bytes_with(std::chrono::seconds(300));
    state.counters["bytes"] = (longer - shorter) / (300 * series);
    state.counters["store_bytes"] = shorter;
    state.counters["store_series"] = same;
  }
}
BENCHMARK(raw_sample_bytes)->Iterations(1);

}  // namespace
}  // namespace anemon::bench
