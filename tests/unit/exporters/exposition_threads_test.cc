#include <atomic>

#include "core/worker.h"
#include "tests/catch.h"
#include "tests/unit/exporters/exposition_fixture.h"

using namespace anemon;
using namespace anemon::test;

// Every series' value is its own number, and slots change hands at almost every pass.
TEST_CASE("a page rendered while series are evicted shows every value under its own name") {
  ExportedWorld world;
  SeriesGroup& group = world.group("tasks", std::chrono::seconds(1), 4);
  std::atomic<uint64_t> passes{0};
  const Worker writer("writer", [&](const StopFlag& stop) {
    std::vector<Series> series;
    for (int i = 0; i < 64; ++i) {
      series.emplace_back(Metric::kTaskThreads, std::vector<std::string>{std::to_string(i), "p"});
    }
    for (size_t round = 0; !stop.requested(); ++round) {
      for (size_t k = 0; k < 3; ++k) {
        const size_t i = (round * 2 + k) % series.size();
        group.set(series[i], static_cast<double>(i));
      }
      group.commit(world.clock.now());
      passes.store(round + 1);
    }
  });

  Exposition exposition(world.sources);
  std::string page;
  int samples = 0;
  int wrong = 0;
  for (int round = 0; round < 20000 || passes.load() < 3000 || samples == 0; ++round) {
    exposition.render(ExpositionFormat::text, world.clock.now(), page);
    for (size_t at = 0; (at = page.find("{pid=\"", at)) != std::string::npos; ++at) {
      const int pid = std::stoi(page.substr(at + 6));
      const int value = std::stoi(page.substr(page.find(' ', at) + 1));
      ++samples;
      wrong += pid != value;
    }
  }
  CHECK(wrong == 0);
}
