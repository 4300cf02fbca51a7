// Shapes of a model's inputs for a number of items in one call: which extents an input can take,
// and what follows from one input for the others. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/analysis/analysis.h"
#include "models/graph/model.h"

namespace anemon::profiler {

// What a model is loaded with, and how many times that goes into one call.
struct ItemShapes {
  models::InputShapes shapes;
  uint64_t items = 1;
};

// An axis of a shape, and the extent it is to have.
using AxisExtents = std::vector<std::pair<size_t, int64_t>>;

// A shape of the feature with these extents: `start` with them if it takes that, else the first of
// its enumerated shapes that has them. None: it takes no such shape.
std::optional<models::Shape> shape_with(const models::Feature& feature, const models::Shape& start,
                                        const AxisExtents& extents);

// The same; throws Error that says which shapes the feature takes.
models::Shape require_shape(const models::Feature& feature, const models::Shape& start,
                            const AxisExtents& extents);

// The rank of an array or image; 0 when the file does not tell.
size_t rank_of(const models::Feature& feature);
// `shapes` of this input, else its default one. Throws Error when the file tells none.
models::Shape starting_shape(const models::Feature& feature, const models::InputShapes& shapes);

// Whether more than one extent goes, and whether both axes go the same way: the same range, or the
// same list.
bool is_open(const models::Feature& feature, size_t axis);
bool vary_alike(const models::Feature& a, size_t axis_a, const models::Feature& b, size_t axis_b);

// `batch` items in one call of `leader`, whose other extents are `extents`: in its shape along axis
// 0 (`has_batch_axis`) where it takes that, else as so many items of the shape it takes. Throws
// Error that lists its shapes.
ItemShapes with_batch(const models::Feature& leader, const models::Shape& start,
                      AxisExtents extents, uint64_t batch, bool has_batch_axis);

// Whether every input is an array that takes every one of `sizes` along its first axis, which is
// open and 1 by default; and the shapes for one of them.
bool takes_batches(const std::vector<models::Feature>& inputs, const std::vector<uint64_t>& sizes);
models::InputShapes batch_shapes(const std::vector<models::Feature>& inputs, uint64_t size);

// "x 1x3x224x224, ids 1x1..128", for errors.
std::string list_of_inputs(const std::vector<models::Feature>& inputs);

}  // namespace anemon::profiler
