#include "profiler/reference/nest.h"

#include <algorithm>
#include <cstring>

namespace anemon::profiler::reference {

Steps steps_of(const Shape& shape) {
  const std::vector<size_t> strides = strides_of(shape);
  return {strides.begin(), strides.end()};
}

Steps broadcast_steps(const Shape& operand, const Shape& result) {
  Steps steps(result.size(), 0);
  const Steps own = steps_of(operand);
  const size_t missing = result.size() - std::min(operand.size(), result.size());
  for (size_t i = 0; i < operand.size() && i < result.size(); ++i) {
    if (operand[i] != 1) steps[missing + i] = own[i];
  }
  return steps;
}

BlockCopy::BlockCopy(const Shape& shape, const Steps& to, const Steps& from,
                     std::ptrdiff_t to_start, std::ptrdiff_t from_start)
    : nest_(shape, {to, from}), to_start_(to_start), from_start_(from_start) {}

void BlockCopy::run(float* to, const float* from) const {
  const size_t count = nest_.row();
  const std::ptrdiff_t to_step = nest_.step(0);
  const std::ptrdiff_t from_step = nest_.step(1);
  nest_.each_row([&](const auto& at) {
    float* target = to + to_start_ + at[0];
    const float* source = from + from_start_ + at[1];
    if (to_step == 1 && from_step == 1) {
      std::memcpy(target, source, count * sizeof(float));
    } else if (to_step == 1 && from_step == 0) {
      std::fill_n(target, count, *source);
    } else {
      for (size_t i = 0; i < count; ++i) {
        const auto index = static_cast<std::ptrdiff_t>(i);
        target[index * to_step] = source[index * from_step];
      }
    }
  });
}

}  // namespace anemon::profiler::reference
