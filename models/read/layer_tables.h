// The lowering functions behind the table of layers, by file. Each fills the operation of one layer
// from its parameters; several kinds may share one.
#pragma once

#include <string>

#include "models/read/lowering.h"

namespace anemon::models {

// layers_spatial.cc
void lower_convolution(Lowering& layer);
void lower_convolution3d(Lowering& layer);
void lower_pooling(Lowering& layer);
void lower_pooling3d(Lowering& layer);
void lower_global_pooling3d(Lowering& layer);
void lower_padding(Lowering& layer);
void lower_crop(Lowering& layer);
void lower_upsample(Lowering& layer);
void lower_resize_bilinear(Lowering& layer);
void lower_crop_resize(Lowering& layer);
void lower_reorganize_data(Lowering& layer);

// layers_elementwise.cc
void lower_unary(Lowering& layer);
void lower_binary(Lowering& layer);
void lower_comparison(Lowering& layer);
void lower_many(Lowering& layer);
void lower_extreme(Lowering& layer);
void lower_average(Lowering& layer);
void lower_unary_function(Lowering& layer);
void lower_activation(Lowering& layer);
void lower_clip(Lowering& layer);
void lower_gelu(Lowering& layer);
void lower_select(Lowering& layer);
void lower_bias(Lowering& layer);
void lower_scale(Lowering& layer);
void lower_copy(Lowering& layer);
// An ActivationParams' function, "relu"; "identity" where it has none.
std::string activation_name(const LayerFields& activation);

// layers_normalise.cc
void lower_batchnorm(Lowering& layer);
void lower_mvn(Lowering& layer);
void lower_l2_normalize(Lowering& layer);
void lower_lrn(Lowering& layer);
void lower_softmax(Lowering& layer);
void lower_softmax_nd(Lowering& layer);
void lower_layer_normalization(Lowering& layer);

// layers_dense.cc
void lower_inner_product(Lowering& layer);
void lower_embedding(Lowering& layer);
void lower_embedding_nd(Lowering& layer);
void lower_batched_matmul(Lowering& layer);
void lower_dot(Lowering& layer);

// layers_recurrent.cc
void lower_simple_recurrent(Lowering& layer);
void lower_gru(Lowering& layer);
void lower_lstm(Lowering& layer);
void lower_bidirectional_lstm(Lowering& layer);

// layers_shape.cc
void lower_flatten(Lowering& layer);
void lower_reshape(Lowering& layer);
void lower_permute(Lowering& layer);
void lower_transpose(Lowering& layer);
void lower_concat(Lowering& layer);
void lower_concat_nd(Lowering& layer);
void lower_stack(Lowering& layer);
void lower_split(Lowering& layer);
void lower_split_nd(Lowering& layer);
void lower_sequence_repeat(Lowering& layer);
void lower_tile(Lowering& layer);
void lower_squeeze(Lowering& layer);
void lower_expand_dims(Lowering& layer);
void lower_flatten_to_2d(Lowering& layer);
void lower_like(Lowering& layer);
void lower_to_shape(Lowering& layer);
void lower_to_dynamic_shape(Lowering& layer);
void lower_constant_pad(Lowering& layer);
void lower_reverse(Lowering& layer);
void lower_reverse_sequence(Lowering& layer);
void lower_sliding_windows(Lowering& layer);

// layers_select.cc
void lower_slice(Lowering& layer);
void lower_slice_static(Lowering& layer);
void lower_slice_dynamic(Lowering& layer);
void lower_slice_by_size(Lowering& layer);
void lower_gather(Lowering& layer);
void lower_gather_nd(Lowering& layer);
void lower_scatter(Lowering& layer);
void lower_scatter_nd(Lowering& layer);
void lower_top_k(Lowering& layer);
void lower_arg_sort(Lowering& layer);
void lower_arg_extreme(Lowering& layer);
void lower_reduce(Lowering& layer);
void lower_reduce_nd(Lowering& layer);
void lower_cumulative_sum(Lowering& layer);
void lower_band_part(Lowering& layer);
void lower_lower_triangular(Lowering& layer);
void lower_upper_triangular(Lowering& layer);
void lower_non_maximum_suppression(Lowering& layer);

// layers_create.cc
void lower_load_constant(Lowering& layer);
void lower_load_constant_nd(Lowering& layer);
void lower_fill_like(Lowering& layer);
void lower_fill_static(Lowering& layer);
void lower_fill_dynamic(Lowering& layer);
void lower_range_static(Lowering& layer);
void lower_range_dynamic(Lowering& layer);
void lower_random_normal_like(Lowering& layer);
void lower_random_normal_static(Lowering& layer);
void lower_random_normal_dynamic(Lowering& layer);
void lower_random_uniform_like(Lowering& layer);
void lower_random_uniform_static(Lowering& layer);
void lower_random_uniform_dynamic(Lowering& layer);
void lower_random_bernoulli_like(Lowering& layer);
void lower_random_bernoulli_static(Lowering& layer);
void lower_random_bernoulli_dynamic(Lowering& layer);
void lower_categorical_distribution(Lowering& layer);
void lower_one_hot(Lowering& layer);
void lower_custom(Lowering& layer);

// layers_control.cc
void lower_branch(Lowering& layer);
void lower_loop(Lowering& layer);
void lower_jump(Lowering& layer);

}  // namespace anemon::models
