// How the shapes of results follow from operands: the rules that the table of operations names.
//
// Conventions are coremltools' for MIL and those of models/read/layers.h for old networks. An
// operand's open dimension makes open what depends on it. Arguments that make no sense (a stride of
// zero, a rank that does not fit) give no answer, or an open dimension; no arithmetic wraps.
#pragma once

#include <vector>

#include "models/analysis/operation_kind.h"

namespace anemon::models {

using ResultTypes = std::vector<TensorType>;  // empty: not known

// Element by element (shape_elementwise.cc).
ResultTypes same_shape(const OperationView&);          // as `x`
ResultTypes same_as_data_shape(const OperationView&);  // as `data`: scatter
ResultTypes identity_shape(const OperationView&);      // as `x`, one result for each of `values`
ResultTypes broadcast_shape(const OperationView&);     // x, y
ResultTypes compare_shape(const OperationView&);       // x, y (logical_not: x alone); bool
ResultTypes select_shape(const OperationView&);        // cond, a, b
ResultTypes broadcast_values_shape(const OperationView&);
ResultTypes cast_shape(const OperationView&);
ResultTypes quantize_shape(const OperationView&);
ResultTypes dequantize_shape(const OperationView&);
ResultTypes reference_shape(const OperationView&);  // of `reference`, `ref_tensor`; elements of x
ResultTypes broadcast_to_shape(const OperationView&);

// Windows that slide (shape_window.cc).
ResultTypes conv_shape(const OperationView&);
ResultTypes conv_transpose_shape(const OperationView&);
ResultTypes pool_shape(const OperationView&);
ResultTypes sliding_windows_shape(const OperationView&);

// Matrices (shape_matrix.cc).
ResultTypes linear_shape(const OperationView&);
ResultTypes matmul_shape(const OperationView&);
ResultTypes einsum_shape(const OperationView&);
ResultTypes attention_shape(const OperationView&);
ResultTypes dot_shape(const OperationView&);

// Along axes (shape_reduce.cc).
ResultTypes reduce_shape(const OperationView&);
ResultTypes reduce_arg_shape(const OperationView&);
ResultTypes topk_shape(const OperationView&);
ResultTypes argsort_shape(const OperationView&);

// The same elements in another order (shape_layout.cc).
ResultTypes reshape_shape(const OperationView&);
ResultTypes reshape_like_shape(const OperationView&);
ResultTypes squeeze_shape(const OperationView&);
ResultTypes expand_dims_shape(const OperationView&);
ResultTypes flatten2d_shape(const OperationView&);
ResultTypes flatten_shape(const OperationView&);
ResultTypes transpose_shape(const OperationView&);

// Putting together and taking apart (shape_join.cc, shape_slice.cc).
ResultTypes concat_shape(const OperationView&);
ResultTypes stack_shape(const OperationView&);
ResultTypes split_shape(const OperationView&);
ResultTypes tile_shape(const OperationView&);
ResultTypes pad_shape(const OperationView&);
ResultTypes constant_pad_shape(const OperationView&);
ResultTypes slice_by_index_shape(const OperationView&);
ResultTypes slice_by_size_shape(const OperationView&);
ResultTypes slice_axis_shape(const OperationView&);          // old networks' slice
ResultTypes slice_axis_by_size_shape(const OperationView&);  // old networks' sliceBySize
ResultTypes crop_shape(const OperationView&);
ResultTypes crop_like_shape(const OperationView&);

// Lookups, and what comes from nothing (shape_gather.cc, shape_create.cc).
ResultTypes gather_shape(const OperationView&);
ResultTypes gather_along_axis_shape(const OperationView&);
ResultTypes gather_nd_shape(const OperationView&);
ResultTypes embedding_shape(const OperationView&);
ResultTypes one_hot_shape(const OperationView&);
ResultTypes non_zero_shape(const OperationView&);
ResultTypes non_maximum_suppression_shape(const OperationView&);
ResultTypes range_1d_shape(const OperationView&);
ResultTypes fill_shape(const OperationView&);  // fill and random_*
ResultTypes fill_like_shape(const OperationView&);
ResultTypes random_categorical_shape(const OperationView&);
ResultTypes shape_of_shape(const OperationView&);

// Images (shape_image.cc).
ResultTypes upsample_shape(const OperationView&);
ResultTypes resize_to_shape(const OperationView&);  // resize_bilinear, resize_nearest_neighbor
ResultTypes resize_shape(const OperationView&);
ResultTypes crop_resize_shape(const OperationView&);
ResultTypes affine_shape(const OperationView&);
ResultTypes resample_shape(const OperationView&);
ResultTypes depth_to_space_shape(const OperationView&);  // and pixel_shuffle
ResultTypes space_to_depth_shape(const OperationView&);  // and pixel_unshuffle
ResultTypes space_to_batch_shape(const OperationView&);
ResultTypes batch_to_space_shape(const OperationView&);

// Recurrent layers (shape_recurrent.cc).
ResultTypes recurrent_shape(const OperationView&);

// Weights, states and lists (shape_storage.cc).
ResultTypes affine_dequantize_shape(const OperationView&);
ResultTypes lut_to_dense_shape(const OperationView&);
ResultTypes sparse_to_dense_shape(const OperationView&);
ResultTypes constexpr_cast_shape(const OperationView&);
ResultTypes blockwise_shift_scale_shape(const OperationView&);
ResultTypes lut_to_sparse_shape(const OperationView&);
ResultTypes sparse_blockwise_shape(const OperationView&);
ResultTypes read_state_shape(const OperationView&);
ResultTypes update_state_shape(const OperationView&);
ResultTypes make_list_shape(const OperationView&);
ResultTypes list_gather_shape(const OperationView&);
ResultTypes same_list_shape(const OperationView&);  // of an element: list_read
ResultTypes list_put_shape(const OperationView&);   // list_write, list_scatter
ResultTypes list_length_shape(const OperationView&);

}  // namespace anemon::models
