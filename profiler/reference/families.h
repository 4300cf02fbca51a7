// The functions that the table of operations names, by family; each file holds one.
#pragma once

#include "profiler/reference/step_builder.h"

namespace anemon::profiler::reference {

// elementwise.cc (and see elementwise.h)
Kernel many(StepBuilder& step);
Kernel scale(StepBuilder& step);
Kernel select(StepBuilder& step);
Kernel prelu(StepBuilder& step);
Kernel softplus_parametric(StepBuilder& step);
Kernel cast(StepBuilder& step);
Kernel identity(StepBuilder& step);
// The elements of `x`, an operand, under the result's shape.
Kernel passed_on(StepBuilder& step, const Tensor& x);

// convolution.cc
Kernel convolution(StepBuilder& step);
// pooling.cc
Kernel pooling(StepBuilder& step);

// dense.cc
Kernel linear(StepBuilder& step);
Kernel matmul(StepBuilder& step);
Kernel embedding(StepBuilder& step);
Kernel dot(StepBuilder& step);
// einsum.cc, attention.cc
Kernel einsum(StepBuilder& step);
Kernel attention(StepBuilder& step);
// recurrent.cc
Kernel lstm(StepBuilder& step);
Kernel gru(StepBuilder& step);
Kernel rnn(StepBuilder& step);

// normalise.cc
Kernel batch_norm(StepBuilder& step);
Kernel instance_norm(StepBuilder& step);
Kernel layer_norm(StepBuilder& step);
Kernel l2_norm(StepBuilder& step);
Kernel local_response_norm(StepBuilder& step);
Kernel softmax(StepBuilder& step);
Kernel mvn(StepBuilder& step);
// reduce.cc
Kernel reduce(StepBuilder& step);
Kernel reduce_arg(StepBuilder& step);
Kernel cumsum(StepBuilder& step);

// rearrange.cc
Kernel reshape(StepBuilder& step);
Kernel flatten(StepBuilder& step);
Kernel transpose(StepBuilder& step);
Kernel broadcast_to(StepBuilder& step);
Kernel reverse(StepBuilder& step);
Kernel reverse_sequence(StepBuilder& step);
Kernel tile(StepBuilder& step);
Kernel pad(StepBuilder& step);
Kernel constant_pad(StepBuilder& step);
Kernel sliding_windows(StepBuilder& step);
// join.cc
Kernel concat(StepBuilder& step);
Kernel stack(StepBuilder& step);
Kernel split(StepBuilder& step);
Kernel identity_n(StepBuilder& step);
// slice.cc
Kernel slice_by_index(StepBuilder& step);
Kernel slice_by_size(StepBuilder& step);
Kernel slice_update(StepBuilder& step);
Kernel slice_axis(StepBuilder& step);
Kernel slice_axis_by_size(StepBuilder& step);
Kernel crop(StepBuilder& step);
Kernel crop_like(StepBuilder& step);
// gather.cc
Kernel gather(StepBuilder& step);
Kernel gather_along_axis(StepBuilder& step);
Kernel gather_nd(StepBuilder& step);
Kernel scatter(StepBuilder& step);
Kernel scatter_along_axis(StepBuilder& step);
Kernel scatter_nd(StepBuilder& step);
// order.cc
Kernel topk(StepBuilder& step);
Kernel argsort(StepBuilder& step);
Kernel one_hot(StepBuilder& step);
Kernel band_part(StepBuilder& step);
Kernel triangular(StepBuilder& step);
Kernel non_maximum_suppression(StepBuilder& step);

// resize.cc
Kernel upsample(StepBuilder& step);
Kernel resize(StepBuilder& step);
Kernel crop_resize(StepBuilder& step);
// shuffle.cc
Kernel depth_to_space(StepBuilder& step);
Kernel space_to_depth(StepBuilder& step);
Kernel space_to_batch(StepBuilder& step);
Kernel batch_to_space(StepBuilder& step);

// create.cc
Kernel fill(StepBuilder& step);
Kernel range_1d(StepBuilder& step);
Kernel shape_of(StepBuilder& step);
Kernel random(StepBuilder& step);
// storage.cc
Kernel affine_dequantize(StepBuilder& step);
Kernel lut_to_dense(StepBuilder& step);
Kernel sparse_to_dense(StepBuilder& step);
Kernel blockwise_shift_scale(StepBuilder& step);
Kernel lut_to_sparse(StepBuilder& step);
Kernel sparse_blockwise_shift_scale(StepBuilder& step);
Kernel quantize(StepBuilder& step);
Kernel dequantize(StepBuilder& step);
Kernel constexpr_cast(StepBuilder& step);
Kernel read_state(StepBuilder& step);
Kernel write_state(StepBuilder& step);
// control.cc
Kernel cond(StepBuilder& step);
Kernel while_loop(StepBuilder& step);
Kernel make_list(StepBuilder& step);
Kernel list_read(StepBuilder& step);
Kernel list_write(StepBuilder& step);
Kernel list_gather(StepBuilder& step);
Kernel list_scatter(StepBuilder& step);
Kernel list_length(StepBuilder& step);
// classify.cc
Kernel classify(StepBuilder& step);

}  // namespace anemon::profiler::reference
