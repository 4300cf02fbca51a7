// WeightParams of old networks, read in place.
//
// floatValue and float16Value are fp32 and fp16 elements as they stand in the file. rawValue is
// fp32 as the network computes, with `quantization` and Packing::high_first. int8RawValue, which
// the network multiplies as integers, is plain int8 (its scale is an argument of the operation).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/graph/constant.h"
#include "models/read/wire.h"

namespace anemon::models {

struct LayerWeights {
  Constant constant;
  std::optional<double> int8_scale;  // of int8RawValue, where one is given
  std::string problem;               // what does not fit, one clause; empty when all does
};

// `occurrences`: of one WeightParams, merged. `shape`: what the layer's parameters ask for; none
// takes the elements as a flat list. Throws WireError when the message is damaged.
LayerWeights read_weights(std::span<const Bytes> occurrences, const std::optional<Shape>& shape);

}  // namespace anemon::models
