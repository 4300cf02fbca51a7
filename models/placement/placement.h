// Where Core ML will probably run each operation, predicted without a Mac.
//
// Model: a shortest path over the operations in order; each state is an engine, its cost the
// operation's estimated run time there, plus 0.125 ms for every Neural Engine segment, for every
// switch of engine and for every graph output on the Neural Engine. The model and its constants
// come from a published study on one M4 under macOS 27 (kPlacementStudy); everything here is
// `estimated`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/analysis/analysis.h"
#include "models/chips/chip.h"

namespace anemon::models {

struct Refusal;  // models/placement/support.h

enum class Engine : uint8_t { ane, gpu, cpu };
inline constexpr size_t kEngines = 3;
std::string_view name_of(Engine engine);  // "ANE", "GPU", "CPU"

extern const std::string_view kPlacementStudy;  // what to cite, one line
inline constexpr double kSwitchSeconds = 0.125e-3;

// One operation's cost on one engine, as the search sees it.
struct EngineCost {
  bool supported = false;
  double seconds = 0;  // meaningless unless supported and confidence is not none
  Confidence confidence = Confidence::none;
  std::string_view bound;  // "compute", "weights", "activations"
};

struct PlacedOperation {
  size_t operation = 0;          // index into FunctionAnalysis::operations
  std::optional<Engine> engine;  // none where no winner can be named on this chip
  std::array<EngineCost, kEngines> costs;
  std::string reason;  // "int32 result: not on the Neural Engine (DT-3)"
  Confidence confidence = Confidence::none;
};

struct Placement {
  const Chip* chip = nullptr;
  std::vector<PlacedOperation> operations;  // constants and nested operations left out
  std::optional<double> ane_share;          // of the predicted run time of operations, 0..1
  double ane_possible_share = 0;            // of FLOPs, in operations the Neural Engine can run
  uint64_t switches = 0;
  uint64_t segments = 0;  // runs of operations on the Neural Engine
  // Low: the chip's peak or its bandwidth, one call per segment. High: every operand fetched from
  // memory, switches and outputs as the search counts them; none where an operation's cost is
  // incomplete. What the CPU takes is in both, half of its estimate and twice: the estimates were
  // never compared with a stopwatch.
  std::optional<double> latency_low_seconds, latency_high_seconds;
  std::optional<double> bandwidth_floor_seconds;  // weights read once per call
  std::optional<double> dispatch_floor_seconds;
};

// `analysis` must outlive the result. Chips without published CPU and GPU rates have no winner:
// engines stay empty, limits, segments of what could run and floors are given. `of_model`: why
// nothing of the function's model can run on the Neural Engine, refused_model(); null: it can.
Placement place(const FunctionAnalysis& analysis, const Chip& chip,
                const Refusal* of_model = nullptr);

// The search alone, for tests against brute force: costs[i][engine], `output[i]`: a graph output.
// The result has one engine per row; an unsupported engine is never chosen (the CPU always can).
std::vector<Engine> cheapest_path(const std::vector<std::array<EngineCost, kEngines>>& costs,
                                  const std::vector<bool>& output);

}  // namespace anemon::models
