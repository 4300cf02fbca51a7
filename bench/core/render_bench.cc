// A page of N series: anemon's from the store, prometheus-cpp's from its registry.
#include <benchmark/benchmark.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "bench/core/counted_allocations.h"
#include "bench/synthetic_series.h"
#include "exporters/exposition.h"

namespace anemon::bench {
namespace {

// Adds what one page cost, and what one series of it did.
template <class Render>
void measure_pages(benchmark::State& state, Render&& render) {
  const auto series = static_cast<double>(state.range(0));
  render();
  const uint64_t before = allocations();
  for (auto _ : state) render();
  const auto pages = static_cast<double>(state.iterations());
  state.counters["allocations_per_page"] = static_cast<double>(allocations() - before) / pages;
  state.counters["seconds_per_series"] =
      benchmark::Counter(pages * series, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void render_page(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  const SystemClock clock;
  SeriesStore store;
  const SignalBoard signals;
  const Instruments instruments;
  SeriesGroup& group =
      store.add_group("bench", std::chrono::hours(1), static_cast<uint32_t>(count));
  std::vector<Series> series = synthetic_series(count);
  push_pass(group, series, 0, clock.now());
  const Sources sources{clock, store, signals, instruments, {}};
  Exposition exposition(sources);
  std::string page;
  measure_pages(state, [&] {
    exposition.render(ExpositionFormat::text, clock.now(), page);
    benchmark::DoNotOptimize(page.data());
  });
  state.counters["page_bytes"] = static_cast<double>(page.size());
}
BENCHMARK(render_page)->Arg(500)->Arg(5000);

void prometheus_cpp_page(benchmark::State& state) {
  const auto registry = synthetic_registry(static_cast<size_t>(state.range(0)));
  const prometheus::TextSerializer serializer;
  measure_pages(state, [&] {
    const std::string page = serializer.Serialize(registry->Collect());
    benchmark::DoNotOptimize(page.data());
  });
}
BENCHMARK(prometheus_cpp_page)->Arg(500)->Arg(5000);

}  // namespace
}  // namespace anemon::bench
