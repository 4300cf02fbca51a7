// A run made by hand, and the model that it ran: a linear layer with an activation.
#pragma once

#include <memory>

#include "models/chips/chip.h"
#include "profiler/measure/result.h"
#include "tests/models/graph_builder.h"

namespace anemon::profiler::test {

// 8 numbers in, 4 out: 32 multiply-accumulates, 128 bytes of weights.
inline models::Model small_model() {
  using models::DataType;
  models::test::GraphBuilder graph;
  const auto x = graph.input("x", DataType::fp16, {1, 8});
  std::vector<double> weights;
  for (int i = 0; i < 32; ++i) weights.push_back(i % 5 - 2);
  const auto weight = graph.numbers(DataType::fp16, {4, 8}, weights);
  const auto product =
      graph.add("linear", {{"x", {x}}, {"weight", {weight}}}, {{DataType::fp16, true, {1, 4}}});
  const auto y = graph.add("relu", {{"x", product}}, {{DataType::fp16, true, {1, 4}}});
  graph.output(y.front());
  return graph.model();
}

inline std::unique_ptr<ModelStudy> study_of(models::Model model) {
  return std::make_unique<ModelStudy>("m.mlpackage", std::move(model), models::InputShapes{},
                                      ChipChoice{models::find_chip("M4"), "asked for"});
}

inline MemoryUse resident(uint64_t now, uint64_t peak) {
  MemoryUse use;
  use.resident = now;
  use.peak_resident = peak;
  return use;
}

// 400 calls of 2 items: 399 of 1 to 1.3 ms in turn, and one of 50 ms.
inline ModelRun made_run() {
  ModelRun run;
  run.request.model = "/models/m.mlpackage";
  run.request.items = 2;
  run.hello = Hello{};
  run.hello->engine = {"reference (CPU)", "oneDNN 2", 1, {ComputeUnits::cpu_only}};
  run.memory_at_start = resident(10'000'000, 11'000'000);
  run.loaded = Loaded{};
  run.loaded->times.load = std::chrono::microseconds(12'500);
  run.loaded->inputs.push_back(
      {"x", models::FeatureKind::array, {models::DataType::fp16, true, {1, 8}}, "", false});
  run.loaded->weight_bytes = 256;
  run.why_not_reloaded = "the first load compiled nothing";
  run.first_inference = 0.004;
  run.memory_loaded = resident(14'000'000, 15'000'000);
  run.warm_up = WarmUpRun{50, 1.5, {}, 0.25};
  run.warm_up->verdict.stability = Stability::steady;
  double start = 0;
  for (int i = 0; i < 400; ++i) {
    const double total = i == 200 ? 0.050 : 0.001 + 0.0001 * (i % 4);
    run.samples.start.push_back(start);
    run.samples.total.push_back(total);
    run.samples.preprocessing.push_back(i % 2 == 0 ? 0.0002 : kAbsent);
    run.samples.execution.push_back(total - 0.0003);
    start += total;
  }
  run.predicted = Predicted{400, std::chrono::milliseconds(510), std::chrono::seconds(100)};
  run.memory_after = resident(16'000'000, 20'000'000);
  run.operations = {{"linear_0", "linear", std::chrono::microseconds(900), 3, ""},
                    {"relu_1", "relu", Duration{}, 3, "linear_0"}};
  run.operation_calls = {0.0004, 0.0004, 0.0004};
  return run;
}

inline Observation nobody_watched() {
  Observation seen;
  seen.why_none = "no daemon at /tmp/s: no such socket";
  return seen;
}

}  // namespace anemon::profiler::test
