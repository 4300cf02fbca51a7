#include <algorithm>

#include "profiler/reference/families.h"
#include "profiler/reference/nest.h"

namespace anemon::profiler::reference {
namespace {

Kernel copied(const BlockCopy& copy, const Tensor& from, const Tensor& to) {
  return [copy, from, to] { copy.run(to.data(), from.data()); };
}

Steps permuted(const Steps& steps, const std::vector<size_t>& order) {
  Steps result;
  for (const size_t each : order) result.push_back(steps[each]);
  return result;
}

// [..,C,H,W] read as [..,H,W,C].
BlockCopy channels_last(const Shape& shape) {
  const size_t rank = shape.size();
  std::vector<size_t> order;
  for (size_t i = 0; i + 3 < rank; ++i) order.push_back(i);
  order.insert(order.end(), {rank - 2, rank - 1, rank - 3});
  Shape turned;
  for (const size_t each : order) turned.push_back(shape[each]);
  return BlockCopy(turned, steps_of(turned), permuted(steps_of(shape), order));
}

// [..,H,W,C] in memory written as [..,C,H,W], which `shape` is.
BlockCopy channels_first(const Shape& shape) {
  const size_t rank = shape.size();
  Shape lying = shape;
  lying[rank - 3] = shape[rank - 2];
  lying[rank - 2] = shape[rank - 1];
  lying[rank - 1] = shape[rank - 3];
  std::vector<size_t> order;
  for (size_t i = 0; i + 3 < rank; ++i) order.push_back(i);
  order.insert(order.end(), {rank - 1, rank - 3, rank - 2});
  return BlockCopy(shape, steps_of(shape), permuted(steps_of(lying), order));
}

bool one_place(const Shape& shape) {  // height and width 1: both orders are the same
  return shape.size() < 3 || (shape[shape.size() - 1] == 1 && shape[shape.size() - 2] == 1);
}

}  // namespace

Kernel reshape(StepBuilder& step) {
  const Tensor x = step.plain("x");
  if (x.count() != count_of(step.result_type().shape)) {
    step.refuse("its result " + models::to_text(step.result_type().shape) +
                " has not as many elements as " + models::to_text(x.shape()));
  }
  const Shape& to = step.result_type().shape;
  const bool turned = step.text("mode", "channel_first") == "channel_last" && x.rank() >= 3 &&
                      to.size() >= 3 && !(one_place(x.shape()) && one_place(to));
  if (!turned) return passed_on(step, x);
  const BlockCopy first = channels_last(x.shape());
  const BlockCopy second = channels_first(to);
  Buffer* between = step.scratch(x.count());
  const Tensor y = step.result();
  return [=] {
    first.run(between->data, x.data());
    second.run(y.data(), between->data);
  };
}

Kernel flatten(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const bool turned = step.text("mode", "channel_first") == "channel_last";
  if (!turned || one_place(x.shape())) return passed_on(step, x);
  return copied(channels_last(x.shape()), x, step.result());
}

Kernel transpose(StepBuilder& step) {
  const Tensor x = step.plain("x");
  std::vector<size_t> order;
  for (int64_t axis : step.integers("perm", {})) {
    if (axis < 0) axis += static_cast<int64_t>(x.rank());
    if (axis < 0 || axis >= static_cast<int64_t>(x.rank()))
      step.refuse("'perm' names no dimension");
    order.push_back(static_cast<size_t>(axis));
  }
  if (order.size() != x.rank()) step.refuse("'perm' does not fit the rank");
  // Nothing moves when only dimensions of 1 change places.
  std::vector<size_t> wide;
  for (const size_t axis : order) {
    if (x.shape()[axis] != 1) wide.push_back(axis);
  }
  const Steps from = permuted(steps_of(x.shape()), order);
  if (std::is_sorted(wide.begin(), wide.end())) return passed_on(step, x);
  const Tensor y = step.result();
  return copied(BlockCopy(y.shape(), steps_of(y.shape()), from), x, y);
}

Kernel broadcast_to(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Tensor y = step.result();
  return copied(BlockCopy(y.shape(), steps_of(y.shape()), broadcast_steps(x.shape(), y.shape())), x,
                y);
}

Kernel reverse(StepBuilder& step) {
  const Tensor x = step.plain("x");
  Steps from = steps_of(x.shape());
  std::ptrdiff_t start = 0;
  for (const size_t axis : step.axes("axes", x.rank())) {
    start += from[axis] * (x.shape()[axis] - 1);
    from[axis] = -from[axis];
  }
  const Tensor y = step.result();
  return copied(BlockCopy(x.shape(), steps_of(x.shape()), from, 0, start), x, y);
}

Kernel reverse_sequence(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Tensor lengths = step.plain("lengths");
  const size_t batch = step.axis("batch_axis", 0, x.rank());
  const size_t sequence = step.axis("seq_axis", 1, x.rank());
  const Tensor y = step.result();
  const std::vector<size_t> strides = strides_of(x.shape());
  const auto items = static_cast<size_t>(x.shape()[batch]);
  const auto places = static_cast<size_t>(x.shape()[sequence]);
  return [=] {
    for (size_t i = 0; i < x.count(); ++i) {
      const size_t item = i / strides[batch] % items;
      const size_t place = i / strides[sequence] % places;
      const auto length = std::min(static_cast<size_t>(lengths.data()[item]), places);
      const size_t other = place < length ? length - 1 - place : place;
      y.data()[i] = x.data()[i - place * strides[sequence] + other * strides[sequence]];
    }
  };
}

Kernel tile(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Tensor y = step.result();
  if (x.rank() != y.rank()) step.refuse("'reps' does not fit the rank");
  Shape shape;
  Steps from;
  const Steps own = steps_of(x.shape());
  for (size_t i = 0; i < x.rank(); ++i) {
    shape.push_back(x.shape()[i] == 0 ? 0 : y.shape()[i] / x.shape()[i]);
    from.push_back(0);
    shape.push_back(x.shape()[i]);
    from.push_back(own[i]);
  }
  return copied(BlockCopy(shape, steps_of(shape), from), x, y);
}

namespace {

// Adds `before` elements in front of each dimension; the result's shape says how many behind.
Kernel filled(const Tensor& x, const Tensor& y, const std::vector<int64_t>& before, float value) {
  Steps to = steps_of(y.shape());
  std::ptrdiff_t start = 0;
  for (size_t i = 0; i < before.size(); ++i) start += before[i] * to[i];
  const BlockCopy copy(x.shape(), to, steps_of(x.shape()), start);
  return [=] {
    std::fill_n(y.data(), y.count(), value);
    copy.run(y.data(), x.data());
  };
}

int64_t mirrored(int64_t at, int64_t extent) {
  if (extent == 1) return 0;
  const int64_t period = 2 * (extent - 1);
  at = ((at % period) + period) % period;
  return at < extent ? at : period - at;
}

}  // namespace

Kernel pad(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const std::vector<int64_t> amounts = step.integers("pad", {});
  const std::string mode = step.text("mode", "constant");
  std::vector<int64_t> before(x.rank(), 0);
  if (amounts.size() % 2 != 0 || amounts.size() / 2 > x.rank()) {
    step.refuse("'pad' does not fit the rank");
  }
  const size_t first = x.rank() - amounts.size() / 2;  // fewer amounts are of the last dimensions
  for (size_t i = 0; i < amounts.size() / 2; ++i) before[first + i] = amounts[2 * i];
  const Tensor y = step.result();
  if (mode == "constant") return filled(x, y, before, step.number("constant_val", 0));
  if (mode != "reflect" && mode != "replicate") step.refuse("mode '" + mode + "' is not known");
  const bool reflects = mode == "reflect";
  const std::vector<size_t> strides = strides_of(x.shape());
  return [=] {
    std::vector<int64_t> at(y.rank(), 0);
    for (size_t i = 0; i < y.count(); ++i) {
      size_t from = 0;
      size_t rest = i;
      for (size_t d = y.rank(); d-- > 0;) {
        const int64_t extent = x.shape()[d];
        const int64_t place =
            static_cast<int64_t>(rest % static_cast<size_t>(y.shape()[d])) - before[d];
        rest /= static_cast<size_t>(y.shape()[d]);
        const int64_t inside =
            reflects ? mirrored(place, extent) : std::clamp<int64_t>(place, 0, extent - 1);
        from += static_cast<size_t>(inside) * strides[d];
      }
      y.data()[i] = x.data()[from];
    }
  };
}

// Pads up to a size, in front where the first of a dimension's two sizes is given.
Kernel constant_pad(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const std::vector<int64_t> sizes = step.integers("sizes", {});
  const Tensor y = step.result();
  std::vector<int64_t> before(x.rank(), 0);
  for (size_t i = 0; i < x.rank() && 2 * i + 1 < sizes.size(); ++i) {
    const int64_t missing = y.shape()[i] - x.shape()[i];
    if (sizes[2 * i] > sizes[2 * i + 1]) before[i] = missing;
  }
  return filled(x, y, before, step.number("constant_val", 0));
}

Kernel sliding_windows(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const size_t axis = step.axis("axis", 0, x.rank());
  const int64_t stride = step.integer("stride", 1);
  const Tensor y = step.result();
  Steps from = steps_of(x.shape());
  const std::ptrdiff_t one = from[axis];
  from.insert(from.begin() + static_cast<std::ptrdiff_t>(axis), one * stride);
  return copied(BlockCopy(y.shape(), steps_of(y.shape()), from), x, y);
}

}  // namespace anemon::profiler::reference
