// A program that serves a model and watches itself: reports inferences until it sees them.
#include <anemon/client.h>
#include <anemon/profiler.h>

#include <chrono>
#include <cstdio>
#include <thread>

namespace {

constexpr int kTries = 1500;  // of 20 ms

template <class Condition>
bool until(const Condition& condition) {
  for (int i = 0; i < kTries; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

int failed(const anemon::ANEPerformanceProfiler& profiler) {
  std::fprintf(stderr, "%s\n", profiler.LastError().c_str());
  return 1;
}

}  // namespace

int main() {
  static const char* const kKinds[] = {"token"};
  const anemon_model* model = anemon_model_register("served", "cpu", kKinds, 1);
  if (anemon_start(nullptr) != ANEMON_OK ||
      !until([] { return anemon_read_state(nullptr, 0) == ANEMON_STATE_LISTENING; })) {
    std::fprintf(stderr, "no daemon listens\n");
    return 1;
  }
  anemon::ANEPerformanceProfiler profiler;
  if (!profiler.StartMonitoring("served")) return failed(profiler);
  anemon::ANEPerformanceMetrics metrics;
  const std::uint64_t tokens = 3;
  const bool seen = until([&] {
    for (int i = 0; i < 10; ++i) anemon_inference(model, 1000000, 1, &tokens);
    metrics = profiler.GetCurrentMetrics();
    return metrics.inferences_per_second > 0;
  });
  if (!profiler.StopMonitoring(metrics)) return failed(profiler);
  anemon_stop();
  const auto& origin = metrics.origins.Of("inferences_per_second");
  std::printf("%d %.1f %.1f %.1f %s\n", seen, metrics.inferences_per_second,
              metrics.tokens_per_second, metrics.images_per_second, ToString(origin.origin));
}
