#include <unordered_map>

#include "models/analysis/operation_kind.h"
#include "models/analysis/shape_rules.h"
#include "models/analysis/work_rules.h"

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

    {"conv", conv_shape, conv_work, yes},
    {"conv_quantized", conv_shape, conv_work, unknown},
    {"conv_transpose", conv_transpose_shape, conv_transpose_work, yes},
    {"linear", linear_shape, linear_work, yes},
    {"matmul", matmul_shape, matmul_work, yes},
    {"einsum", einsum_shape, einsum_work, yes},
    {"scaled_dot_product_attention", attention_shape, attention_work, yes},

    {"lstm", recurrent_shape, recurrent_work, no},
    {"gru", recurrent_shape, recurrent_work, no},
    {"rnn", recurrent_shape, recurrent_work, no},

    {"softmax", same_shape, per_result<5>, yes},
    {"layer_norm", same_shape, per_result<8>, yes},
    {"instance_norm", same_shape, per_result<8>, yes},
    {"batch_norm", same_shape, per_result<2>, yes},
    {"l2_norm", same_shape, per_result<3>, yes},
    {"local_response_norm", same_shape, lrn_work, yes},

    {"avg_pool", pool_shape, pool_work, yes},
    {"max_pool", pool_shape, pool_work, yes},
    {"l2_pool", pool_shape, l2_pool_work, yes},

    {"reduce_sum", reduce_shape, per_input<1>, yes},
    {"reduce_mean", reduce_shape, per_input<1>, yes},
    {"reduce_max", reduce_shape, per_input<1>, yes},
    {"reduce_min", reduce_shape, per_input<1>, yes},
    {"reduce_prod", reduce_shape, per_input<1>, no},
    {"reduce_l1_norm", reduce_shape, per_input<1>, yes},
    {"reduce_l2_norm", reduce_shape, per_input<1>, yes},
    {"reduce_log_sum", reduce_shape, per_input<1>, yes},
    {"reduce_log_sum_exp", reduce_shape, per_input<3>, yes},
    {"reduce_sum_square", reduce_shape, per_input<1>, yes},
    {"reduce_argmax", reduce_arg_shape, per_input<1>, maybe},
    {"reduce_argmin", reduce_arg_shape, per_input<1>, maybe},

    {"add", broadcast_shape, per_result<1>, yes},
    {"sub", broadcast_shape, per_result<1>, yes},
    {"mul", broadcast_shape, per_result<1>, yes},
    {"real_div", broadcast_shape, per_result<1>, yes},
    {"floor_div", broadcast_shape, per_result<2>, yes},
    {"mod", broadcast_shape, per_result<3>, no},
    {"pow", broadcast_shape, per_result<10>, yes},
    {"maximum", broadcast_shape, per_result<1>, yes},
    {"minimum", broadcast_shape, per_result<1>, yes},
    {"equal", compare_shape, per_result<1>, yes},
    {"not_equal", compare_shape, per_result<1>, yes},
    {"less", compare_shape, per_result<1>, yes},
    {"less_equal", compare_shape, per_result<1>, yes},
    {"greater", compare_shape, per_result<1>, yes},
    {"greater_equal", compare_shape, per_result<1>, yes},
    {"logical_and", compare_shape, per_result<1>, yes},
    {"logical_or", compare_shape, per_result<1>, yes},
    {"logical_xor", compare_shape, per_result<1>, yes},
    {"logical_not", compare_shape, per_result<1>, yes},
    {"select", select_shape, per_result<1>, yes},

    {"relu", same_shape, per_result<1>, yes},
    {"relu6", same_shape, per_result<1>, yes},
    {"clamped_relu", same_shape, per_result<1>, yes},
    {"clip", same_shape, per_result<1>, yes},
    {"leaky_relu", same_shape, per_result<1>, yes},
    {"prelu", same_shape, per_result<1>, yes},
    {"thresholded_relu", same_shape, per_result<1>, yes},
    {"threshold", same_shape, per_result<1>, yes},
    {"linear_activation", same_shape, per_result<2>, yes},
    {"abs", same_shape, per_result<1>, yes},
    {"sign", same_shape, per_result<1>, yes},
    {"floor", same_shape, per_result<1>, yes},
    {"ceil", same_shape, per_result<1>, yes},
    {"round", same_shape, per_result<1>, yes},
    {"square", same_shape, per_result<1>, yes},
    {"sigmoid", same_shape, per_result<4>, yes},
    {"sigmoid_hard", same_shape, per_result<4>, yes},
    {"tanh", same_shape, per_result<5>, yes},
    {"scaled_tanh", same_shape, per_result<7>, yes},
    {"silu", same_shape, per_result<5>, yes},
    {"gelu", same_shape, gelu_work, yes},
    {"elu", same_shape, per_result<4>, yes},
    {"softplus", same_shape, per_result<3>, yes},
    {"softplus_parametric", same_shape, per_result<5>, yes},
    {"softsign", same_shape, per_result<3>, yes},
    {"exp", same_shape, per_result<1>, yes},
    {"exp2", same_shape, per_result<1>, yes},
    {"log", same_shape, per_result<1>, yes},
    {"sqrt", same_shape, per_result<1>, yes},
    {"rsqrt", same_shape, per_result<1>, yes},
    {"inverse", same_shape, per_result<1>, yes},
    {"erf", same_shape, per_result<1>, yes},
    {"sin", same_shape, per_result<1>, yes},
    {"cos", same_shape, per_result<1>, yes},
    {"atan", same_shape, per_result<1>, yes},
    {"asin", same_shape, per_result<10>, no},
    {"acos", same_shape, per_result<10>, no},
    {"tan", same_shape, per_result<10>, no},
    {"sinh", same_shape, per_result<10>, no},
    {"cosh", same_shape, per_result<10>, no},
    {"atanh", same_shape, per_result<10>, no},
    {"cast", cast_shape, nullptr, maybe},
    {"quantize", quantize_shape, per_result<2>, yes},
    {"dequantize", dequantize_shape, per_result<2>, yes},
    {"cumsum", same_shape, per_result<1>, no},
    {"band_part", same_shape, per_result<1>, no},

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
    {"reverse", same_shape, nullptr, yes},
    {"reverse_sequence", same_shape, nullptr, unknown},
    {"sliding_windows", sliding_windows_shape, nullptr, no},
    {"slice_by_index", slice_by_index_shape, nullptr, yes},
    {"slice_by_size", slice_by_size_shape, nullptr, maybe},
    {"slice_update", same_shape, nullptr, maybe},

    {"gather", gather_shape, nullptr, maybe},
    {"gather_along_axis", gather_along_axis_shape, nullptr, maybe},
    {"gather_nd", gather_nd_shape, nullptr, maybe},
    {"scatter", same_as_data_shape, scatter_work, no},
    {"scatter_along_axis", same_as_data_shape, scatter_work, no},
    {"scatter_nd", same_as_data_shape, scatter_work, unknown},

    {"upsample_nearest_neighbor", upsample_shape, nullptr, yes},
    {"upsample_bilinear", upsample_shape, per_result<8>, yes},
    {"resize_nearest_neighbor", resize_to_shape, nullptr, yes},
    {"resize_bilinear", resize_to_shape, per_result<8>, yes},
    {"resize", resize_shape, resize_work, yes},
    {"crop", crop_shape, nullptr, unknown},
    {"crop_resize", crop_resize_shape, per_result<8>, no},
    {"affine", affine_shape, per_result<8>, yes},
    {"resample", resample_shape, per_result<8>, yes},
    {"pixel_shuffle", depth_to_space_shape, nullptr, yes},
    {"pixel_unshuffle", space_to_depth_shape, nullptr, yes},
    {"depth_to_space", depth_to_space_shape, nullptr, yes},
    {"space_to_depth", space_to_depth_shape, nullptr, yes},
    {"space_to_batch", space_to_batch_shape, nullptr, maybe},
    {"batch_to_space", batch_to_space_shape, nullptr, maybe},

    {"topk", topk_shape, sort_work, yes},
    {"argsort", argsort_shape, sort_work, maybe},
    {"one_hot", one_hot_shape, per_result<1>, no},
    {"fill", fill_shape, per_result<1>, unknown},
    {"fill_like", fill_like_shape, per_result<1>, yes},
    {"range_1d", range_1d_shape, per_result<1>, no},
    {"shape", shape_of_shape, per_result<1>, no},
    {"non_zero", non_zero_shape, per_result<1>, no},
    {"random_normal", fill_shape, per_result<1>, no},
    {"random_uniform", fill_shape, per_result<1>, no},
    {"random_bernoulli", fill_shape, per_result<1>, no},
    {"random_categorical", random_categorical_shape, per_result<1>, no},
    {"non_maximum_suppression", non_maximum_suppression_shape, boxes_work, maybe},
    {"classify", nullptr, classify_work, no},

    // infer.cc follows the blocks of these two.
    {"cond", nullptr, nullptr, no},
    {"while_loop", nullptr, nullptr, no},
    {"make_list", make_list_shape, nullptr, no},
    {"list_read", same_list_shape, nullptr, no},
    {"list_write", list_put_shape, nullptr, no},
    {"list_gather", list_gather_shape, nullptr, no},
    {"list_scatter", list_put_shape, nullptr, no},
    {"list_length", list_length_shape, nullptr, no},

    {"constexpr_affine_dequantize", affine_dequantize_shape, per_result<2>, yes},
    {"constexpr_lut_to_dense", lut_to_dense_shape, nullptr, yes},
    {"constexpr_sparse_to_dense", sparse_to_dense_shape, nullptr, yes},
    {"constexpr_cast", constexpr_cast_shape, nullptr, yes},
    {"constexpr_blockwise_shift_scale", blockwise_shift_scale_shape, per_result<2>, yes},
    {"constexpr_lut_to_sparse", lut_to_sparse_shape, nullptr, yes},
    {"constexpr_sparse_blockwise_shift_scale", sparse_blockwise_shape, nullptr, yes},

    {"read_state", read_state_shape, nullptr, yes},
    {"write_state", nullptr, nullptr, yes},
    {"coreml_update_state", update_state_shape, nullptr, yes},

    // Layers of old networks; their shapes are described in models/read/layers.h.
    {"flatten", flatten_shape, nullptr, yes, true},
    {"embedding", embedding_shape, embedding_work, maybe},
    {"scale", same_shape, per_result<2>, yes},
    {"add_n", broadcast_values_shape, many_work, yes},
    {"mul_n", broadcast_values_shape, many_work, yes},
    {"maximum_n", broadcast_values_shape, many_work, yes},
    {"minimum_n", broadcast_values_shape, many_work, yes},
    {"average", broadcast_values_shape, many_work, yes},
    {"dot", dot_shape, dot_work, unknown},
    {"mvn", same_shape, per_result<2>, yes},
    {"crop_like", crop_like_shape, nullptr, unknown},
    {"slice", slice_axis_shape, nullptr, yes},
    {"sliceBySize", slice_axis_by_size_shape, nullptr, maybe},
    {"broadcastToLike", reference_shape, nullptr, unknown},
    {"broadcastToStatic", broadcast_to_shape, nullptr, unknown},
    {"broadcastToDynamic", broadcast_to_shape, nullptr, no},
    {"reshapeLike", reference_shape, nullptr, yes, true},
    {"randomNormalLike", reference_shape, per_result<1>, no},
    {"randomUniformLike", reference_shape, per_result<1>, no},
    {"randomBernoulliLike", reference_shape, per_result<1>, no},
    {"constantPad", constant_pad_shape, nullptr, maybe},
    {"lowerTriangular", same_shape, per_result<1>, no},
    {"upperTriangular", same_shape, per_result<1>, no},
    {"asinh", same_shape, per_result<10>, no},
    {"acosh", same_shape, per_result<10>, no},
    {"identity_n", identity_shape, nullptr, yes},
    {"custom", nullptr, unknown_work, no},
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
