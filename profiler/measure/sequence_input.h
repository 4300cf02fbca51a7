// The sequence of tokens among a model's inputs, and the shapes of all inputs for a length. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "profiler/measure/item_shapes.h"

namespace anemon::profiler {

struct SequenceInput {
  const models::Feature* feature = nullptr;
  size_t sequence = 0;          // axis
  bool has_batch_axis = false;  // axis 0
  std::string reason;           // how it was found: "integers of rank 2"
};

// By name and kind, the likeliest. Throws Error that lists the inputs when none could be one.
// Points into `inputs`.
SequenceInput find_sequence(const std::vector<models::Feature>& inputs);

// Shapes for `batch` sequences of `length` tokens (0: what the input takes by default), `given`
// first. Other inputs follow where they are open alike: masks and positions. Of two such axes of
// one input, queries and keys, the last gets `context`. Throws Error that lists what the model
// takes.
struct SequenceShapes {
  ItemShapes shapes;
  uint64_t length = 0;
};
SequenceShapes shape_sequences(const std::vector<models::Feature>& inputs,
                               const SequenceInput& sequence, uint64_t batch, uint64_t length,
                               const models::InputShapes& given = {},
                               std::optional<uint64_t> context = {});

}  // namespace anemon::profiler
