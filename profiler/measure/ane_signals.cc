#include "profiler/measure/ane_signals.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_access.h"

namespace anemon::profiler {
namespace {

// What signals of an engine at rest may show: what the system itself does with it now and then.
constexpr double kRestingRatio = 0.02;
constexpr double kRestingWatts = 0.05;
// Twice as much would be no more than all.
constexpr double kBusyBefore = 0.4;

AneSignal judge_energy(const Observation& seen) {
  AneSignal signal{"energy of ane", AneActivity::absent, {}};
  const auto running = mean_watts(document_of(seen.run), {"ane"});
  const auto baseline = mean_watts(document_of(seen.baseline), {"ane"});
  signal.activity = classify_activity(running, baseline, kRestingWatts);
  if (!running) signal.reason = why_unread(seen, Metric::kEnergyJoules, "ane");
  return signal;
}

}  // namespace

AneSignal judge_activity(const ActivitySignal& signal) {
  AneSignal result{fmt::format("{} of {}", signal.signal, signal.engine), AneActivity::absent, {}};
  if (signal.baseline && *signal.baseline > kBusyBefore) {
    result.reason = fmt::format("{:.0f} % before the run already", *signal.baseline * 100);
    return result;
  }
  result.activity = classify_activity(signal.mean, signal.baseline, kRestingRatio);
  return result;
}

std::vector<AneSignal> ane_signals(const Observation& seen) {
  std::vector<AneSignal> signals;
  for (const ActivitySignal& each : ane_activity(seen)) signals.push_back(judge_activity(each));
  if (signals.empty()) {
    signals.push_back({std::string(info(Metric::kAneActivity).name), AneActivity::absent,
                       why_unread(seen, Metric::kAneActivity)});
  }
  signals.push_back(judge_energy(seen));
  return signals;
}

}  // namespace anemon::profiler
