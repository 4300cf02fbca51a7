// What measuring costs: FOLDER gets the network pair, and standard output a document with what one
// inference takes in a bare loop and in the runner's, and what a report takes.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "bench/engine/network_pair.h"
#include "core/clock.h"
#include "profiler/report/report.h"
#include "profiler/runner/measurement.h"
#include "profiler/statistics/sample.h"

namespace anemon::profiler {
namespace {

constexpr int kRounds = 15;
constexpr Duration kSegment = std::chrono::milliseconds(300);

// A model whose inference takes a millisecond to the clock's resolution, and nothing else.
class Millisecond final : public LoadedModel {
 public:
  const std::vector<models::Feature>& inputs() const override { return none_; }
  const std::vector<models::Feature>& outputs() const override { return none_; }
  void set_inputs(size_t, std::vector<FeatureValue>) override {}
  PredictTimes predict(size_t) override {
    const Duration began = clock_.awake();
    Duration now = began;
    while (now - began < std::chrono::milliseconds(1)) now = clock_.awake();
    PredictTimes times;
    times.total = times.execution.emplace(now - began);
    return times;
  }
  std::vector<FeatureValue> results(size_t) const override { return {}; }
  void time_operations(bool) override {}
  std::vector<OperationTime> operation_times() const override { return {}; }

 private:
  SystemClock clock_;
  std::vector<models::Feature> none_;
};

// Seconds an inference beyond its millisecond: in a bare loop, and as the runner measures it, lines
// for the parent included.
double bare_overhead(LoadedModel& model) {
  const SystemClock clock;
  const Duration began = clock.awake();
  uint64_t count = 0;
  Duration inside{};
  while (clock.awake() - began < kSegment) {
    inside += model.predict(1).total;
    ++count;
  }
  return to_seconds(clock.awake() - began - inside) / static_cast<double>(count);
}

double runner_overhead(LoadedModel& model) {
  const SystemClock clock;
  PredictRequest request;
  request.min_time = kSegment;
  double inside = 0;
  size_t written = 0;
  const Duration began = clock.awake();
  const Predicted predicted = measure(model, request, clock, [&](const Samples& samples) {
    for (const double seconds : samples.execution) inside += seconds;
    written += to_line(Answer(samples)).size();
    return true;
  });
  if (written == 0) std::abort();
  return (to_seconds(clock.awake() - began) - inside) / static_cast<double>(predicted.count);
}

nlohmann::ordered_json report_document() {
  nlohmann::ordered_json document = {
      {"schema", "anemon.result/1"}, {"id", "bench"}, {"kind", "model"}};
  auto& samples = document["samples"];
  for (int i = 0; i < 20000; ++i) {
    samples["start_seconds"].push_back(i * 1e-3);
    samples["latency_ms"].push_back(1 + 0.1 * std::sin(i));
  }
  for (int i = 0; i < 200; ++i) {
    document["layers"].push_back({{"name", "layer" + std::to_string(i)},
                                  {"type", "conv"},
                                  {"index", i},
                                  {"time_ms", 0.01 * i},
                                  {"macs", 1e6 * i},
                                  {"provenance", {{"time_ms", "measured"}}}});
  }
  for (int i = 0; i < 200; ++i) {
    document["latency_breakdown"]["layer_timings_ms"]["layer" + std::to_string(i)] = 0.01 * i;
  }
  for (int i = 0; i < 1200; ++i)
    document["power"]["timeline"].push_back({i * 0.1, 3 + std::sin(i)});
  return document;
}

template <class Call>
double median_seconds(const Call& call) {
  std::vector<double> seconds;
  for (int i = 0; i < kRounds; ++i) {
    const auto began = std::chrono::steady_clock::now();
    call();
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  return median(seconds);
}

int run(const std::filesystem::path& folder) {
  bench::write_network_pair(folder);
  nlohmann::ordered_json found;
  Millisecond model;
  std::vector<double> bare, runner;
  for (int i = 0; i < kRounds; ++i) {
    bare.push_back(bare_overhead(model));
    runner.push_back(runner_overhead(model));
  }
  found["bare_seconds"] = median(bare);
  found["runner_seconds"] = median(runner);
  const nlohmann::ordered_json document = report_document();
  found["html_seconds"] = median_seconds([&] { return html_report(document); });
  found["markdown_seconds"] = median_seconds([&] { return markdown_report(document); });
  found["csv_seconds"] = median_seconds([&] { return csv_report(document); });
  std::puts(found.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace anemon::profiler

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: bench_engine FOLDER\n", stderr);
    return 2;
  }
  return anemon::profiler::run(argv[1]);
}
