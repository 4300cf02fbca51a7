// What one call of anemon/client.h costs while a daemon listens at $ANEMON_SOCKET, and while none
// does. Calls are timed in bursts that the queue holds; what waits is sent outside of the timing.
#include <anemon/client.h>
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace {

constexpr int kBurst = 4096;

const anemon_model* model() {
  static const char* const kinds[] = {"token", "image"};
  return anemon_model_register("bench", "ane", kinds, 2);
}

// Starts the client anew and waits for the state.
bool restart(const char* socket, anemon_state state) {
  anemon_stop();
  anemon_options options;
  std::memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.socket = socket;
  if (anemon_start(&options) != ANEMON_OK || model() == nullptr) return false;
  for (int i = 0; i < 5000 && anemon_read_state(nullptr, 0) != state; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return anemon_read_state(nullptr, 0) == state;
}

template <class Call>
double seconds_of_burst(const Call& call) {
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < kBurst; ++i) call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

void finish(benchmark::State& state) {
  state.counters["seconds_per_call"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kBurst,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void empty_loop(benchmark::State& state) {
  int number = 0;
  for (auto _ : state) {
    state.SetIterationTime(seconds_of_burst([&] { benchmark::DoNotOptimize(++number); }));
  }
  finish(state);
}

void without_daemon(benchmark::State& state) {
  if (!restart("/nonexistent/anemond.sock", ANEMON_STATE_ABSENT)) {
    return state.SkipWithError(anemon_last_error());
  }
  const anemon_model* const registered = model();
  const uint64_t items[] = {7, 1};
  for (auto _ : state) {
    state.SetIterationTime(seconds_of_burst([&] { anemon_inference(registered, 1000, 1, items); }));
  }
  finish(state);
}

void with_daemon(benchmark::State& state) {
  if (!restart(std::getenv("ANEMON_SOCKET"), ANEMON_STATE_LISTENING)) {
    return state.SkipWithError("no daemon at $ANEMON_SOCKET");
  }
  const anemon_model* const registered = model();
  const uint64_t items[] = {7, 1};
  anemon_counters before, after;
  anemon_read_counters(&before);
  for (auto _ : state) {
    state.SetIterationTime(seconds_of_burst([&] { anemon_inference(registered, 1000, 1, items); }));
    if (anemon_flush(10000) != ANEMON_OK) return state.SkipWithError(anemon_last_error());
  }
  anemon_read_counters(&after);
  if (after.dropped != before.dropped) return state.SkipWithError("the queue was full");
  finish(state);
}

// Fixed numbers: sending takes longer than calling, and only calls are timed.
BENCHMARK(empty_loop)->UseManualTime()->Iterations(3000);
BENCHMARK(without_daemon)->UseManualTime()->Iterations(3000);
BENCHMARK(with_daemon)->UseManualTime()->Iterations(30);

}  // namespace
