// Runs a graph built by hand on the reference engine's plan.
#pragma once

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "models/analysis/infer.h"
#include "profiler/reference/plan.h"
#include "tests/models/graph_builder.h"

namespace anemon::profiler::reference::test {

using Numbers = std::vector<float>;

// Outputs in the order of output(), for inputs in the order of input().
inline std::vector<Numbers> planned(models::test::GraphBuilder& graph,
                                    const std::vector<Numbers>& inputs,
                                    const PlanOptions& options = {}) {
  const models::Model model = graph.model();
  const models::Function& function = graph.function();
  Plan plan(function, models::infer(function, model.interface, {}), options);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& tensor = plan.tensor(function.body.inputs.at(i));
    if (tensor.count() != inputs[i].size()) throw Error("an input of the test has a wrong size");
    std::copy(inputs[i].begin(), inputs[i].end(), tensor.data());
  }
  plan.run();
  std::vector<Numbers> outputs;
  for (const models::ValueId value : function.body.outputs) {
    const Tensor& tensor = plan.tensor(value);
    outputs.emplace_back(tensor.data(), tensor.data() + tensor.count());
  }
  return outputs;
}

}  // namespace anemon::profiler::reference::test
