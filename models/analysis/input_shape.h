// The shapes that an input of a model takes.
#pragma once

#include <optional>
#include <string>

#include "core/error.h"
#include "models/graph/model.h"

namespace anemon::models {

// Where a feature is evaluated when nothing is asked: its default shape, else the least its range
// allows. None when the file says nothing of its shape.
std::optional<Shape> first_shape(const Feature& feature);

// `asked` as the feature counts dimensions: an image also takes 1x3xHxW and HxW. Throws Error, with
// what it could be, when the feature does not take it.
Shape shape_taken(const Feature& feature, const Shape& asked);

// The error for a shape that does not go in, `why` what would.
Error refused(const Feature& feature, const Shape& asked, const std::string& why);

}  // namespace anemon::models
