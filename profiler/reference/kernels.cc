#include "profiler/reference/kernels.h"

#include <algorithm>
#include <unordered_map>

#include "profiler/reference/elementwise.h"
#include "profiler/reference/families.h"

namespace anemon::profiler::reference {
namespace {

struct Row {
  std::string_view operation;
  MakeKernel make;
};

// Beside the element-wise ones, which have a table of their own (elementwise_table.cc).
constexpr Row kRows[] = {
    {"conv", convolution},
    {"conv_transpose", convolution},
    {"linear", linear},
    {"matmul", matmul},
    {"embedding", embedding},
    {"dot", dot},

    {"softmax", softmax},
    {"batch_norm", batch_norm},
    {"instance_norm", instance_norm},
    {"layer_norm", layer_norm},
    {"l2_norm", l2_norm},
    {"local_response_norm", local_response_norm},
    {"mvn", mvn},

    {"max_pool", pooling},
    {"avg_pool", pooling},
    {"l2_pool", pooling},

    {"add_n", many},
    {"mul_n", many},
    {"maximum_n", many},
    {"minimum_n", many},
    {"average", many},
    {"scale", scale},
    {"select", select},
    {"prelu", prelu},
    {"softplus_parametric", softplus_parametric},
    {"cast", cast},
    {"identity", identity},
    {"identity_n", identity_n},

    {"reshape", reshape},
    {"reshape_like", reshape},
    {"reshapeLike", reshape},
    {"squeeze", reshape},
    {"expand_dims", reshape},
    {"flatten2d", reshape},
    {"flatten", flatten},
    {"transpose", transpose},
    {"broadcastToLike", broadcast_to},
    {"broadcastToStatic", broadcast_to},
    {"broadcastToDynamic", broadcast_to},
    {"reverse", reverse},
    {"reverse_sequence", reverse_sequence},
    {"tile", tile},
    {"pad", pad},
    {"constantPad", constant_pad},
    {"sliding_windows", sliding_windows},
    {"concat", concat},
    {"stack", stack},
    {"split", split},

    {"einsum", einsum},
    {"scaled_dot_product_attention", attention},
    {"lstm", lstm},
    {"gru", gru},
    {"rnn", rnn},

    {"reduce_sum", reduce},
    {"reduce_mean", reduce},
    {"reduce_max", reduce},
    {"reduce_min", reduce},
    {"reduce_prod", reduce},
    {"reduce_l1_norm", reduce},
    {"reduce_l2_norm", reduce},
    {"reduce_log_sum", reduce},
    {"reduce_log_sum_exp", reduce},
    {"reduce_sum_square", reduce},
    {"reduce_argmax", reduce_arg},
    {"reduce_argmin", reduce_arg},
    {"cumsum", cumsum},

    {"slice_by_index", slice_by_index},
    {"slice_by_size", slice_by_size},
    {"slice_update", slice_update},
    {"slice", slice_axis},
    {"sliceBySize", slice_axis_by_size},
    {"crop", crop},
    {"crop_like", crop_like},
    {"gather", gather},
    {"gather_along_axis", gather_along_axis},
    {"gather_nd", gather_nd},
    {"scatter", scatter},
    {"scatter_along_axis", scatter_along_axis},
    {"scatter_nd", scatter_nd},

    {"topk", topk},
    {"argsort", argsort},
    {"one_hot", one_hot},
    {"band_part", band_part},
    {"lowerTriangular", triangular},
    {"upperTriangular", triangular},
    {"non_maximum_suppression", non_maximum_suppression},

    {"upsample_nearest_neighbor", upsample},
    {"upsample_bilinear", upsample},
    {"resize_nearest_neighbor", resize},
    {"resize_bilinear", resize},
    {"resize", resize},
    {"crop_resize", crop_resize},
    {"depth_to_space", depth_to_space},
    {"pixel_shuffle", depth_to_space},
    {"space_to_depth", space_to_depth},
    {"pixel_unshuffle", space_to_depth},
    {"space_to_batch", space_to_batch},
    {"batch_to_space", batch_to_space},

    {"fill", fill},
    {"fill_like", fill},
    {"range_1d", range_1d},
    {"shape", shape_of},
    {"random_normal", random},
    {"random_uniform", random},
    {"random_bernoulli", random},
    {"random_categorical", random},
    {"randomNormalLike", random},
    {"randomUniformLike", random},
    {"randomBernoulliLike", random},

    {"constexpr_affine_dequantize", affine_dequantize},
    {"constexpr_lut_to_dense", lut_to_dense},
    {"constexpr_sparse_to_dense", sparse_to_dense},
    {"constexpr_blockwise_shift_scale", blockwise_shift_scale},
    {"constexpr_lut_to_sparse", lut_to_sparse},
    {"constexpr_sparse_blockwise_shift_scale", sparse_blockwise_shift_scale},
    {"constexpr_cast", constexpr_cast},
    {"quantize", quantize},
    {"dequantize", dequantize},
    {"read_state", read_state},
    {"write_state", write_state},
    {"coreml_update_state", write_state},

    {"cond", cond},
    {"while_loop", while_loop},
    {"make_list", make_list},
    {"list_read", list_read},
    {"list_write", list_write},
    {"list_gather", list_gather},
    {"list_scatter", list_scatter},
    {"list_length", list_length},

    {"classify", classify},
};

}  // namespace

MakeKernel find_kernel(std::string_view operation) {
  static const auto by_name = [] {
    std::unordered_map<std::string_view, MakeKernel> index;
    for (const Row& row : kRows) index.emplace(row.operation, row.make);
    return index;
  }();
  const auto found = by_name.find(operation);
  if (found != by_name.end()) return found->second;
  if (find_unary(operation) != nullptr) return unary;
  return find_binary(operation) != nullptr ? binary : nullptr;
}

std::vector<std::string_view> supported_operations() {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) names.push_back(row.operation);
  add_elementwise_names(names);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace anemon::profiler::reference
