// Core ML as an engine (macOS 13 or newer).
//
// What it does beyond profiler/engine.h:
//  - Several items are one call of predictionsFromBatch. A model with states has none of that: its
//    items are predicted one after the other in one timed call, each with a state of its own.
//  - States stand behind the inputs, as optional ones of FeatureKind::state: what is given for one
//  is
//    its first content, zeros otherwise. Setting an item's inputs again makes its state anew.
//  - Only the total of a call is known: the framework tells no phases and no operations' times.
//  - An optional input may be left out.
#pragma once

#include <memory>

#include "profiler/coreml/compute_plan.h"
#include "profiler/engine.h"

namespace anemon::profiler {

// `clock` must outlive the engine.
std::unique_ptr<Engine> open_coreml(const Clock& clock);
std::unique_ptr<Engine> open_coreml();

// What the framework intends for a model (macOS 14.4). Compiles it for the Neural Engine on the
// way: minutes and gigabytes are possible, so call it in a process of its own. Throws Error where
// there is no plan to be had, or none comes within `limit`; what comes later is dropped.
ComputePlan plan_coreml(const LoadRequest& request, Duration limit);
ComputePlan plan_coreml(const LoadRequest& request);  // the caller's process is limited anyhow

}  // namespace anemon::profiler
