// Shapes found the slow way: every element of the operands is moved, or every window set down, and
// what was touched is measured. Independent of models/analysis; only for small tensors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace anemon::models::test {

using Extents = std::vector<int64_t>;

// Strides, dilations and paddings (before and after in turn) of all spatial dimensions.
struct Windows {
  Extents kernel, strides, dilations, pads;
  std::string padding = "valid";  // or "same", "custom"
  bool ceil = false;
};

Extents reference_broadcast(const Extents& a, const Extents& b);
Extents reference_conv(const Extents& x, const Extents& weight, const Windows& windows);
Extents reference_conv_transpose(const Extents& x, const Extents& weight, int64_t groups,
                                 const Windows& windows);
Extents reference_pool(const Extents& x, const Windows& windows);
Extents reference_linear(const Extents& x, const Extents& weight);
Extents reference_matmul(const Extents& x, const Extents& y, bool transpose_x, bool transpose_y);
Extents reference_einsum(const std::string& equation, const std::vector<Extents>& operands);
Extents reference_attention(const Extents& query, const Extents& key, const Extents& value);
Extents reference_reduce(const Extents& x, const Extents& axes, bool keep);
Extents reference_reshape(const Extents& x, const Extents& target);
Extents reference_squeeze(const Extents& x, const Extents& axes);
Extents reference_expand_dims(const Extents& x, const Extents& axes);
Extents reference_flatten2d(const Extents& x, int64_t axis);
Extents reference_transpose(const Extents& x, const Extents& order);
Extents reference_concat(const std::vector<Extents>& values, int64_t axis);
Extents reference_stack(const std::vector<Extents>& values, int64_t axis);
std::vector<Extents> reference_split(const Extents& x, const Extents& sizes, int64_t axis);
Extents reference_tile(const Extents& x, const Extents& times);
Extents reference_pad(const Extents& x, const Extents& amounts);

struct Slice {
  Extents begin, end, stride;
  std::vector<bool> begin_mask, end_mask, squeeze;
};
Extents reference_slice_by_index(const Extents& x, const Slice& slice);
Extents reference_slice_by_size(const Extents& x, const Extents& begin, const Extents& size);

Extents reference_gather(const Extents& x, const Extents& indices, int64_t axis, int64_t batch);
Extents reference_gather_nd(const Extents& x, const Extents& indices, int64_t batch);
Extents reference_one_hot(const Extents& indices, int64_t size, int64_t axis);
Extents reference_topk(const Extents& x, int64_t k, int64_t axis);
Extents reference_range(int64_t start, int64_t end, int64_t step);
Extents reference_upsample(const Extents& x, int64_t height, int64_t width);
Extents reference_depth_to_space(const Extents& x, int64_t block);
Extents reference_space_to_depth(const Extents& x, int64_t block);
Extents reference_sliding_windows(const Extents& x, int64_t axis, int64_t size, int64_t stride);
Extents reference_lstm(const Extents& x, int64_t hidden, bool both_ways, bool whole_sequence);

}  // namespace anemon::models::test
