#include <algorithm>
#include <functional>

#include "profiler/reference/families.h"
#include "profiler/reference/refusal.h"

namespace anemon::profiler::reference {
namespace {

// An index as the file gives it, negative ones counted from the end.
size_t inside(float index, int64_t extent) {
  auto at = static_cast<int64_t>(index);
  if (at < 0) at += extent;
  if (at < 0 || at >= extent) {
    throw Refusal("index " + std::to_string(static_cast<int64_t>(index)) + " is outside of " +
                  std::to_string(extent));
  }
  return static_cast<size_t>(at);
}

using Merge = void (*)(float& into, float update);
Merge merge_of(const StepBuilder& step, std::string_view otherwise) {
  const std::string mode = step.text("mode", otherwise);
  if (mode == "update") return [](float& into, float update) { into = update; };
  if (mode == "add") return [](float& into, float update) { into += update; };
  if (mode == "sub") return [](float& into, float update) { into -= update; };
  if (mode == "mul") return [](float& into, float update) { into *= update; };
  if (mode == "div") return [](float& into, float update) { into /= update; };
  if (mode == "max") return [](float& into, float update) { into = std::max(into, update); };
  if (mode == "min") return [](float& into, float update) { into = std::min(into, update); };
  step.refuse("mode '" + mode + "' is not known");
}

}  // namespace

Kernel gather(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Tensor indices = step.plain("indices");
  const size_t axis = step.axis("axis", 0, x.rank());
  const auto batches = static_cast<size_t>(step.integer("batch_dims", 0));
  if (batches > axis || batches > indices.rank()) step.refuse("'batch_dims' does not fit");
  const Tensor y = step.result();
  const size_t batch = extent_between(x.shape(), 0, batches);
  const size_t outer = extent_between(x.shape(), batches, axis);
  const int64_t extent = x.shape()[axis];
  const size_t inner = extent_between(x.shape(), axis + 1, x.rank());
  const size_t each = indices.count() / std::max<size_t>(batch, 1);
  return [=] {
    float* to = y.data();
    for (size_t b = 0; b < batch; ++b) {
      for (size_t o = 0; o < outer; ++o) {
        const float* from = x.data() + (b * outer + o) * static_cast<size_t>(extent) * inner;
        for (size_t i = 0; i < each; ++i, to += inner) {
          std::copy_n(from + inside(indices.data()[b * each + i], extent) * inner, inner, to);
        }
      }
    }
  };
}

Kernel gather_along_axis(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Tensor indices = step.plain("indices");
  const size_t axis = step.axis("axis", 0, x.rank());
  if (indices.rank() != x.rank()) step.refuse("'indices' has another rank");
  const Tensor y = step.result();
  const std::vector<size_t> x_strides = strides_of(x.shape());
  const std::vector<size_t> y_strides = strides_of(y.shape());
  return [=] {
    for (size_t i = 0; i < y.count(); ++i) {
      size_t from = inside(indices.data()[i], x.shape()[axis]) * x_strides[axis];
      for (size_t d = 0; d < y.rank(); ++d) {
        const size_t at = i / y_strides[d] % static_cast<size_t>(y.shape()[d]);
        if (d != axis) from += at * x_strides[d];
      }
      y.data()[i] = x.data()[from];
    }
  };
}

namespace {

// The last dimension of indices names places in x, `batches` dimensions of both are walked
// together.
struct Places {
  size_t batch, each, depth, inner, stride;
  std::vector<size_t> strides;
  std::vector<int64_t> extents;

  Places(const StepBuilder& step, const Shape& x, const Shape& indices, size_t batches) {
    if (indices.empty() || batches >= indices.size()) step.refuse("'indices' names no places");
    depth = static_cast<size_t>(indices.back());
    if (batches + depth > x.size()) step.refuse("'indices' does not fit the rank");
    batch = extent_between(x, 0, batches);
    each = extent_between(indices, batches, indices.size() - 1);
    inner = extent_between(x, batches + depth, x.size());
    stride = extent_between(x, batches, x.size());
    const std::vector<size_t> all = strides_of(x);
    for (size_t d = 0; d < depth; ++d) {
      strides.push_back(all[batches + d]);
      extents.push_back(x[batches + d]);
    }
  }

