// Inference over functions made in memory.
#pragma once

#include "models/analysis/infer.h"
#include "tests/models/graph_builder.h"

namespace anemon::models::test {

inline Inference infer_built(GraphBuilder& graph, const InputShapes& shapes = {}) {
  return infer(graph.function(), graph.model().interface, shapes);
}

// The shape of one value; {-99} when not even its rank is known.
inline Shape inferred(GraphBuilder& graph, ValueId id) {
  const TensorType type = infer_built(graph).types[id].tensor;
  return type.ranked ? type.shape : Shape{-99};
}
inline const Shape kUnranked{-99};

}  // namespace anemon::models::test
