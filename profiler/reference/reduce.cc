#include <algorithm>
#include <cmath>
#include <limits>

#include "profiler/reference/families.h"
#include "profiler/reference/nest.h"

namespace anemon::profiler::reference {
namespace {

// Adds `value` to a sum that begins with `start`; `finish` turns n values' sum into the result.
struct Reduction {
  std::string_view operation;
  double start;
  double (*add)(double sum, double value);
  double (*finish)(double sum, double count);
};

double plus(double sum, double value) { return sum + value; }
double times(double sum, double value) { return sum * value; }
double highest(double sum, double value) { return value > sum ? value : sum; }
double lowest(double sum, double value) { return value < sum ? value : sum; }
double magnitudes(double sum, double value) { return sum + std::fabs(value); }
double squares(double sum, double value) { return sum + value * value; }
double as_it_is(double sum, double) { return sum; }
double mean(double sum, double count) { return sum / count; }
double root(double sum, double) { return std::sqrt(sum); }
double logarithm(double sum, double) { return std::log(sum); }

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr Reduction kReductions[] = {
    {"reduce_sum", 0, plus, as_it_is},           {"reduce_mean", 0, plus, mean},
    {"reduce_prod", 1, times, as_it_is},         {"reduce_max", -kInfinite, highest, as_it_is},
    {"reduce_min", kInfinite, lowest, as_it_is}, {"reduce_l1_norm", 0, magnitudes, as_it_is},
    {"reduce_l2_norm", 0, squares, root},        {"reduce_sum_square", 0, squares, as_it_is},
    {"reduce_log_sum", 0, plus, logarithm},      {"reduce_log_sum_exp", 0, plus, logarithm},
};

const Reduction& reduction_of(std::string_view operation) {
  return *std::find_if(std::begin(kReductions), std::end(kReductions),
                       [&](const Reduction& row) { return row.operation == operation; });
}

// The mean of whole image planes in oneDNN's layout. Empty: it is no such case.
Kernel pooled(StepBuilder& step, const std::vector<size_t>& axes) {
  const Tensor x = step.as_made("x");
  if (x.layout.plain() || step.operation().type != "reduce_mean") return {};
  const Shape& image = x.layout.image();
  const size_t spatial = image.size() - 2;
  if (axes.size() != spatial || axes.front() != x.rank() - spatial) return {};
  Shape destination(image.size(), 1);
  destination[0] = image[0];
  destination[1] = image[1];
  onednn::Window window;
  window.kernel.assign(image.begin() + 2, image.end());
  window.strides.assign(spatial, 1);
  window.before.assign(spatial, 0);
  window.after.assign(spatial, 0);
  const onednn::Primitive primitive =
      onednn::pooling(onednn::Pool::average, image, x.layout, destination, window);
  const Tensor y = step.result(0, primitive.destination());
  return step.kernel(primitive, {x.buffer}, y.buffer);
}

}  // namespace

Kernel reduce(StepBuilder& step) {
  const std::vector<size_t> axes = step.axes("axes", step.type("x").shape.size());
  if (!axes.empty()) {
    if (Kernel kernel = pooled(step, axes)) return kernel;
  }
  const Tensor x = step.plain("x");
  const Reduction& how = reduction_of(step.operation().type);
  Shape outer = x.shape();
  Shape inner(x.rank(), 1);
  for (const size_t axis : axes) {
    outer[axis] = 1;
    inner[axis] = x.shape()[axis];
  }
  const Tensor y = step.result();
  const Nest<1> starts(outer, {steps_of(x.shape())});
  const Nest<1> group(inner, {steps_of(x.shape())});
  const auto count = static_cast<double>(count_of(inner));
  const bool exponential = how.operation == "reduce_log_sum_exp";
  const float epsilon = how.operation == "reduce_log_sum" ? step.number("epsilon", 0) : 0;
  return [=] {
    float* to = y.data();
    starts.each_row([&](const auto& at) {
      for (size_t i = 0; i < starts.row(); ++i) {
        const float* from = x.data() + at[0] + static_cast<std::ptrdiff_t>(i) * starts.step(0);
        double most = 0;
        if (exponential) {
          most = -kInfinite;
          group.each_row([&](const auto& inside) {
            for (size_t n = 0; n < group.row(); ++n) {
              const auto offset = inside[0] + static_cast<std::ptrdiff_t>(n) * group.step(0);
              most = std::max(most, static_cast<double>(from[offset]));
            }
          });
        }
        double sum = how.start;
        group.each_row([&](const auto& inside) {
          for (size_t n = 0; n < group.row(); ++n) {
            const auto offset = inside[0] + static_cast<std::ptrdiff_t>(n) * group.step(0);
            const auto value = static_cast<double>(from[offset]);
            sum = how.add(sum, exponential ? std::exp(value - most) : value);
          }
        });
        *to++ = static_cast<float>(how.finish(sum + static_cast<double>(epsilon), count) + most);
      }
    });
  };
}

Kernel reduce_arg(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const size_t axis = step.axis("axis", -1, x.rank());
  const bool largest = step.operation().type == "reduce_argmax";
  const Tensor y = step.result();
  const auto extent = static_cast<size_t>(x.shape()[axis]);
  const size_t inner = extent_between(x.shape(), axis + 1, x.rank());
  return [=] {
    for (size_t i = 0; i < y.count(); ++i) {
      const float* from = x.data() + i / inner * extent * inner + i % inner;
      size_t best = 0;
      for (size_t n = 1; n < extent; ++n) {
        const bool better =
            largest ? from[n * inner] > from[best * inner] : from[n * inner] < from[best * inner];
        if (better) best = n;
      }
      y.data()[i] = static_cast<float>(best);
    }
  };
}

Kernel cumsum(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const size_t axis = step.axis("axis", 0, x.rank());
  const bool exclusive = step.flag("exclusive", false);
  const bool backwards = step.flag("reverse", false);
  const Tensor y = step.result_over(x);
  const auto extent = static_cast<size_t>(x.shape()[axis]);
  const size_t inner = extent_between(x.shape(), axis + 1, x.rank());
  return [=] {
    for (size_t line = 0; line < x.count() / std::max<size_t>(extent, 1); ++line) {
      const size_t start = line / inner * extent * inner + line % inner;
      double sum = 0;
      for (size_t n = 0; n < extent; ++n) {
        const size_t at = start + (backwards ? extent - 1 - n : n) * inner;
        const auto value = static_cast<double>(x.data()[at]);
        y.data()[at] = static_cast<float>(exclusive ? sum : sum + value);
        sum += value;
      }
    }
  };
}

}  // namespace anemon::profiler::reference
