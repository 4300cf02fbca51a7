#include <cmath>

#include "models/analysis/extent.h"
#include "profiler/reference/families.h"
#include "profiler/reference/nest.h"

namespace anemon::profiler::reference {

// softmax(q k' / sqrt(E) + mask) v, for each of the leading dimensions.
Kernel attention(StepBuilder& step) {
  const Tensor query = step.plain("query");
  const Tensor key = step.plain("key");
  const Tensor value = step.plain("value");
  const bool masked = step.given("attn_mask");
  const Tensor mask = masked ? step.plain("attn_mask") : query;
  const bool chosen = masked && step.type("attn_mask").dtype == models::DataType::boolean;
  if (query.rank() < 2 || key.rank() < 2 || value.rank() < 2) step.refuse("it needs matrices");
  const auto size = [](const Tensor& tensor, size_t from_end) {
    return tensor.shape()[tensor.rank() - from_end];
  };
  const int64_t length = size(query, 2), depth = size(query, 1), keys = size(key, 2),
                width = size(value, 1);
  Buffer* scores = step.scratch(static_cast<size_t>(length * keys));
  const Tensor y = step.result();
  const Shape batch(y.shape().begin(), y.shape().end() - 2);
  const auto leading = [&](const Tensor& tensor, int64_t matrix) {
    const Shape own(tensor.shape().begin(), tensor.shape().end() - 2);
    Steps steps = broadcast_steps(own, batch);
    for (auto& each : steps) each *= matrix;
    return steps;
  };
  Steps mask_steps(batch.size(), 0);
  int64_t mask_rows = 0, mask_columns = 0;
  if (masked) {
    if (mask.rank() < 2) step.refuse("its mask is no matrix");
    mask_rows = size(mask, 2) == 1 ? 0 : size(mask, 1);
    mask_columns = size(mask, 1) == 1 ? 0 : 1;
    mask_steps = leading(mask, size(mask, 2) * size(mask, 1));
  }
  const Nest<5> nest(batch, {leading(y, length * width), leading(query, length * depth),
                             leading(key, keys * depth), leading(value, keys * width), mask_steps});
  const onednn::Gemm first{
      false, true, length, keys, depth, 1 / std::sqrt(static_cast<float>(depth)), 0};
  const onednn::Gemm second{false, false, length, width, keys, 1, 0};
  return [=] {
    const auto one = [&](const std::array<std::ptrdiff_t, 5>& at) {
      float* s = scores->data;
      onednn::multiply(first, query.data() + at[1], key.data() + at[2], s);
      for (int64_t row = 0; row < length; ++row, s += keys) {
        float highest = -INFINITY;
        for (int64_t k = 0; k < keys; ++k) {
          if (masked) {
            const float m = mask.data()[at[4] + row * mask_rows + k * mask_columns];
            s[k] = chosen ? (m != 0 ? s[k] : -INFINITY) : s[k] + m;
          }
          highest = std::max(highest, s[k]);
        }
        float sum = 0;
        for (int64_t k = 0; k < keys; ++k) {
          s[k] = highest == -INFINITY ? 0 : std::exp(s[k] - highest);
          sum += s[k];
        }
        for (int64_t k = 0; k < keys && sum > 0; ++k) s[k] /= sum;
      }
      onednn::multiply(second, scores->data, value.data() + at[3], y.data() + at[0]);
    };
    nest.each_row([&](const auto& start) {
      auto at = start;
      for (size_t i = 0; i < nest.row(); ++i) {
        one(at);
        for (size_t n = 0; n < at.size(); ++n) at[n] += nest.step(n);
      }
    });
  };
}

}  // namespace anemon::profiler::reference
