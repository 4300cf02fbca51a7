#include <unordered_map>

#include "models/analysis/operation_kind.h"
#include "models/analysis/shape_rules.h"

namespace anemon::models {
namespace {

constexpr AneSupport yes = AneSupport::yes;
constexpr AneSupport no = AneSupport::no;
constexpr AneSupport maybe = AneSupport::conditional;
constexpr AneSupport unknown = AneSupport::unknown;

// Names: the registry of coremltools (opsets iOS15 to iOS18), write_state of the file format, then
// the layers of old networks that have no counterpart there. Support on the Neural Engine: the
// rules OP-1 to OP-8 (docs/rules.md), measured on an M4 with macOS 27.
constexpr OperationKind kKinds[] = {
    // name, shape, work, ANE, alias
    {"const", nullptr, nullptr, yes},

    {"conv", conv_shape, nullptr, yes},
    {"conv_quantized", conv_shape, nullptr, unknown},
    {"conv_transpose", conv_transpose_shape, nullptr, yes},
    {"linear", linear_shape, nullptr, yes},
    {"matmul", matmul_shape, nullptr, yes},
    {"einsum", einsum_shape, nullptr, yes},
    {"scaled_dot_product_attention", attention_shape, nullptr, yes},

    {"lstm", recurrent_shape, nullptr, no},
    {"gru", recurrent_shape, nullptr, no},
    {"rnn", recurrent_shape, nullptr, no},

    {"softmax", same_shape, nullptr, yes},
    {"layer_norm", same_shape, nullptr, yes},
    {"instance_norm", same_shape, nullptr, yes},
    {"batch_norm", same_shape, nullptr, yes},
    {"l2_norm", same_shape, nullptr, yes},
    {"local_response_norm", same_shape, nullptr, yes},

    {"avg_pool", pool_shape, nullptr, yes},
    {"max_pool", pool_shape, nullptr, yes},
    {"l2_pool", pool_shape, nullptr, yes},

    {"reduce_sum", reduce_shape, nullptr, yes},
    {"reduce_mean", reduce_shape, nullptr, yes},
    {"reduce_max", reduce_shape, nullptr, yes},
    {"reduce_min", reduce_shape, nullptr, yes},
    {"reduce_prod", reduce_shape, nullptr, no},
    {"reduce_l1_norm", reduce_shape, nullptr, yes},
    {"reduce_l2_norm", reduce_shape, nullptr, yes},
    {"reduce_log_sum", reduce_shape, nullptr, yes},
    {"reduce_log_sum_exp", reduce_shape, nullptr, yes},
    {"reduce_sum_square", reduce_shape, nullptr, yes},
    {"reduce_argmax", reduce_arg_shape, nullptr, maybe},
    {"reduce_argmin", reduce_arg_shape, nullptr, maybe},

    {"add", broadcast_shape, nullptr, yes},
    {"sub", broadcast_shape, nullptr, yes},
    {"mul", broadcast_shape, nullptr, yes},
    {"real_div", broadcast_shape, nullptr, yes},
    {"floor_div", broadcast_shape, nullptr, yes},
    {"mod", broadcast_shape, nullptr, no},
    {"pow", broadcast_shape, nullptr, yes},
    {"maximum", broadcast_shape, nullptr, yes},
    {"minimum", broadcast_shape, nullptr, yes},
    {"equal", compare_shape, nullptr, yes},
    {"not_equal", compare_shape, nullptr, yes},
    {"less", compare_shape, nullptr, yes},
    {"less_equal", compare_shape, nullptr, yes},
    {"greater", compare_shape, nullptr, yes},
    {"greater_equal", compare_shape, nullptr, yes},
    {"logical_and", compare_shape, nullptr, yes},
    {"logical_or", compare_shape, nullptr, yes},
    {"logical_xor", compare_shape, nullptr, yes},
    {"logical_not", compare_shape, nullptr, yes},
    {"select", select_shape, nullptr, yes},

    {"relu", same_shape, nullptr, yes},
    {"relu6", same_shape, nullptr, yes},
    {"clamped_relu", same_shape, nullptr, yes},
    {"clip", same_shape, nullptr, yes},
    {"leaky_relu", same_shape, nullptr, yes},
    {"prelu", same_shape, nullptr, yes},
    {"thresholded_relu", same_shape, nullptr, yes},
    {"threshold", same_shape, nullptr, yes},
    {"linear_activation", same_shape, nullptr, yes},
    {"abs", same_shape, nullptr, yes},
    {"sign", same_shape, nullptr, yes},
    {"floor", same_shape, nullptr, yes},
    {"ceil", same_shape, nullptr, yes},
    {"round", same_shape, nullptr, yes},
    {"square", same_shape, nullptr, yes},
    {"sigmoid", same_shape, nullptr, yes},
    {"sigmoid_hard", same_shape, nullptr, yes},
    {"tanh", same_shape, nullptr, yes},
    {"scaled_tanh", same_shape, nullptr, yes},
    {"silu", same_shape, nullptr, yes},
    {"gelu", same_shape, nullptr, yes},
    {"elu", same_shape, nullptr, yes},
    {"softplus", same_shape, nullptr, yes},
    {"softplus_parametric", same_shape, nullptr, yes},
    {"softsign", same_shape, nullptr, yes},
    {"exp", same_shape, nullptr, yes},
    {"exp2", same_shape, nullptr, yes},
    {"log", same_shape, nullptr, yes},
    {"sqrt", same_shape, nullptr, yes},
    {"rsqrt", same_shape, nullptr, yes},
    {"inverse", same_shape, nullptr, yes},
    {"erf", same_shape, nullptr, yes},
    {"sin", same_shape, nullptr, yes},
    {"cos", same_shape, nullptr, yes},
    {"atan", same_shape, nullptr, yes},
    {"asin", same_shape, nullptr, no},
    {"acos", same_shape, nullptr, no},
    {"tan", same_shape, nullptr, no},
    {"sinh", same_shape, nullptr, no},
    {"cosh", same_shape, nullptr, no},
    {"atanh", same_shape, nullptr, no},
    {"cast", cast_shape, nullptr, maybe},
    {"quantize", quantize_shape, nullptr, yes},
    {"dequantize", dequantize_shape, nullptr, yes},
    {"cumsum", same_shape, nullptr, no},
    {"band_part", same_shape, nullptr, no},

    {"reshape", reshape_shape, nullptr, yes, true},
    {"reshape_like", reshape_like_shape, nullptr, yes, true},
    {"squeeze", squeeze_shape, nullptr, yes, true},
    {"expand_dims", expand_dims_shape, nullptr, yes, true},
    {"flatten2d", flatten2d_shape, nullptr, yes, true},
    {"identity", same_shape, nullptr, yes, true},
    {"transpose", transpose_shape, nullptr, yes},
    {"concat", concat_shape, nullptr, yes},
    {"stack", stack_shape, nullptr, yes},
    {"split", split_shape, nullptr, yes},
    {"tile", tile_shape, nullptr, yes},
    {"pad", pad_shape, nullptr, maybe},
    {"reverse", same_shape, nullptr, unknown},
    {"reverse_sequence", same_shape, nullptr, unknown},
    {"sliding_windows", sliding_windows_shape, nullptr, no},
    {"slice_by_index", slice_by_index_shape, nullptr, yes},
    {"slice_by_size", slice_by_size_shape, nullptr, maybe},
    {"slice_update", same_shape, nullptr, maybe},

    {"gather", gather_shape, nullptr, maybe},
    {"gather_along_axis", gather_along_axis_shape, nullptr, maybe},
    {"gather_nd", gather_nd_shape, nullptr, maybe},
    {"scatter", same_as_data_shape, nullptr, no},
    {"scatter_along_axis", same_as_data_shape, nullptr, no},
    {"scatter_nd", same_as_data_shape, nullptr, unknown},

    {"upsample_nearest_neighbor", upsample_shape, nullptr, yes},
    {"upsample_bilinear", upsample_shape, nullptr, yes},
    {"resize_nearest_neighbor", resize_to_shape, nullptr, yes},
    {"resize_bilinear", resize_to_shape, nullptr, yes},
    {"resize", resize_shape, nullptr, yes},
    {"crop", crop_shape, nullptr, unknown},
    {"crop_resize", crop_resize_shape, nullptr, no},
    {"affine", affine_shape, nullptr, unknown},
    {"resample", resample_shape, nullptr, unknown},
    {"pixel_shuffle", depth_to_space_shape, nullptr, yes},
    {"pixel_unshuffle", space_to_depth_shape, nullptr, yes},
    {"depth_to_space", depth_to_space_shape, nullptr, yes},
    {"space_to_depth", space_to_depth_shape, nullptr, yes},
    {"space_to_batch", space_to_batch_shape, nullptr, maybe},
    {"batch_to_space", batch_to_space_shape, nullptr, maybe},

    {"topk", topk_shape, nullptr, yes},
    {"argsort", argsort_shape, nullptr, maybe},
    {"one_hot", one_hot_shape, nullptr, no},
    {"fill", fill_shape, nullptr, unknown},
    {"fill_like", fill_like_shape, nullptr, unknown},
    {"range_1d", range_1d_shape, nullptr, no},
    {"shape", shape_of_shape, nullptr, no},
    {"non_zero", non_zero_shape, nullptr, no},
    {"random_normal", fill_shape, nullptr, no},
    {"random_uniform", fill_shape, nullptr, no},
    {"random_bernoulli", fill_shape, nullptr, no},
    {"random_categorical", random_categorical_shape, nullptr, no},
    {"non_maximum_suppression", non_maximum_suppression_shape, nullptr, maybe},
    {"classify", nullptr, nullptr, no},

    // infer.cc follows the blocks of these two.
    {"cond", nullptr, nullptr, no},
    {"while_loop", nullptr, nullptr, no},
    {"make_list", make_list_shape, nullptr, no},
    {"list_read", list_read_shape, nullptr, no},
    {"list_write", same_list_shape, nullptr, no},
    {"list_gather", list_gather_shape, nullptr, no},
    {"list_scatter", same_list_shape, nullptr, no},
    {"list_length", list_length_shape, nullptr, no},

    {"constexpr_affine_dequantize", affine_dequantize_shape, nullptr, yes},
    {"constexpr_lut_to_dense", lut_to_dense_shape, nullptr, yes},
    {"constexpr_sparse_to_dense", sparse_to_dense_shape, nullptr, yes},
    {"constexpr_cast", constexpr_cast_shape, nullptr, yes},
    {"constexpr_blockwise_shift_scale", blockwise_shift_scale_shape, nullptr, yes},
    {"constexpr_lut_to_sparse", lut_to_sparse_shape, nullptr, yes},
    {"constexpr_sparse_blockwise_shift_scale", sparse_blockwise_shape, nullptr, yes},

    {"read_state", read_state_shape, nullptr, yes},
    {"write_state", nullptr, nullptr, yes},
    {"coreml_update_state", update_state_shape, nullptr, yes},

    // Layers of old networks; their shapes are described in models/read/layers.h.
    {"flatten", flatten_shape, nullptr, yes, true},
    {"embedding", embedding_shape, nullptr, maybe},
    {"scale", same_shape, nullptr, yes},
    {"add_n", broadcast_values_shape, nullptr, yes},
    {"mul_n", broadcast_values_shape, nullptr, yes},
    {"maximum_n", broadcast_values_shape, nullptr, yes},
    {"minimum_n", broadcast_values_shape, nullptr, yes},
    {"average", broadcast_values_shape, nullptr, yes},
    {"dot", dot_shape, nullptr, unknown},
    {"mvn", same_shape, nullptr, yes},
    {"crop_like", crop_like_shape, nullptr, unknown},
    {"slice", slice_axis_shape, nullptr, yes},
    {"sliceBySize", slice_axis_by_size_shape, nullptr, maybe},
    {"broadcastToLike", reference_shape, nullptr, unknown},
    {"broadcastToStatic", broadcast_to_shape, nullptr, unknown},
    {"broadcastToDynamic", broadcast_to_shape, nullptr, no},
    {"reshapeLike", reference_shape, nullptr, yes, true},
    {"randomNormalLike", reference_shape, nullptr, no},
    {"randomUniformLike", reference_shape, nullptr, no},
    {"randomBernoulliLike", reference_shape, nullptr, no},
    {"constantPad", constant_pad_shape, nullptr, maybe},
    {"lowerTriangular", same_shape, nullptr, no},
    {"upperTriangular", same_shape, nullptr, no},
    {"asinh", same_shape, nullptr, no},
    {"acosh", same_shape, nullptr, no},
    {"identity_n", identity_shape, nullptr, yes},
    {"custom", nullptr, nullptr, no},
    {"loopBreak", nullptr, nullptr, no},
    {"loopContinue", nullptr, nullptr, no},
};

}  // namespace

std::span<const OperationKind> operation_kinds() { return kKinds; }

const OperationKind* find_operation_kind(std::string_view type) {
  static const auto by_name = [] {
    std::unordered_map<std::string_view, const OperationKind*> index;
    for (const OperationKind& kind : kKinds) index.emplace(kind.name, &kind);
    return index;
  }();
  const auto found = by_name.find(type);
  return found == by_name.end() ? nullptr : found->second;
}

}  // namespace anemon::models
