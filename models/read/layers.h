// The layers of old neural networks (NeuralNetwork, -Classifier, -Regressor), lowered to MIL.
//
// Every layer becomes exactly one operation, whose `layer` is the kind in the file. Operands keep
// the network's own rank: [sequence, batch, C, H, W] under the RANK5 mapping, the layer's own under
// EXACT. Hence axes count from the end, spatial operations work on the last dimensions (as many as
// their kernel has; all before the channels are batch), and results follow the operand's rank.
//
// MIL operations with an argument more than MIL gives them:
//   linear         channel_axis=-3: an x of rank 4 or 5 is flattened over C,H,W, the result is
//                  [..,Cout,1,1]; an x of rank 1 to 3 is taken as without it.
//   reshape        mode "channel_last": data is rearranged too (absent: it is not). `shape` may be
//   a
//                  value that is known only when running.
//   sqrt, rsqrt, inverse, pow, exp, log, abs, threshold
//                  scale, shift (numbers): x is scale * x + shift first; absent: 1 and 0.
//   max_pool, avg_pool, l2_pool
//                  ceil_mode with the rule of the format: one less where the last window would
//                  begin outside the input and its leading padding.
//   lstm, gru, rnn an x of rank 5 [S,B,I,1,1] gives [S or 1,B,dirs*H,1,1] (S if output_sequence),
//                  then the states [1,B,H,1,1]: h, for lstm also c, and both again for the reverse
//                  direction; as many as the layer names. weight_ih and weight_hh are several
//                  values [H,I] and [H,H], one per gate (and direction), bias likewise [H],
//                  peephole [H]; hidden_size and direction as integers and text.
//   crop_resize    x [1,B,C,H,W], roi [N,1,4,1,1] or [N,1,5,1,1]: [N,B,C,h,w] or [N,1,C,h,w].
//   conv           `weight` may be a value that is known only when running.
//   while_loop     loop_vars, max_iterations (a number or a value; absent: no limit). The condition
//                  block may be empty, without outputs: then only max_iterations ends it.
//   cond           pred. Results: the names that both blocks write.
//   const          its result's Value has the constant.
//
// Operations without a counterpart in MIL (arguments -> shape of the result):
//   flatten             x, mode text             -> [..,C*H*W,1,1], rank kept (3 or more)
//   embedding           x, weight [E,vocabulary], bias, axis (-3 or -1)
//                                                -> x with extent E at `axis`
//   scale               x, scale, bias           -> x (both broadcast; 2 FLOPs per element)
//   add_n, mul_n, maximum_n, minimum_n, average
//                       values (three or more; average: any number)
//                                                -> all broadcast
//   dot                 x, y, cosine flag        -> x with 1 at axis -3
//   mvn                 x, axes, epsilon         -> x (mean subtracted, no division)
//   crop_like           x, reference, offset [2] -> x with reference's last two extents
//   slice               x, axis (-3..-1), begin, end, stride; negative ones count from the end
//                                                -> x with ceil((end-begin)/stride) at `axis`
//   sliceBySize         x, begin, axis, size     -> x with `size` at `axis`
//   broadcastToLike, reshapeLike, randomNormalLike, randomUniformLike, randomBernoulliLike
//                       reference; the first two x -> reference's shape
//   broadcastToStatic, broadcastToDynamic
//                       x, shape                 -> shape
//   constantPad         x, sizes [2*rank]        -> max(extent, largest of its two sizes)
//   lowerTriangular, upperTriangular
//                       x, k                     -> x
//   asinh, acosh        x                        -> x
//   identity_n          values, as many results  -> each its own (copy of several)
//   custom              values, weights, class_name -> not known
//   loopBreak, loopContinue                      -> no result
//   unknown_<number>    values                   -> not known
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/graph/model.h"
#include "models/read/wire.h"

namespace anemon::models {

// What may still be read, shared by all members of a model, and where oddities go.
struct LayerContext {
  unsigned depth;        // nested networks (sixteen at the most) and messages
  uint64_t& operations;  // counts down; less than needed is an error
  uint64_t& values;
  std::vector<Oddity>& oddities;  // of the model that holds the network
};

// `message`: a NeuralNetwork, NeuralNetworkClassifier or NeuralNetworkRegressor; weights point into
// it. Inputs of the function are the interface's, typed by network_type(); outputs are the
// interface's as far as a layer writes them. Result types are those stored in the layers, else
// unranked. Throws Error, which names the layer, when the message is damaged.
Function read_neural_network(Bytes message, const Interface& interface, LayerContext& context);

// The tensor that a feature becomes inside the network: fp32, its dimensions mapped as
// network_shape() does; those that the feature's flexibility may change are kAnyExtent.
TensorType network_type(const Feature& feature, const Function& function);

}  // namespace anemon::models
