#include "profiler/reference/onednn.h"

#include <array>
#include <limits>

#include "core/error.h"
#include "profiler/reference/onednn_state.h"

namespace anemon::profiler::reference::onednn {
namespace {

using dnnl::algorithm;
using dnnl::memory;
constexpr auto kInference = dnnl::prop_kind::forward_inference;

algorithm algorithm_of(Function function) {
  constexpr std::array kAlgorithms = {
      algorithm::eltwise_relu,   algorithm::eltwise_tanh,      algorithm::eltwise_elu,
      algorithm::eltwise_square, algorithm::eltwise_abs,       algorithm::eltwise_sqrt,
      algorithm::eltwise_linear, algorithm::eltwise_soft_relu, algorithm::eltwise_logistic,
      algorithm::eltwise_exp,    algorithm::eltwise_gelu_tanh, algorithm::eltwise_gelu_erf,
      algorithm::eltwise_swish,  algorithm::eltwise_clip};
  return kAlgorithms[static_cast<size_t>(function)];
}

algorithm algorithm_of(Operator how) {
  constexpr std::array kAlgorithms = {algorithm::binary_add, algorithm::binary_sub,
                                      algorithm::binary_mul, algorithm::binary_div,
                                      algorithm::binary_max, algorithm::binary_min};
  return kAlgorithms[static_cast<size_t>(how)];
}

dnnl::primitive_attr attributes(const std::vector<Activation>& after) {
  dnnl::post_ops chain;
  for (const Activation& each : after) {
    chain.append_eltwise(1.0F, algorithm_of(each.function), each.a, each.b);
  }
  dnnl::primitive_attr result;
  result.set_post_ops(chain);
  return result;
}

// oneDNN counts dilations from 0.
memory::dims dilations_of(const Window& window) {
  memory::dims result;
  for (const int64_t each : window.dilations) result.push_back(each - 1);
  return result;
}

template <typename Make>
Primitive made(const char* what, Make make) {
  auto state = std::make_shared<Primitive::State>();
  try {
    make(*state);
  } catch (const dnnl::error& error) {
    throw Error(std::string("oneDNN cannot make a ") + what + ": " + error.what());
  }
  return Primitive(std::move(state));
}

// [O,I/g,..] with the groups as a dimension of their own; a transposed one as oneDNN numbers the
// dimensions, [O,I,..], of elements that lie [I,O,..].
memory::desc weights_desc(const Convolution& what, bool any) {
  const int64_t out = what.destination[1] / what.groups;
  const int64_t in = what.source[1] / what.groups;
  Shape dims = {what.groups, out, in};
  Shape lying = what.transposed ? Shape{what.groups, in, out} : dims;
  dims.insert(dims.end(), what.window.kernel.begin(), what.window.kernel.end());
  lying.insert(lying.end(), what.window.kernel.begin(), what.window.kernel.end());
  const std::vector<size_t> steps = strides_of(lying);
  memory::dims strides(steps.begin(), steps.end());
  if (what.transposed) std::swap(strides[1], strides[2]);
  if (what.groups == 1) {
    dims.erase(dims.begin());
    strides.erase(strides.begin());
  }
  if (any) return any_desc(dims);
  return {dims_of(dims), memory::data_type::f32, strides};
}

template <typename Forward>
void make_convolution(const Convolution& what, algorithm how, Primitive::State& state) {
  const bool constant = !what.weights.empty();
  const Shape channels = {what.destination[1]};
  const memory::desc bias = what.bias.empty() ? memory::desc() : plain_desc(channels);
  const typename Forward::desc desc(kInference, how, any_desc(what.source),
                                    weights_desc(what, constant), bias, any_desc(what.destination),
                                    dims_of(what.window.strides), dilations_of(what.window),
                                    dims_of(what.window.before), dims_of(what.window.after));
  const typename Forward::primitive_desc chosen(desc, attributes(what.after), engine());
  state.primitive = Forward(chosen);
  state.source(chosen.src_desc(), DNNL_ARG_SRC);
  state.destination = chosen.dst_desc();
  if (constant) {
    state.keep(what.weights, weights_desc(what, false), chosen.weights_desc(), DNNL_ARG_WEIGHTS);
  } else {
    state.source(chosen.weights_desc(), DNNL_ARG_WEIGHTS);
  }
  if (!what.bias.empty()) state.keep(what.bias, bias, chosen.bias_desc(), DNNL_ARG_BIAS);
}

}  // namespace

Primitive convolution(const Convolution& what) {
  return made("convolution", [&](Primitive::State& state) {
    if (what.transposed) {
      make_convolution<dnnl::deconvolution_forward>(what, algorithm::deconvolution_direct, state);
    } else {
      make_convolution<dnnl::convolution_forward>(what, algorithm::convolution_direct, state);
    }
  });
}

Primitive dense(const Dense& what) {
  return made("inner product", [&](Primitive::State& state) {
    const Shape weights = {what.out, what.in};
    const Shape channels = {what.out};
    const memory::desc bias = what.bias.empty() ? memory::desc() : plain_desc(channels);
    const dnnl::inner_product_forward::desc desc(kInference, plain_desc({what.rows, what.in}),
                                                 any_desc(weights), bias,
                                                 plain_desc({what.rows, what.out}));
    const dnnl::inner_product_forward::primitive_desc chosen(desc, attributes(what.after),
                                                             engine());
    state.primitive = dnnl::inner_product_forward(chosen);
    state.source(chosen.src_desc(), DNNL_ARG_SRC);
    state.destination = chosen.dst_desc();
    state.keep(what.weights, plain_desc(weights), chosen.weights_desc(), DNNL_ARG_WEIGHTS);
    if (!what.bias.empty()) state.keep(what.bias, bias, chosen.bias_desc(), DNNL_ARG_BIAS);
  });
}

Primitive pooling(Pool kind, const Shape& source, const Layout& layout, const Shape& destination,
                  const Window& window) {
  constexpr std::array kKinds = {algorithm::pooling_max, algorithm::pooling_avg_include_padding,
                                 algorithm::pooling_avg_exclude_padding};
  return made("pooling", [&](Primitive::State& state) {
    const dnnl::pooling_forward::desc desc(kInference, kKinds[static_cast<size_t>(kind)],
                                           desc_of(source, layout), any_desc(destination),
                                           dims_of(window.strides), dims_of(window.kernel),
                                           dims_of(window.before), dims_of(window.after));
    const dnnl::pooling_forward::primitive_desc chosen(desc, engine());
    state.primitive = dnnl::pooling_forward(chosen);
    state.source(chosen.src_desc(), DNNL_ARG_SRC);
    state.destination = chosen.dst_desc();
  });
}

Primitive channel_affine(const Shape& image, const Layout& layout, std::span<const float> scale,
                         std::span<const float> shift, bool relu) {
  return made("batch normalization", [&](Primitive::State& state) {
    const auto channels = static_cast<int64_t>(scale.size());
    auto flags =
        dnnl::normalization_flags::use_global_stats | dnnl::normalization_flags::use_scale_shift;
    if (relu) flags |= dnnl::normalization_flags::fuse_norm_relu;
    const dnnl::batch_normalization_forward::desc desc(kInference, desc_of(image, layout), 0.0F,
                                                       flags);
    const dnnl::batch_normalization_forward::primitive_desc chosen(desc, engine());
    state.primitive = dnnl::batch_normalization_forward(chosen);
    state.source(chosen.src_desc(), DNNL_ARG_SRC);
    state.destination = chosen.dst_desc();
    const std::vector<float> zeros(scale.size(), 0.0F);
    const std::vector<float> ones(scale.size(), 1.0F);
    std::vector<float> both(scale.begin(), scale.end());
    both.insert(both.end(), shift.begin(), shift.end());
    state.keep(zeros, plain_desc({channels}), chosen.mean_desc(), DNNL_ARG_MEAN);
    state.keep(ones, plain_desc({channels}), chosen.variance_desc(), DNNL_ARG_VARIANCE);
    state.keep(both, plain_desc({2, channels}), chosen.weights_desc(), DNNL_ARG_SCALE_SHIFT);
  });
}

Primitive elementwise(const Activation& function, const Shape& shape, const Layout& layout) {
  return made("elementwise function", [&](Primitive::State& state) {
    const auto count = static_cast<int64_t>(count_of(shape));
    const dnnl::eltwise_forward::desc desc(kInference, algorithm_of(function.function),
                                           desc_of({count}, layout), function.a, function.b);
    const dnnl::eltwise_forward::primitive_desc chosen(desc, engine());
    state.primitive = dnnl::eltwise_forward(chosen);
    state.source(chosen.src_desc(), DNNL_ARG_SRC);
    state.destination = chosen.dst_desc();
  });
}

Primitive binary(Operator how, const Shape& shape, const Layout& layout) {
  return made("binary function", [&](Primitive::State& state) {
    const auto count = static_cast<int64_t>(count_of(shape));
    const memory::desc both = desc_of({count}, layout);
    const dnnl::binary::desc desc(algorithm_of(how), both, both, both);
    const dnnl::binary::primitive_desc chosen(desc, engine());
    state.primitive = dnnl::binary(chosen);
    state.source(both, DNNL_ARG_SRC_0);
    state.source(both, DNNL_ARG_SRC_1);
    state.destination = both;
  });
}

Primitive concatenate_channels(const std::vector<Shape>& images,
                               const std::vector<Layout>& layouts) {
  return made("concatenation", [&](Primitive::State& state) {
    std::vector<memory::desc> sources;
    for (size_t i = 0; i < images.size(); ++i) sources.push_back(desc_of(images[i], layouts[i]));
    const dnnl::concat::primitive_desc chosen(1, sources, engine());
    state.primitive = dnnl::concat(chosen);
    for (size_t i = 0; i < sources.size(); ++i) {
      state.source(sources[i], DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i));
    }
    state.destination = chosen.dst_desc();
  });
}

