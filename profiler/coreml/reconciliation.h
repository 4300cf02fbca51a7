// Plan, prediction and measurement set side by side: where did the model really run?
//
// Core ML falls back in silence: when the Neural Engine's compiler fails, the same calls answer
// from the CPU or the GPU, slower. Only what the engine itself was seen doing tells the difference.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/placement/placement.h"
#include "profiler/coreml/compute_plan.h"
#include "profiler/engine.h"

namespace anemon::profiler {

// What a signal of a session says of the Neural Engine while the model ran.
enum class AneActivity : uint8_t { absent, idle, active };

// One signal that was watched: "anemon_ane_activity_ratio firmware", "ane energy".
struct AneSignal {
  std::string name;
  AneActivity activity = AneActivity::absent;
  std::string reason;  // why it is absent: "no permission"; empty otherwise
};

// `running` and `baseline`: the signal while the model ran and before it, in one unit. Active is
// more than twice the baseline and more than `floor`, what the signal shows of an engine at rest.
AneActivity classify_activity(std::optional<double> running, std::optional<double> baseline,
                              double floor);

struct PredictedPlacement {
  size_t on_ane = 0;  // operations
  size_t elsewhere = 0;
  size_t undecided = 0;  // no winner can be named on this chip
  bool possible = true;  // whether any operation can run on the Neural Engine at all
};
PredictedPlacement count_placement(const models::Placement& placement);

struct Evidence {
  ComputeUnits units = ComputeUnits::all;        // that the model was loaded for
  std::optional<ComputePlan> plan;               // unset: see why_no_plan
  std::string why_no_plan;                       // "MLComputePlan needs macOS 14.4"
  std::optional<PredictedPlacement> prediction;  // of models/placement for this chip
  std::vector<AneSignal> signals;
};

enum class ReconciliationVerdict : uint8_t {
  agrees,           // what was planned or predicted is what was seen
  silent_fallback,  // expected on the Neural Engine, which was idle
  unexpected_use,   // the Neural Engine worked though nothing was expected there
  contradictory,    // signals disagree with each other
  cannot_tell,
};
std::string_view to_string(ReconciliationVerdict verdict);  // "silent fallback"

struct Reconciliation {
  ReconciliationVerdict verdict = ReconciliationVerdict::cannot_tell;
  std::string text;  // one sentence, with the reason
  // More to know, each a sentence: plan against prediction, several signals, what was absent.
  std::vector<std::string> notes;
};

// The plan is believed before the prediction, the measurement before both.
Reconciliation reconcile(const Evidence& evidence);

}  // namespace anemon::profiler
