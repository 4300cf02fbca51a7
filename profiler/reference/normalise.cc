#include <algorithm>
#include <cmath>

#include "profiler/reference/families.h"
#include "profiler/reference/followers.h"
#include "profiler/reference/nest.h"

namespace anemon::profiler::reference {
namespace {

size_t channel_axis(const StepBuilder& step, size_t rank) {
  if (step.given("axis")) return step.axis("axis", -3, rank);
  return std::min<size_t>(1, rank - 1);
}

// The elements that are normalised together, as offsets from where they begin.
struct Groups {
  Nest<1> starts;
  std::vector<std::ptrdiff_t> offsets;

  Groups(const Shape& shape, const std::vector<size_t>& axes)
      : starts(outer(shape, axes), {steps_of(shape)}) {
    Shape inner(shape.size(), 1);
    for (const size_t axis : axes) inner[axis] = shape[axis];
    const Nest<1> nest(inner, {steps_of(shape)});
    nest.each_row([&](const auto& at) {
      for (size_t i = 0; i < nest.row(); ++i) {
        offsets.push_back(at[0] + static_cast<std::ptrdiff_t>(i) * nest.step(0));
      }
    });
  }

  static Shape outer(Shape shape, const std::vector<size_t>& axes) {
    for (const size_t axis : axes) shape[axis] = 1;
    return shape;
  }

