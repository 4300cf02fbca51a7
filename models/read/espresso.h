// Compiled neural networks: model.espresso.net, the layers as JSON, and model.espresso.shape.
#pragma once

#include <filesystem>

#include "models/graph/function.h"
#include "models/read/budget.h"
#include "models/read/oddity_log.h"

namespace anemon::models {

// The layers as operations of their own kinds, "espresso.convolution": what they compute is not
// lowered, because their parameters are not published. Values have the shapes that `shapes` gives
// them, as [sequence, batch, channels, height, width] and without an element type.
// `shapes` may be absent. Throws Error, saying what is wrong with the file, when `net` has no
// layers.
Function read_espresso(const std::filesystem::path& net, const std::filesystem::path& shapes,
                       Budget& budget, OddityLog& oddities);

}  // namespace anemon::models
