#include <algorithm>

#include "profiler/reference/families.h"

namespace anemon::profiler::reference {

// The index of the class; who knows the classes makes a label and a dictionary of it.
Kernel classify(StepBuilder& step) {
  const Tensor probabilities = step.plain("probabilities");
  const Tensor label = step.result(0);
  return [=] {
    const float* from = probabilities.data();
    const float* best = std::max_element(from, from + probabilities.count());
    *label.data() = static_cast<float>(best - from);
  };
}

}  // namespace anemon::profiler::reference
