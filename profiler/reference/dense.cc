#include <algorithm>
#include <cmath>

#include "models/analysis/extent.h"
#include "profiler/reference/families.h"
#include "profiler/reference/followers.h"
#include "profiler/reference/nest.h"
#include "profiler/reference/refusal.h"
#include "profiler/reference/window.h"

namespace anemon::profiler::reference {
namespace {

// x [rows,in] times constant weights [out,in].
Kernel packed(StepBuilder& step, std::vector<float> weights, std::vector<float> bias, int64_t out) {
  onednn::Dense what{};
  const Tensor x = step.plain("x");
  what.out = out;
  what.in = static_cast<int64_t>(weights.size()) / std::max<int64_t>(out, 1);
  what.rows = static_cast<int64_t>(x.count()) / std::max<int64_t>(what.in, 1);
  what.after = apply_followers(step, weights, bias, static_cast<size_t>(out));
  what.weights = weights;
  what.bias = bias;
  const onednn::Primitive primitive = onednn::dense(what);
  const Tensor y = step.result();
  if (static_cast<int64_t>(y.count()) != what.rows * what.out) {
    step.refuse("its weights do not fit its operand");
  }
  return step.kernel(primitive, {x.buffer}, y.buffer);
}

std::vector<float> transposed(std::span<const float> matrix, size_t rows, size_t columns) {
  std::vector<float> result(matrix.size());
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < columns; ++j) result[j * rows + i] = matrix[i * columns + j];
  }
  return result;
}

}  // namespace

Kernel linear(StepBuilder& step) {
  const Shape& shape = step.type("weight").shape;
  if (shape.size() != 2) step.refuse("its weights are no matrix");
  if (step.constant("weight") && (!step.given("bias") || step.constant("bias"))) {
    std::vector<float> bias;
    if (step.given("bias")) {
      const std::span<const float> given = step.elements("bias");
      bias.assign(given.begin(), given.end());
      if (bias.size() == 1 && shape[0] > 1) bias.assign(static_cast<size_t>(shape[0]), bias[0]);
    }
    return packed(step, weights_of(step, "weight"), std::move(bias), shape[0]);
  }
  const Tensor x = step.plain("x");
  const Tensor weight = step.plain("weight");
  const Tensor y = step.result();
  onednn::Gemm gemm{};
  gemm.transpose_b = true;
  gemm.n = shape[0];
  gemm.k = shape[1];
  gemm.m = static_cast<int64_t>(x.count()) / gemm.k;
  const bool biased = step.given("bias");
  const Tensor bias = biased ? step.plain("bias") : Tensor();
  return [=] {
    onednn::multiply(gemm, x.data(), weight.data(), y.data());
    if (!biased) return;
    const auto n = static_cast<size_t>(gemm.n);
    for (size_t i = 0; i < y.count(); ++i) {
      y.data()[i] += bias.data()[bias.count() == 1 ? 0 : i % n];
    }
  };
}

