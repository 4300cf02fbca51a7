#include <algorithm>

#include "profiler/reference/families.h"
#include "profiler/reference/nest.h"
#include "profiler/reference/refusal.h"

namespace anemon::profiler::reference {
namespace {

// Where a slice begins and how it goes on, by dimension of x.
struct Slice {
  std::vector<int64_t> begin, stride;
};

std::vector<bool> mask(const StepBuilder& step, std::string_view name, size_t rank) {
  std::vector<bool> result(rank, false);
  const std::vector<int64_t> given = step.integers(name, {});
  for (size_t i = 0; i < given.size() && i < rank; ++i) result[i] = given[i] != 0;
  return result;
}

// One index as a slice means it: negative ones count from the end, and those outside are moved in.
int64_t settled(int64_t begin, int64_t stride, bool masked, int64_t extent) {
  if (masked) return stride < 0 ? extent - 1 : 0;
  if (begin < 0) begin += extent;
  return stride < 0 ? std::clamp<int64_t>(begin, -1, extent - 1)
                    : std::clamp<int64_t>(begin, 0, extent);
}

// `result` with a 1 where a squeezed dimension of x was.
Shape unsqueezed(const Shape& result, const std::vector<bool>& squeezed) {
  Shape shape;
  size_t next = 0;
  for (const bool gone : squeezed) {
    shape.push_back(gone || next >= result.size() ? 1 : result[next++]);
  }
  return shape;
}

struct Cut {
  Shape shape;
  Steps steps;
  std::vector<std::ptrdiff_t> unit;
};

Cut cut_of(const Tensor& x, const Shape& shape, const std::vector<int64_t>& stride) {
  Cut cut{shape, {}, steps_of(x.shape())};
  for (size_t i = 0; i < x.rank(); ++i) cut.steps.push_back(cut.unit[i] * stride[i]);
  return cut;
}

std::ptrdiff_t start_of(const Cut& cut, const std::vector<int64_t>& begin) {
  std::ptrdiff_t start = 0;
  for (size_t i = 0; i < begin.size(); ++i) start += begin[i] * cut.unit[i];
  return start;
}

// A slice whose size is known and whose place may be known only while it runs.
Kernel sliced(StepBuilder& step, const Tensor& x, const Shape& shape, const Slice& slice,
              const std::vector<bool>& masked, bool known) {
  const Tensor y = step.result();
  if (count_of(shape) != y.count()) step.refuse("its parameters do not give the result's shape");
  const Cut cut = cut_of(x, shape, slice.stride);
  if (known) {
    std::vector<int64_t> begin;
    for (size_t i = 0; i < x.rank(); ++i) {
      begin.push_back(settled(slice.begin[i], slice.stride[i], masked[i], x.shape()[i]));
      const int64_t last = begin[i] + (shape[i] - 1) * slice.stride[i];
      if (shape[i] > 0 && (last < 0 || last >= x.shape()[i])) {
        step.refuse("it reaches outside of dimension " + std::to_string(i));
      }
    }
    const BlockCopy copy(shape, steps_of(shape), cut.steps, 0, start_of(cut, begin));
    return [=] { copy.run(y.data(), x.data()); };
  }
  const Tensor begins = step.plain("begin");
  if (begins.count() != x.rank()) step.refuse("'begin' does not fit the rank");
  return [=] {
    std::vector<int64_t> begin;
    for (size_t i = 0; i < x.rank(); ++i) {
      const auto asked = static_cast<int64_t>(begins.data()[i]);
      const int64_t at = settled(asked, slice.stride[i], masked[i], x.shape()[i]);
      const int64_t last = at + (shape[i] - 1) * slice.stride[i];
      if (last < 0 || last >= x.shape()[i]) {
        throw Refusal("it takes elements " + std::to_string(at) + " to " + std::to_string(last) +
                      " of " + std::to_string(x.shape()[i]));
      }
      begin.push_back(at);
    }
    const BlockCopy copy(shape, steps_of(shape), cut.steps, 0, start_of(cut, begin));
    copy.run(y.data(), x.data());
  };
}

}  // namespace

Kernel slice_by_index(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const bool known = step.constant("begin");
  Slice slice;
  if (known) slice.begin = step.integers("begin", {});
  slice.begin.resize(x.rank(), 0);
  slice.stride = step.integers("stride", {});
  slice.stride.resize(x.rank(), 1);
  const std::vector<bool> squeezed = mask(step, "squeeze_mask", x.rank());
  const Shape shape = unsqueezed(step.result_type().shape, squeezed);
  return sliced(step, x, shape, slice, mask(step, "begin_mask", x.rank()), known);
}

Kernel slice_by_size(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const bool known = step.constant("begin");
  Slice slice;
  if (known) slice.begin = step.integers("begin", {});
  slice.begin.resize(x.rank(), 0);
  slice.stride.assign(x.rank(), 1);
  return sliced(step, x, step.result_type().shape, slice, std::vector<bool>(x.rank(), false),
                known);
}

Kernel slice_update(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Tensor update = step.plain("update");
  Slice slice;
  slice.begin = step.integers("begin", {});
  slice.begin.resize(x.rank(), 0);
  slice.stride = step.integers("stride", {});
  slice.stride.resize(x.rank(), 1);
  const std::vector<bool> masked = mask(step, "begin_mask", x.rank());
  const Shape shape = unsqueezed(update.shape(), mask(step, "squeeze_mask", x.rank()));
  std::vector<int64_t> begin;
  for (size_t i = 0; i < x.rank(); ++i) {
    begin.push_back(settled(slice.begin[i], slice.stride[i], masked[i], x.shape()[i]));
    const int64_t last = begin[i] + (shape[i] - 1) * slice.stride[i];
    if (last < 0 || last >= x.shape()[i]) step.refuse("the update reaches outside");
  }
  const Cut cut = cut_of(x, shape, slice.stride);
  const BlockCopy copy(shape, cut.steps, steps_of(shape), start_of(cut, begin));
  const Tensor y = step.result_over(x);
  return [=] {
    if (x.buffer != y.buffer) std::copy_n(x.data(), x.count(), y.data());
    copy.run(y.data(), update.data());
  };
}

// Old networks' slice: one axis, an end that may count from the end.
Kernel slice_axis(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const size_t axis = step.axis("axis", -3, x.rank());
  Slice slice;
  slice.begin.assign(x.rank(), 0);
  slice.stride.assign(x.rank(), 1);
  slice.begin[axis] = step.integer("begin", 0);
  slice.stride[axis] = step.integer("stride", 1);
  return sliced(step, x, step.result_type().shape, slice, std::vector<bool>(x.rank(), false), true);
}

Kernel slice_axis_by_size(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Tensor begin = step.plain("begin");
  const size_t axis = step.axis("axis", 0, x.rank());
  const Tensor y = step.result();
  const Steps from = steps_of(x.shape());
  return [=] {
    const auto at = settled(static_cast<int64_t>(begin.data()[0]), 1, false, x.shape()[axis]);
    if (at + y.shape()[axis] > x.shape()[axis]) throw Refusal("it reaches outside");
    BlockCopy(y.shape(), steps_of(y.shape()), from, 0, from[axis] * at).run(y.data(), x.data());
  };
}

namespace {

Kernel cropped(StepBuilder& step, int64_t top, int64_t left) {
  const Tensor x = step.plain("x");
  if (x.rank() < 2) step.refuse("it crops a tensor without rows and columns");
  Slice slice;
  slice.begin.assign(x.rank(), 0);
  slice.stride.assign(x.rank(), 1);
  slice.begin[x.rank() - 2] = top;
  slice.begin[x.rank() - 1] = left;
  return sliced(step, x, step.result_type().shape, slice, std::vector<bool>(x.rank(), false), true);
}

}  // namespace

Kernel crop(StepBuilder& step) {
  const std::vector<int64_t> height = step.integers("crop_height", {0, 0});
  const std::vector<int64_t> width = step.integers("crop_width", {0, 0});
  return cropped(step, height.at(0), width.at(0));
}

Kernel crop_like(StepBuilder& step) {
  const std::vector<int64_t> offset = step.integers("offset", {0, 0});
  return cropped(step, offset.at(0), offset.at(1));
}

}  // namespace anemon::profiler::reference