  // see(offset in x, number of the place).
  template <typename See>
  void walk(const float* indices, See see) const {
    for (size_t i = 0; i < batch * each; ++i) {
      size_t at = i / each * stride;
      for (size_t d = 0; d < depth; ++d) {
        at += inside(indices[i * depth + d], extents[d]) * strides[d];
      }
      see(at, i);
    }
  }
};

}  // namespace

Kernel gather_nd(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Tensor indices = step.plain("indices");
  const Places places(step, x.shape(), indices.shape(),
                      static_cast<size_t>(step.integer("batch_dims", 0)));
  const Tensor y = step.result();
  return [=] {
    places.walk(indices.data(), [&](size_t at, size_t i) {
      std::copy_n(x.data() + at, places.inner, y.data() + i * places.inner);
    });
  };
}

Kernel scatter_nd(StepBuilder& step) {
  const Tensor data = step.plain("data");
  const Tensor indices = step.plain("indices");
  const Tensor updates = step.plain("updates");
  const Merge merge = merge_of(step, "add");
  const Places places(step, data.shape(), indices.shape(), 0);
  const Tensor y = step.result_over(data);
  return [=] {
    if (y.buffer != data.buffer) std::copy_n(data.data(), data.count(), y.data());
    places.walk(indices.data(), [&](size_t at, size_t i) {
      for (size_t n = 0; n < places.inner; ++n) {
        merge(y.data()[at + n], updates.data()[i * places.inner + n]);
      }
    });
  };
}

Kernel scatter(StepBuilder& step) {
  const Tensor data = step.plain("data");
  const Tensor indices = step.plain("indices");
  const Tensor updates = step.plain("updates");
  const size_t axis = step.axis("axis", 0, data.rank());
  const Merge merge = merge_of(step, "add");
  const Tensor y = step.result_over(data);
  const size_t outer = extent_between(data.shape(), 0, axis);
  const int64_t extent = data.shape()[axis];
  const size_t inner = extent_between(data.shape(), axis + 1, data.rank());
  const size_t each = indices.count();
  if (updates.count() != outer * each * inner) step.refuse("'updates' does not fit 'indices'");
  return [=] {
    if (y.buffer != data.buffer) std::copy_n(data.data(), data.count(), y.data());
    for (size_t o = 0; o < outer; ++o) {
      for (size_t i = 0; i < each; ++i) {
        const size_t at = inside(indices.data()[i], extent);
        float* to = y.data() + (o * static_cast<size_t>(extent) + at) * inner;
        const float* from = updates.data() + (o * each + i) * inner;
        for (size_t n = 0; n < inner; ++n) merge(to[n], from[n]);
      }
    }
  };
}

Kernel scatter_along_axis(StepBuilder& step) {
  const Tensor data = step.plain("data");
  const Tensor indices = step.plain("indices");
  const Tensor updates = step.plain("updates");
  const size_t axis = step.axis("axis", 0, data.rank());
  const Merge merge = merge_of(step, "add");
  if (indices.shape() != updates.shape() || indices.rank() != data.rank()) {
    step.refuse("'indices' does not fit 'updates'");
  }
  const Tensor y = step.result_over(data);
  const std::vector<size_t> to = strides_of(data.shape());
  const std::vector<size_t> from = strides_of(indices.shape());
  return [=] {
    if (y.buffer != data.buffer) std::copy_n(data.data(), data.count(), y.data());
    for (size_t i = 0; i < indices.count(); ++i) {
      size_t at = inside(indices.data()[i], data.shape()[axis]) * to[axis];
      for (size_t d = 0; d < data.rank(); ++d) {
        if (d == axis) continue;
        at += i / from[d] % static_cast<size_t>(indices.shape()[d]) * to[d];
      }
      merge(y.data()[at], updates.data()[i]);
    }
  };
}

}  // namespace anemon::profiler::reference
