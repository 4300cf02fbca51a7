// The table of element-wise operations: what each computes, in one place.
#pragma once

#include <string_view>
#include <vector>

#include "profiler/reference/step_builder.h"

namespace anemon::profiler::reference {

// One operand, and parameters a and b.
struct Unary {
  std::string_view operation;
  void (*run)(const float* x, float* y, size_t count, float a, float b);
  std::string_view a, b;  // the arguments they come from
  float a_otherwise = 0, b_otherwise = 0;
};

// Two operands; the steps of x and y are 0 or 1.
struct Binary {
  std::string_view operation;
  void (*run)(const float* x, size_t x_step, const float* y, size_t y_step, float* z, size_t count);
};

const Unary* find_unary(std::string_view operation);
const Binary* find_binary(std::string_view operation);
void add_elementwise_names(std::vector<std::string_view>& names);

Kernel unary(StepBuilder& step);
Kernel binary(StepBuilder& step);
// z = x (how) y, all plain, as numpy stretches them.
Kernel broadcast(const Binary& how, const Tensor& x, const Tensor& y, const Tensor& z);

}  // namespace anemon::profiler::reference
