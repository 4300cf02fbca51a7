// What one operation costs on each engine.
//
// On an M4 the estimates of the system's own compiler are followed: the rates here were derived
// from what it wrote down for the study's single operations (kPlacementStudy). They decide where
// an operation goes, but were never compared with a stopwatch. On other chips the Neural Engine's
// cost is a roofline over the chip's facts, and the CPU's and the GPU's are not known; nor is the
// GPU's on an M4, which the study left out.
//
// The roofline takes operations as chained on the chip: of the activations only the function's own
// inputs and outputs are fetched and stored. An operation with weights has no cost where the chip's
// bandwidth is not published, and none has one whose shapes are not known.
#pragma once

#include <array>

#include "models/analysis/analysis.h"
#include "models/analysis/operation_kind.h"
#include "models/chips/chip.h"
#include "models/placement/placement.h"

namespace anemon::models {

// Bytes that move for one operation, as an engine that computes in fp16 sees them: old networks'
// fp32 activations take half, compressed weights what they take in the file.
struct Traffic {
  double weights = 0;
  double inputs = 0;  // activations
  double outputs = 0;

  double activations() const { return inputs + outputs; }
  double all() const { return weights + activations(); }
};
Traffic traffic_on_ane(const Function& function, const OperationCost& cost);

// By Engine; `supported` is left false. Seconds are of the arithmetic alone, without what it takes
// to call an engine.
std::array<EngineCost, kEngines> engine_costs(const OperationView& view, const OperationCost& cost,
                                              const Chip& chip);

// Whether both the Neural Engine's and the CPU's costs are known for a chip, so that a winner can
// be named.
bool has_rates(const Chip& chip);

}  // namespace anemon::models
