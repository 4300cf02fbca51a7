// oneDNN's primitives, and nothing of oneDNN: only onednn*.cc include it (version 2; 3 differs).
//
// A primitive is made while a plan is, packs its weights at once, and says in which layouts it
// wants to read and write. Creation throws Error when oneDNN cannot do what is asked.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "profiler/reference/tensor.h"

namespace anemon::profiler::reference::onednn {

std::string version();
// Of every primitive that is created from now on; at least 1.
void use_threads(unsigned threads);

// f(x) with up to two parameters.
enum class Function : uint8_t {
  relu,  // a: slope below zero
  tanh,
  elu,  // a
  square,
  abs,
  sqrt,
  linear,  // a x + b
  softplus,
  logistic,
  exp,
  gelu_tanh,
  gelu_erf,
  swish,  // x * logistic(a x)
  clip,   // to [a, b]
};
struct Activation {
  Function function;
  float a = 0, b = 0;
};
enum class Operator : uint8_t { add, subtract, multiply, divide, maximum, minimum };

class Primitive {
 public:
  struct State;
  explicit Primitive(std::shared_ptr<State> state) : state_(std::move(state)) {}

  Layout source(size_t index = 0) const;
  Layout destination() const;
  size_t weight_bytes() const;  // that it keeps packed
  // Buffers must outlive the kernel.
  Kernel kernel(const std::vector<const Buffer*>& sources, const Buffer* destination) const;

 private:
  std::shared_ptr<State> state_;
};

struct Window {
  Shape kernel, strides, dilations, before, after;  // as many as the image has spatial dimensions
};

struct Convolution {
  Shape source, destination;  // [N,C,..]
  Window window;
  int64_t groups = 1;
  bool transposed = false;
  std::span<const float> weights;  // [O,I/g,..], transposed [I,O/g,..]; empty: read when running,
                                   // as a second source
  std::span<const float> bias;     // [O], may be empty
  std::vector<Activation> after;   // applied to the result one after the other
};
Primitive convolution(const Convolution& what);

struct Dense {  // [rows,in] x [out,in]
  int64_t rows, in, out;
  std::span<const float> weights, bias;
  std::vector<Activation> after;
};
Primitive dense(const Dense& what);

enum class Pool : uint8_t { maximum, average, average_without_padding };
// From the layout that the source has.
Primitive pooling(Pool kind, const Shape& source, const Layout& layout, const Shape& destination,
                  const Window& window);

// x * scale + shift of its channel, both [C]; then relu where asked.
Primitive channel_affine(const Shape& image, const Layout& layout, std::span<const float> scale,
                         std::span<const float> shift, bool relu);

// Element by element, also in place; `shape` counts only where the layout is plain.
Primitive elementwise(const Activation& function, const Shape& shape, const Layout& layout);
// Two tensors of one layout; the result may lie over either.
Primitive binary(Operator how, const Shape& shape, const Layout& layout);
// Images of layout `layout` joined along their channels.
Primitive concatenate_channels(const std::vector<Shape>& images,
                               const std::vector<Layout>& layouts);
// Each pixel `factor` times in both directions.
Primitive repeat_pixels(const Shape& image, const Layout& layout, const Shape& destination);
// Over the dimension `axis` of a plain tensor.
Primitive softmax(const Shape& shape, int axis);

// The same elements in another order; one of the two may be plain.
Primitive reorder(const Layout& from, const Layout& to);

// c[m,n] = a[m,k] x b[k,n] + beta c, row by row; a and b may be given transposed.
struct Gemm {
  bool transpose_a = false, transpose_b = false;
  int64_t m, n, k;
  float alpha = 1, beta = 0;
};
void multiply(const Gemm& how, const float* a, const float* b, float* c);

}  // namespace anemon::profiler::reference::onednn
