#include "profiler/reference/elementwise.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "profiler/reference/families.h"
#include "profiler/reference/nest.h"

namespace anemon::profiler::reference {
namespace {

struct Shared {
  std::string_view operation;
  onednn::Operator how;
};
constexpr Shared kShared[] = {
    {"add", onednn::Operator::add},         {"sub", onednn::Operator::subtract},
    {"mul", onednn::Operator::multiply},    {"real_div", onednn::Operator::divide},
    {"maximum", onednn::Operator::maximum}, {"minimum", onednn::Operator::minimum},
};

const Shared* shared(std::string_view operation) {
  const auto found = std::find_if(std::begin(kShared), std::end(kShared),
                                  [&](const Shared& row) { return row.operation == operation; });
  return found == std::end(kShared) ? nullptr : found;
}

bool truncates(const StepBuilder& step) {
  return step.operation().type == "real_div" && is_integer(step.result_type().dtype);
}

// `parameters` has one element, or one for each of the image's channels while the rest is
// stretched.
bool per_channel(const Shape& parameters, const Shape& x, const Shape& image) {
  const size_t spatial = image.size() - 2;
  if (count_of(parameters) == 1) return true;
  if (parameters.size() > x.size() || parameters.size() < spatial + 1) return false;
  const size_t channel = parameters.size() - spatial - 1;
  return count_of(parameters) == static_cast<size_t>(parameters[channel]) &&
         parameters[channel] == image[1] && x[x.size() - spatial - 1] == image[1];
}

// x * scale + shift for the constant `y` of an operation on a blocked x; empty: no such form.
Kernel affine_of(StepBuilder& step, const Tensor& x) {
  const std::string& how = step.operation().type;
  if (how != "add" && how != "sub" && how != "mul" && how != "real_div") return {};
  if (!step.constant("y") || !per_channel(step.type("y").shape, x.shape(), x.layout.image())) {
    return {};
  }
  const std::span<const float> y = step.elements("y");
  const auto channels = static_cast<size_t>(x.layout.image()[1]);
  std::vector<float> scale(channels, 1.0F);
  std::vector<float> shift(channels, 0.0F);
  for (size_t c = 0; c < channels; ++c) {
    const float each = y[y.size() == 1 ? 0 : c];
    if (how == "add") shift[c] = each;
    if (how == "sub") shift[c] = -each;
    if (how == "mul") scale[c] = each;
    if (how == "real_div") scale[c] = 1 / each;
  }
  const Tensor z = step.result_over(x);
  return step.kernel(onednn::channel_affine(x.layout.image(), x.layout, scale, shift, false),
                     {x.buffer}, z.buffer);
}

}  // namespace

Kernel unary(StepBuilder& step) {
  const Unary& row = *find_unary(step.operation().type);
  Tensor x = step.as_made("x");
  if (const auto activation = activation_of(step.view())) {
    const onednn::Primitive primitive = onednn::elementwise(*activation, x.shape(), x.layout);
    const Tensor y = step.result_over(x);
    return step.kernel(primitive, {x.buffer}, y.buffer);
  }
  const float a = row.a.empty() ? row.a_otherwise : step.number(row.a, row.a_otherwise);
  const float b = row.b.empty() ? row.b_otherwise : step.number(row.b, row.b_otherwise);
  // Old networks: x is scale * x + shift first.
  const float scale = step.number("scale", 1);
  const float shift = step.number("shift", 0);
  float of_zero = shift;
  row.run(&of_zero, &of_zero, 1, a, b);
  if (!x.layout.plain() && x.layout.padded() && of_zero != 0) x = step.plain("x");
  const Tensor y = step.result_over(x);
  return [run = row.run, x, y, a, b, scale, shift] {
    const float* from = x.data();
    const size_t count = x.elements();
    if (scale != 1 || shift != 0) {
      for (size_t i = 0; i < count; ++i) y.data()[i] = scale * from[i] + shift;
      from = y.data();
    }
    run(from, y.data(), count, a, b);
  };
}

Kernel broadcast(const Binary& how, const Tensor& x, const Tensor& y, const Tensor& z) {
  const Shape& shape = z.shape();
  const Nest<3> nest(shape, {steps_of(shape), broadcast_steps(x.shape(), shape),
                             broadcast_steps(y.shape(), shape)});
  return [nest, run = how.run, x, y, z] {
    const auto x_step = static_cast<size_t>(nest.step(1));
    const auto y_step = static_cast<size_t>(nest.step(2));
    nest.each_row([&](const auto& at) {
      run(x.data() + at[1], x_step, y.data() + at[2], y_step, z.data() + at[0], nest.row());
    });
  };
}

Kernel binary(StepBuilder& step) {
  const Binary& row = *find_binary(step.operation().type);
  const Shared* in_onednn = shared(row.operation);
  const Shape& shape = step.result_type().shape;
  const Tensor made_x = step.as_made("x");
  const Tensor made_y = step.as_made("y");
  const bool alike = made_x.shape() == shape && made_y.shape() == shape;
  if (in_onednn != nullptr && !made_x.layout.plain() && made_x.shape() == shape) {
    if (Kernel affine = affine_of(step, made_x)) return affine;
  }
  if (in_onednn != nullptr && alike && !(made_x.layout.plain() && made_y.layout.plain())) {
    const Layout& layout = made_x.layout.plain() ? made_y.layout : made_x.layout;
    const Tensor x = step.in_layout("x", layout);
    const Tensor y = step.in_layout("y", layout);
    const onednn::Primitive primitive = onednn::binary(in_onednn->how, shape, layout);
    Tensor z;
    if (step.planner().dies(step.value("x"))) {
      z = step.result_over(x);
    } else {
      z = step.result_over(y);
    }
    return step.kernel(primitive, {x.buffer, y.buffer}, z.buffer);
  }
  const Tensor x = step.plain("x");
  const Tensor y = step.plain("y");
  const bool over_x = x.shape() == shape && step.planner().dies(step.value("x"));
  const Tensor z = over_x               ? step.result_over(x)
                   : y.shape() == shape ? step.result_over(y)
                                        : step.result();
  Kernel kernel = broadcast(row, x, y, z);
  if (!truncates(step)) return kernel;
  return [kernel, z] {
    kernel();
    for (size_t i = 0; i < z.count(); ++i) z.data()[i] = std::trunc(z.data()[i]);
  };
}

Kernel many(StepBuilder& step) {
  const std::string& type = step.operation().type;
  const bool average = type == "average";
  const Binary& how = *find_binary(average ? "add" : type.substr(0, type.size() - 2));
  std::vector<Tensor> values;
  for (size_t i = 0; i < step.count("values"); ++i) values.push_back(step.plain("values", i));
  const Tensor z = step.result();
  const BlockCopy first(z.shape(), steps_of(z.shape()),
                        broadcast_steps(values.at(0).shape(), z.shape()));
  std::vector<Kernel> rest;
  for (size_t i = 1; i < values.size(); ++i) rest.push_back(broadcast(how, z, values[i], z));
  const float share = average ? 1.0F / static_cast<float>(values.size()) : 1.0F;
  return [first, from = values[0], z, rest, share] {
    first.run(z.data(), from.data());
    for (const Kernel& each : rest) each();
    if (share == 1) return;
    for (size_t i = 0; i < z.count(); ++i) z.data()[i] *= share;
  };
}

Kernel scale(StepBuilder& step) {
  const Tensor made = step.as_made("x");
  const bool constant = step.constant("scale") && (!step.given("bias") || step.constant("bias"));
  if (!made.layout.plain() && constant) {
    const Shape& image = made.layout.image();
    const bool fits =
        per_channel(step.type("scale").shape, made.shape(), image) &&
        (!step.given("bias") || per_channel(step.type("bias").shape, made.shape(), image));
    if (fits) {
      const auto channels = static_cast<size_t>(image[1]);
      const auto spread = [&](std::span<const float> from) {
        return from.size() == 1 ? std::vector<float>(channels, from[0])
                                : std::vector<float>(from.begin(), from.end());
      };
      const std::vector<float> factors = spread(step.elements("scale"));
      const std::vector<float> shifts =
          step.given("bias") ? spread(step.elements("bias")) : std::vector<float>(channels, 0.0F);
      const Tensor y = step.result_over(made);
      return step.kernel(onednn::channel_affine(image, made.layout, factors, shifts, false),
                         {made.buffer}, y.buffer);
    }
  }
  const Tensor x = step.plain("x");
  const Tensor factor = step.plain("scale");
  const Tensor y = step.result_over(x);
  const Kernel multiply = broadcast(*find_binary("mul"), x, factor, y);
  if (!step.given("bias")) return multiply;
  const Kernel add = broadcast(*find_binary("add"), y, step.plain("bias"), y);
  return [multiply, add] {
    multiply();
    add();
  };
}

Kernel select(StepBuilder& step) {
  const Tensor condition = step.plain("cond");
  const Tensor a = step.plain("a");
  const Tensor b = step.plain("b");
  const Tensor z = step.result();
  const Shape& shape = z.shape();
  const Nest<4> nest(shape, {steps_of(shape), broadcast_steps(condition.shape(), shape),
                             broadcast_steps(a.shape(), shape), broadcast_steps(b.shape(), shape)});
  return [=] {
    nest.each_row([&](const auto& at) {
      for (size_t i = 0; i < nest.row(); ++i) {
        const auto n = static_cast<std::ptrdiff_t>(i);
        const bool yes = condition.data()[at[1] + n * nest.step(1)] != 0;
        z.data()[at[0] + n * nest.step(0)] =
            yes ? a.data()[at[2] + n * nest.step(2)] : b.data()[at[3] + n * nest.step(3)];
      }
    });
  };
}

namespace {

// Parameters given per channel: MIL counts channels at dimension 1, old networks third from the
// end.
template <typename F>
Kernel per_channel_activation(StepBuilder& step, F function) {
  const Tensor x = step.plain("x");
  const bool old = step.planner().function().old_network;
  const size_t channel = old ? x.rank() - std::min<size_t>(x.rank(), 3) : x.rank() > 1 ? 1 : 0;
  const auto channels = static_cast<size_t>(x.shape()[channel]);
  const auto parameter = [&](const char* name) {
    const std::span<const float> given =
        step.given(name) ? step.elements(name) : std::span<const float>();
    std::vector<float> each(channels, given.empty() ? 1.0F : given[0]);
    if (given.size() == channels) std::copy(given.begin(), given.end(), each.begin());
    return each;
  };
  const std::vector<float> a = parameter("alpha");
  const std::vector<float> b = parameter("beta");
  const Tensor y = step.result_over(x);
  const size_t inner = extent_between(x.shape(), channel + 1, x.rank());
  return [=] {
    for (size_t i = 0; i < x.count(); ++i) {
      const size_t c = i / inner % channels;
      y.data()[i] = function(x.data()[i], a[c], b[c]);
    }
  };
}

}  // namespace

Kernel prelu(StepBuilder& step) {
  return per_channel_activation(step, [](float x, float a, float) { return x > 0 ? x : a * x; });
}

Kernel softplus_parametric(StepBuilder& step) {
  return per_channel_activation(step, [](float x, float a, float b) {
    return a * (std::max(b * x, 0.0F) + std::log1p(std::exp(-std::fabs(b * x))));
  });
}

Kernel cast(StepBuilder& step) {
  const Tensor x = step.as_made("x");
  const models::DataType to = step.result_type().dtype;
  const models::DataType from = step.type("x").dtype;
  const bool truncated = is_integer(to) && !is_integer(from) && from != models::DataType::boolean;
  const bool flags = to == models::DataType::boolean && from != to;
  if (!truncated && !flags) return identity(step);
  const Tensor y = step.result_over(x);
  return [x, y, flags] {
    for (size_t i = 0; i < x.elements(); ++i) {
      const float value = x.data()[i];
      y.data()[i] = flags ? (value != 0 ? 1.0F : 0.0F) : std::trunc(value);
    }
  };
}

Kernel passed_on(StepBuilder& step, const Tensor& x) {
  // Rounded results must not change what others still read.
  if (!step.planner().options().round_to_fp16) {
    step.same_memory(x);
    return {};
  }
  const Tensor y = step.result_over(x);
  return [x, y] {
    if (x.buffer != y.buffer) std::copy_n(x.data(), x.elements(), y.data());
  };
}

Kernel identity(StepBuilder& step) { return passed_on(step, step.as_made("x")); }

}  // namespace anemon::profiler::reference