Primitive repeat_pixels(const Shape& image, const Layout& layout, const Shape& destination) {
  return made("resampling", [&](Primitive::State& state) {
    const dnnl::resampling_forward::desc desc(kInference, algorithm::resampling_nearest,
                                              desc_of(image, layout), any_desc(destination));
    const dnnl::resampling_forward::primitive_desc chosen(desc, engine());
    state.primitive = dnnl::resampling_forward(chosen);
    state.source(chosen.src_desc(), DNNL_ARG_SRC);
    state.destination = chosen.dst_desc();
  });
}

Primitive softmax(const Shape& shape, int axis) {
  return made("softmax", [&](Primitive::State& state) {
    const dnnl::softmax_forward::desc desc(kInference, plain_desc(shape), axis);
    const dnnl::softmax_forward::primitive_desc chosen(desc, engine());
    state.primitive = dnnl::softmax_forward(chosen);
    state.source(chosen.src_desc(), DNNL_ARG_SRC);
    state.destination = chosen.dst_desc();
  });
}

Primitive reorder(const Layout& from, const Layout& to) {
  return made("reorder", [&](Primitive::State& state) {
    const Shape& image = from.plain() ? to.image() : from.image();
    const memory::desc source = desc_of(image, from);
    const memory::desc destination = desc_of(image, to);
    state.primitive =
        dnnl::reorder(dnnl::reorder::primitive_desc(engine(), source, engine(), destination));
    state.source(source, DNNL_ARG_FROM);
    state.destination = destination;
  });
}

void multiply(const Gemm& how, const float* a, const float* b, float* c) {
  const dnnl_status_t status = dnnl_sgemm(
      how.transpose_a ? 'T' : 'N', how.transpose_b ? 'T' : 'N', how.m, how.n, how.k, how.alpha, a,
      how.transpose_a ? how.m : how.k, b, how.transpose_b ? how.k : how.n, how.beta, c, how.n);
  if (status != dnnl_success) {
    throw Error("oneDNN cannot multiply matrices (status " + std::to_string(status) + ")");
  }
}

}  // namespace anemon::profiler::reference::onednn