  template <typename See>
  void each(See see) const {
    starts.each_row([&](const auto& at) {
      for (size_t i = 0; i < starts.row(); ++i) {
        see(at[0] + static_cast<std::ptrdiff_t>(i) * starts.step(0));
      }
    });
  }
};

struct Moments {
  float mean, variance;
};
Moments moments_of(const float* x, const std::vector<std::ptrdiff_t>& offsets) {
  double sum = 0;
  for (const std::ptrdiff_t offset : offsets) sum += static_cast<double>(x[offset]);
  const double mean = sum / static_cast<double>(offsets.size());
  double squares = 0;
  for (const std::ptrdiff_t offset : offsets) {
    const double away = static_cast<double>(x[offset]) - mean;
    squares += away * away;
  }
  return {static_cast<float>(mean),
          static_cast<float>(squares / static_cast<double>(offsets.size()))};
}

}  // namespace

Kernel batch_norm(StepBuilder& step) {
  const Tensor x = step.as_made("x");
  const size_t axis = channel_axis(step, x.rank());
  const auto channels = static_cast<size_t>(x.shape()[axis]);
  const ChannelAffine affine = norm_of(step.planner(), step.operation(), channels);
  const bool blocked = !x.layout.plain() && x.layout.image()[1] == x.shape()[axis];
  const Tensor from = blocked ? x : step.plain("x");
  const Shape image = {static_cast<int64_t>(extent_between(x.shape(), 0, axis)), x.shape()[axis],
                       static_cast<int64_t>(extent_between(x.shape(), axis + 1, x.rank()))};
  const onednn::Primitive primitive =
      onednn::channel_affine(image, from.layout, affine.scale, affine.shift, false);
  const Tensor y = step.result_over(from);
  return step.kernel(primitive, {from.buffer}, y.buffer);
}

Kernel instance_norm(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const size_t axis = channel_axis(step, x.rank());
  const auto channels = static_cast<size_t>(x.shape()[axis]);
  const auto parameter = [&](const char* name, float otherwise) {
    if (!step.given(name)) return std::vector<float>(channels, otherwise);
    const std::span<const float> given = step.elements(name);
    if (given.size() != channels) step.refuse("its parameters do not fit its channels");
    return std::vector<float>(given.begin(), given.end());
  };
  const std::vector<float> gamma = parameter("gamma", 1);
  const std::vector<float> beta = parameter("beta", 0);
  const float epsilon = step.number("epsilon", 1e-5F);
  const Tensor y = step.result_over(x);
  const size_t inner = extent_between(x.shape(), axis + 1, x.rank());
  std::vector<std::ptrdiff_t> offsets(inner);
  for (size_t i = 0; i < inner; ++i) offsets[i] = static_cast<std::ptrdiff_t>(i);
  return [=] {
    for (size_t plane = 0; plane < x.count() / inner; ++plane) {
      const float* from = x.data() + plane * inner;
      float* to = y.data() + plane * inner;
      const Moments moments = moments_of(from, offsets);
      const size_t c = plane % channels;
      const float scale = gamma[c] / std::sqrt(moments.variance + epsilon);
      for (size_t i = 0; i < inner; ++i) to[i] = (from[i] - moments.mean) * scale + beta[c];
    }
  };
}

Kernel layer_norm(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Groups groups(x.shape(), step.axes("axes", x.rank()));
  const bool scaled = step.given("gamma");
  const bool shifted = step.given("beta");
  const Tensor gamma = scaled ? step.plain("gamma") : Tensor();
  const Tensor beta = shifted ? step.plain("beta") : Tensor();
  if ((scaled && gamma.count() != groups.offsets.size()) ||
      (shifted && beta.count() != groups.offsets.size())) {
    step.refuse("its parameters do not fit what is normalised");
  }
  const float epsilon = step.number("epsilon", 1e-5F);
  const Tensor y = step.result_over(x);
  return [=] {
    groups.each([&](std::ptrdiff_t start) {
      const Moments moments = moments_of(x.data() + start, groups.offsets);
      const float scale = 1 / std::sqrt(moments.variance + epsilon);
      for (size_t i = 0; i < groups.offsets.size(); ++i) {
        const std::ptrdiff_t at = start + groups.offsets[i];
        float value = (x.data()[at] - moments.mean) * scale;
        if (scaled) value *= gamma.data()[i];
        if (shifted) value += beta.data()[i];
        y.data()[at] = value;
      }
    });
  };
}

Kernel mvn(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Groups groups(x.shape(), step.axes("axes", x.rank()));
  const Tensor y = step.result_over(x);
  return [=] {
    groups.each([&](std::ptrdiff_t start) {
      const float mean = moments_of(x.data() + start, groups.offsets).mean;
      for (const std::ptrdiff_t offset : groups.offsets) {
        y.data()[start + offset] = x.data()[start + offset] - mean;
      }
    });
  };
}

// Over the last three dimensions.
Kernel l2_norm(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const float epsilon = step.number("epsilon", 1e-6F);
  const Tensor y = step.result_over(x);
  const size_t first = x.rank() - std::min<size_t>(x.rank(), 3);
  const size_t each = extent_between(x.shape(), first, x.rank());
  return [=] {
    for (size_t start = 0; start < x.count(); start += each) {
      float squares = 0;
      for (size_t i = 0; i < each; ++i) squares += x.data()[start + i] * x.data()[start + i];
      const float scale = 1 / std::sqrt(squares + epsilon);
      for (size_t i = 0; i < each; ++i) y.data()[start + i] = x.data()[start + i] * scale;
    }
  };
}

Kernel local_response_norm(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const int64_t size = step.integer("size", 5);
  const float alpha = step.number("alpha", 1e-4F);
  const float beta = step.number("beta", 0.75F);
  const float k = step.number("k", 1);
  const Tensor y = step.result();
  const size_t axis = step.planner().function().old_network ? x.rank() - 3 : 1;
  const int64_t channels = x.shape().at(axis);
  const size_t inner = extent_between(x.shape(), axis + 1, x.rank());
  return [=] {
    for (size_t i = 0; i < x.count(); ++i) {
      const auto c = static_cast<int64_t>(i / inner) % channels;
      const int64_t first = std::max<int64_t>(c - (size - 1) / 2, 0);
      const int64_t last = std::min(c + size / 2, channels - 1);
      float squares = 0;
      for (int64_t other = first; other <= last; ++other) {
        const float value =
            x.data()[static_cast<int64_t>(i) + (other - c) * static_cast<int64_t>(inner)];
        squares += value * value;
      }
      const float share = k + alpha / static_cast<float>(size) * squares;
      y.data()[i] = x.data()[i] / std::pow(share, beta);
    }
  };
}

Kernel softmax(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const size_t axis = step.axis("axis", -1, x.rank());
  const auto count = static_cast<size_t>(x.shape()[axis]);
  const size_t outer = extent_between(x.shape(), 0, axis);
  const size_t inner = extent_between(x.shape(), axis + 1, x.rank());
  if (inner == 1 && x.count() > 0) {
    const onednn::Primitive primitive =
        onednn::softmax({static_cast<int64_t>(outer), static_cast<int64_t>(count)}, 1);
    const Tensor y = step.result_over(x);
    return step.kernel(primitive, {x.buffer}, y.buffer);
  }
  const Tensor y = step.result_over(x);
  Buffer* most = step.scratch(2 * inner);
  return [=] {
    float* highest = most->data;
    float* sum = highest + inner;
    for (size_t o = 0; o < outer; ++o) {
      const float* from = x.data() + o * count * inner;
      float* to = y.data() + o * count * inner;
      std::copy_n(from, inner, highest);
      std::fill_n(sum, inner, 0.0F);
      for (size_t c = 1; c < count; ++c) {
        for (size_t i = 0; i < inner; ++i) {
          highest[i] = std::max(highest[i], from[c * inner + i]);
        }
      }
      for (size_t c = 0; c < count; ++c) {
        for (size_t i = 0; i < inner; ++i) {
          to[c * inner + i] = std::exp(from[c * inner + i] - highest[i]);
          sum[i] += to[c * inner + i];
        }
      }
      for (size_t c = 0; c < count; ++c) {
        for (size_t i = 0; i < inner; ++i) to[c * inner + i] /= sum[i];
      }
    }
  };
}

}  // namespace anemon::profiler::reference
