// What the kernels of the reference engine compute with.
//
// Every element is held as fp32, whatever its type in the model: integers and booleans too, which
// keeps them exact up to 2^24.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "models/graph/tensor_type.h"
#include "profiler/reference/layout.h"

namespace anemon::profiler::reference {

using models::Shape;

// One operation, ready to run; throws Error.
using Kernel = std::function<void()>;

// Memory that tensors hold one after the other. `data` is null until the plan is complete, and then
// stays where it is: kernels keep the buffer and look when they run.
struct Buffer {
  float* data = nullptr;
  size_t elements = 0;  // of the largest tensor that it holds
  unsigned holders = 0;
  bool fixed = false;  // a constant or a state: never handed on
  std::unique_ptr<float[], void (*)(void*)> own{nullptr, nullptr};

  void allocate();  // zeroed, aligned to 64 bytes
};

// The dimensions are all known. `buffer` outlives every kernel.
struct Tensor {
  models::TensorType type;
  Layout layout;
  Buffer* buffer = nullptr;

  const Shape& shape() const { return type.shape; }
  size_t rank() const { return type.shape.size(); }
  size_t count() const;     // elements, without padding
  size_t elements() const;  // of the buffer that it takes
  float* data() const { return buffer->data; }
};

size_t count_of(const Shape& shape);
// Elements between neighbours in each dimension, rows one after the other.
std::vector<size_t> strides_of(const Shape& shape);
// The product of the dimensions in [begin, end).
size_t extent_between(const Shape& shape, size_t begin, size_t end);

}  // namespace anemon::profiler::reference
