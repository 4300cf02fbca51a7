#include <algorithm>
#include <cmath>
#include <limits>

#include "profiler/reference/families.h"
#include "profiler/reference/window.h"

namespace anemon::profiler::reference {
namespace {

enum class Sum : uint8_t { maximum, average, squares };

// Window by window, for what oneDNN does not pool: squares, and averages whose last window hangs
// over the padding.
struct SlowPool {
  Sum how;
  bool without_padding;
  Shape source, destination;
  onednn::Window window;
  std::vector<int64_t> stated_after;

  void run(const float* x, float* y) const {
    const size_t in = extent_between(source, 2, source.size());
    const size_t out = extent_between(destination, 2, destination.size());
    const auto planes = static_cast<size_t>(source[0] * source[1]);
    for (size_t plane = 0; plane < planes; ++plane) {
      for (size_t i = 0; i < out; ++i) y[plane * out + i] = one(x + plane * in, i);
    }
  }

  float one(const float* x, size_t result) const {
    const size_t count = window.kernel.size();
    std::vector<int64_t> from(count), to(count);
    float divisor = 1;
    for (size_t d = count; d-- > 0;) {
      const int64_t extent = source[2 + d];
      const int64_t at = static_cast<int64_t>(result) % destination[2 + d];
      result /= static_cast<size_t>(destination[2 + d]);
      from[d] = at * window.strides[d] - window.before[d];
      to[d] = std::min(from[d] + window.kernel[d], extent + stated_after[d]);
      if (!without_padding) divisor *= static_cast<float>(to[d] - from[d]);
      from[d] = std::max<int64_t>(from[d], 0);
      to[d] = std::min(to[d], extent);
      if (without_padding) divisor *= static_cast<float>(to[d] - from[d]);
      if (from[d] >= to[d]) return 0;
    }
    float sum = how == Sum::maximum ? -std::numeric_limits<float>::infinity() : 0;
    for (std::vector<int64_t> at = from;;) {
      int64_t offset = 0;
      for (size_t d = 0; d < count; ++d) offset = offset * source[2 + d] + at[d];
      const float value = x[offset];
      if (how == Sum::maximum) sum = std::max(sum, value);
      if (how == Sum::average) sum += value;
      if (how == Sum::squares) sum += value * value;
      size_t d = count;
      while (d-- > 0 && ++at[d] == to[d]) at[d] = from[d];
      if (d == static_cast<size_t>(-1)) break;
    }
    if (how == Sum::squares) return std::sqrt(sum);
    return how == Sum::average ? sum / divisor : sum;
  }
};

}  // namespace

Kernel pooling(StepBuilder& step) {
  const std::string& type = step.operation().type;
  const Shape kernel = step.integers("kernel_sizes", {});
  const Tensor made = step.as_made("x");
  const Shape source = image_of(made.shape(), kernel.size());
  const Shape destination = image_of(step.result_type().shape, kernel.size());
  const onednn::Window window = window_of(step, kernel, source, destination);
  const bool without_padding = step.flag("exclude_padding_from_average", false);

  std::vector<int64_t> stated = step.integers("pad", {});
  stated.resize(2 * kernel.size(), 0);
  const bool custom = step.text("pad_type", "valid") == "custom";
  std::vector<int64_t> stated_after;
  bool hangs_over = false;
  bool wide_padding = false;
  for (size_t i = 0; i < kernel.size(); ++i) {
    stated_after.push_back(custom ? stated[2 * i + 1] : window.after[i]);
    if (step.flag("ceil_mode", false) && !custom) stated_after.back() = 0;
    hangs_over |= window.after[i] > stated_after.back();
    wide_padding |= window.before[i] >= kernel[i] || window.after[i] >= kernel[i];
  }
  const bool slow_average = type == "avg_pool" && !without_padding && hangs_over;
  if (type == "l2_pool" || slow_average || wide_padding) {
    const Tensor x = step.plain("x");
    const Tensor y = step.result();
    const Sum how = type == "l2_pool"    ? Sum::squares
                    : type == "avg_pool" ? Sum::average
                                         : Sum::maximum;
    const SlowPool pool{how, without_padding, source, destination, window, stated_after};
    return [pool, x, y] { pool.run(x.data(), y.data()); };
  }
  const onednn::Pool kind = type == "max_pool" ? onednn::Pool::maximum
                            : without_padding  ? onednn::Pool::average_without_padding
                                               : onednn::Pool::average;
  const bool seen_alike = made.layout.plain() || made.layout.image() == source;
  const Tensor x = seen_alike ? made : step.plain("x");
  onednn::Window undilated = window;
  undilated.dilations.clear();
  const onednn::Primitive primitive =
      onednn::pooling(kind, source, x.layout, destination, undilated);
  const Tensor y = step.result(0, primitive.destination());
  return step.kernel(primitive, {x.buffer}, y.buffer);
}

}  // namespace anemon::profiler::reference
