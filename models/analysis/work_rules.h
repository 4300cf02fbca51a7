// What operations compute, as the rules that the table of operations names.
//
// MACs are multiplications with an addition in matrix arithmetic; everything else counts as vector
// FLOPs. An elementary function counts as the simple operations it is commonly made of (sigmoid:
// negate, exp, add, divide = 4). N is the number of elements of the first result. Rules look at
// elements and weights rather than at the positions of dimensions, so that they hold for old
// networks' [sequence, batch, C, H, W] too.
#pragma once

#include <optional>
#include <string_view>

#include "models/analysis/count.h"
#include "models/analysis/operation_kind.h"

namespace anemon::models {

// None when one of them is unknown.
std::optional<Work> work_of(Count macs, Count vector_flops);
// Of the argument, or of the first result; unknown when it is absent.
Count elements(const OperationView& view, std::string_view argument);
Count result_elements(const OperationView& view);

// flops x N, and flops x elements of `x` (of `data` where there is no x).
template <unsigned flops>
std::optional<Work> per_result(const OperationView& view) {
  return work_of(0, result_elements(view) * flops);
}
std::optional<Work> input_work(const OperationView& view, unsigned flops);
template <unsigned flops>
std::optional<Work> per_input(const OperationView& view) {
  return input_work(view, flops);
}

// Matrix arithmetic (work_matrix.cc). A bias adds N vector FLOPs.
std::optional<Work> conv_work(const OperationView&);            // N x weights per output channel
std::optional<Work> conv_transpose_work(const OperationView&);  // x's elements x weights per input
std::optional<Work> linear_work(const OperationView&);          // N x weights per output
std::optional<Work> matmul_work(const OperationView&);          // N x inner dimension
std::optional<Work> einsum_work(const OperationView&);     // product of the distinct indices' sizes
std::optional<Work> attention_work(const OperationView&);  // B L S (E + EV); softmax 5 B L S
std::optional<Work> recurrent_work(const OperationView&);  // steps x batch x weights, lstm gru rnn

// Vector arithmetic (work_vector.cc).
std::optional<Work> pool_work(const OperationView&);      // N x window
std::optional<Work> l2_pool_work(const OperationView&);   // 2 N x window
std::optional<Work> lrn_work(const OperationView&);       // N x (size + 4)
std::optional<Work> gelu_work(const OperationView&);      // 10 N exact, 9 tanh, 8 sigmoid
std::optional<Work> resize_work(const OperationView&);    // 8 N linear, 0 nearest
std::optional<Work> sort_work(const OperationView&);      // x's elements x log2 of the axis
std::optional<Work> scatter_work(const OperationView&);   // elements of `updates`
std::optional<Work> boxes_work(const OperationView&);     // batch x boxes^2
std::optional<Work> classify_work(const OperationView&);  // elements of `probabilities`

// Layers of old networks without a counterpart, and what nothing is known of.
std::optional<Work> many_work(
    const OperationView&);                           // add_n, average ..: N per value but the first
std::optional<Work> dot_work(const OperationView&);  // 2 per element of x; cosine 6
std::optional<Work> embedding_work(const OperationView&);  // N when there is a bias
std::optional<Work> unknown_work(const OperationView&);    // none: custom code

}  // namespace anemon::models