Kernel matmul(StepBuilder& step) {
  Shape a = step.type("x").shape;
  Shape b = step.type("y").shape;
  if (a.empty() || b.empty()) step.refuse("it multiplies a scalar");
  const bool transpose_a = step.flag("transpose_x", false) && a.size() > 1;
  const bool transpose_b = step.flag("transpose_y", false) && b.size() > 1;
  if (b.size() == 2 && step.constant("y") && !transpose_a) {
    const std::span<const float> matrix = step.elements("y");
    const auto rows = static_cast<size_t>(b[0]);
    const auto columns = static_cast<size_t>(b[1]);
    std::vector<float> weights = transpose_b ? std::vector<float>(matrix.begin(), matrix.end())
                                             : transposed(matrix, rows, columns);
    return packed(step, std::move(weights), {}, transpose_b ? b[0] : b[1]);
  }
  if (a.size() == 1) a.insert(a.begin(), 1);
  if (b.size() == 1) b.push_back(1);
  onednn::Gemm gemm{};
  gemm.transpose_a = transpose_a;
  gemm.transpose_b = transpose_b;
  gemm.m = a[a.size() - (transpose_a ? 1 : 2)];
  gemm.k = a[a.size() - (transpose_a ? 2 : 1)];
  gemm.n = b[b.size() - (transpose_b ? 2 : 1)];
  if (gemm.k != b[b.size() - (transpose_b ? 1 : 2)]) step.refuse("its matrices do not fit");
  const Shape batch_a(a.begin(), a.end() - 2);
  const Shape batch_b(b.begin(), b.end() - 2);
  const auto batch = models::broadcast(batch_a, batch_b);
  if (!batch) step.refuse("its matrices are not as many");
  const Tensor x = step.plain("x");
  const Tensor y = step.plain("y");
  const Tensor z = step.result();
  // As a nest whose elements are whole matrices.
  Steps of_x = broadcast_steps(batch_a, *batch);
  Steps of_y = broadcast_steps(batch_b, *batch);
  Steps of_z = steps_of(*batch);
  for (auto& each : of_x) each *= gemm.m * gemm.k;
  for (auto& each : of_y) each *= gemm.k * gemm.n;
  for (auto& each : of_z) each *= gemm.m * gemm.n;
  const Nest<3> nest(*batch, {of_z, of_x, of_y});
  return [=] {
    nest.each_row([&](const auto& at) {
      for (size_t i = 0; i < nest.row(); ++i) {
        const auto n = static_cast<std::ptrdiff_t>(i);
        onednn::multiply(gemm, x.data() + at[1] + n * nest.step(1),
                         y.data() + at[2] + n * nest.step(2), z.data() + at[0] + n * nest.step(0));
      }
    });
  };
}

// Looks rows of a table [E,vocabulary] up: x has one number where the result has E.
Kernel embedding(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Tensor table = step.plain("weight");
  const bool biased = step.given("bias");
  const Tensor bias = biased ? step.plain("bias") : Tensor();
  const size_t axis = step.axis("axis", -3, x.rank());
  const Tensor y = step.result();
  const auto width = static_cast<size_t>(table.shape().at(0));
  const auto vocabulary = static_cast<size_t>(table.shape().at(1));
  const size_t inner = extent_between(x.shape(), axis + 1, x.rank());
  return [=] {
    for (size_t i = 0; i < x.count(); ++i) {
      const auto row = static_cast<size_t>(std::max(x.data()[i], 0.0F));
      if (row >= vocabulary) {
        throw Refusal("it looks up row " + std::to_string(row) + " of " +
                      std::to_string(vocabulary));
      }
      float* to = y.data() + (i / inner * width * inner) + i % inner;
      for (size_t e = 0; e < width; ++e) {
        to[e * inner] = table.data()[e * vocabulary + row] + (biased ? bias.data()[e] : 0.0F);
      }
    }
  };
}

Kernel dot(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Tensor y = step.plain("y");
  if (x.rank() < 3 || x.shape() != y.shape()) step.refuse("its operands are not alike");
  const Tensor z = step.result();
  const bool cosine = step.flag("cosine", false);
  const size_t axis = x.rank() - 3;
  const auto channels = static_cast<size_t>(x.shape()[axis]);
  const size_t inner = extent_between(x.shape(), axis + 1, x.rank());
  return [=] {
    for (size_t i = 0; i < z.count(); ++i) {
      const size_t start = i / inner * channels * inner + i % inner;
      float product = 0, x_squares = 0, y_squares = 0;
      for (size_t c = 0; c < channels; ++c) {
        const float a = x.data()[start + c * inner];
        const float b = y.data()[start + c * inner];
        product += a * b;
        x_squares += a * a;
        y_squares += b * b;
      }
      z.data()[i] = cosine ? product / std::sqrt(x_squares * y_squares) : product;
    }
  };
}

}  // namespace anemon::profiler::reference
