// A network as a graph in single assignment form: what every reader produces and every analysis
// reads.
//
// Operations speak one vocabulary, that of ML programs (MIL): names, arguments and conventions as
// coremltools documents them. The layers of old neural networks are lowered to it while they are
// read (models/read/layers.h), so that shapes, costs, placement and rules exist once. Old networks
// count axes from the end, which makes the same rules hold for [sequence, batch, C, H, W].
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/graph/constant.h"
#include "models/graph/tensor_type.h"

namespace anemon::models {

enum class ValueKind : uint8_t { tensor, list, tuple, dictionary, state, unknown };

struct ValueType {
  ValueKind kind = ValueKind::tensor;
  TensorType tensor;  // of a list its element, of a state what it wraps
};

using ValueId = uint32_t;  // index into Function::values

struct Value {
  std::string name;  // empty for a parameter written in place
  ValueType type;    // as the file states it; tensor.ranked is false where it states nothing
  std::optional<Constant> constant;
};

struct Argument {
  std::string name;  // "x", "weight", "strides"; an operation's attributes are arguments too
  std::vector<ValueId> values;
};

struct Operation;

struct Block {
  std::vector<ValueId> inputs;
  std::vector<Operation> operations;  // in an order in which they can run
  std::vector<ValueId> outputs;
};

struct Operation {
  std::string type;   // "conv"; what has no counterpart in MIL keeps its own name
  std::string name;   // the author's, may be empty
  std::string layer;  // old networks: the kind in the file, "convolution"
  std::vector<Argument> arguments;
  std::vector<ValueId> results;
  std::vector<Block> blocks;  // cond: then, else; while_loop: condition, body

  const Argument* argument(std::string_view name) const;  // null when absent
};

// Old networks: what is done to an image before the first layer: pixel * scale + bias of its
// channel, or minus the mean image.
struct ImagePreprocessing {
  std::string input;
  double scale = 1;
  double red_bias = 0, green_bias = 0, blue_bias = 0, gray_bias = 0;
  std::optional<Constant> mean_image;  // fp32, flat [C,H,W]
};

struct Function {
  std::string name;   // "main"
  std::string opset;  // "CoreML7"; empty for old networks
  std::vector<Value> values;
  Block body;
  bool old_network = false;
  bool exact_arrays = false;  // old networks: array inputs keep their rank, else they get rank 5
  bool rank4_images = false;  // old networks: image inputs are [1,C,H,W], else [1,1,C,H,W]
  std::vector<ImagePreprocessing> preprocessing;

  // The constant given as `argument`; null when absent or not constant.
  const Constant* constant(const Operation& operation, std::string_view argument) const;
  // The first value given as `argument`; null when absent.
  const Value* value(const Operation& operation, std::string_view argument) const;
};

bool is_constant_expression(const Operation& operation);  // constexpr_*: unpacks weights

}  // namespace anemon::models
