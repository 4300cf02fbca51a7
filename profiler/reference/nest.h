// Nested loops over the elements of several tensors that are walked with steps of their own.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "models/graph/tensor_type.h"
#include "profiler/reference/tensor.h"

namespace anemon::profiler::reference {

// Elements from one index to the next, by dimension; 0 stands still, negative goes back.
using Steps = std::vector<std::ptrdiff_t>;

Steps steps_of(const Shape& shape);
// Of `operand` while the result is walked: dimensions are matched from the end, stretched ones
// stand still.
Steps broadcast_steps(const Shape& operand, const Shape& result);

// Dimensions that follow each other without a gap in all tensors become one.
template <size_t N>
class Nest {
 public:
  Nest(const Shape& shape, const std::array<Steps, N>& steps) {
    for (size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] == 1) continue;
      bool joins = !extents_.empty();
      for (size_t n = 0; n < N && joins; ++n) {
        joins = steps_[n].back() == steps[n][i] * static_cast<std::ptrdiff_t>(shape[i]);
      }
      if (!joins) {
        extents_.push_back(1);
        for (size_t n = 0; n < N; ++n) steps_[n].push_back(0);
      }
      extents_.back() *= static_cast<size_t>(shape[i]);
      for (size_t n = 0; n < N; ++n) steps_[n].back() = steps[n][i];
    }
    if (extents_.empty()) {
      extents_.push_back(1);
      for (size_t n = 0; n < N; ++n) steps_[n].push_back(1);
    }
  }

  size_t row() const { return extents_.back(); }  // elements of the innermost loop
  std::ptrdiff_t step(size_t tensor) const { return steps_[tensor].back(); }

  // see(offsets): where each tensor's row begins.
  template <typename See>
  void each_row(See see) const {
    std::array<std::ptrdiff_t, N> at{};
    std::vector<size_t> index(extents_.size(), 0);
    for (const size_t extent : extents_) {
      if (extent == 0) return;
    }
    while (true) {
      see(at);
      size_t dimension = extents_.size() - 1;
      while (true) {
        if (dimension == 0) return;
        --dimension;
        for (size_t n = 0; n < N; ++n) at[n] += steps_[n][dimension];
        if (++index[dimension] < extents_[dimension]) break;
        for (size_t n = 0; n < N; ++n) {
          at[n] -= steps_[n][dimension] * static_cast<std::ptrdiff_t>(extents_[dimension]);
        }
        index[dimension] = 0;
      }
    }
  }

 private:
  std::vector<size_t> extents_;
  std::array<std::vector<std::ptrdiff_t>, N> steps_;
};

// Copies a block of elements from one tensor to another.
class BlockCopy {
 public:
  BlockCopy(const Shape& shape, const Steps& to, const Steps& from, std::ptrdiff_t to_start = 0,
            std::ptrdiff_t from_start = 0);
  void run(float* to, const float* from) const;

 private:
  Nest<2> nest_;
  std::ptrdiff_t to_start_, from_start_;
};

}  // namespace anemon::profiler::reference
