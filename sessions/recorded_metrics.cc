#include "sessions/recorded_metrics.h"

#include <algorithm>
#include <iterator>

namespace anemon {
namespace {

constexpr Metric kAlways[] = {
    Metric::kEnergyJoules,
    Metric::kPowerWatts,
    Metric::kPowerSpan,
    Metric::kFrequency,
    Metric::kActiveRatio,
    Metric::kAneActivity,
    Metric::kAneActiveSeconds,
    Metric::kAnePowered,
    Metric::kAneBytes,
    Metric::kAneThrottle,
    Metric::kAneClients,
    Metric::kAneNeuralFootprint,
    Metric::kAneMemory,
    Metric::kTemperature,
    Metric::kThermalPressure,
    Metric::kThermalTripActive,
    Metric::kThrottleEvents,
    Metric::kFanSpeed,
    Metric::kLoad1,
    Metric::kMemoryBytes,
    Metric::kSwapBytes,
    Metric::kMemoryPressure,
    Metric::kMemoryStall,
    Metric::kMemoryBandwidth,
    Metric::kOnBattery,
    Metric::kLowPowerMode,
};

constexpr Metric kOfItsPids[] = {
    Metric::kTaskResident,
    Metric::kTaskPeakResident,
    Metric::kTaskFootprint,
    Metric::kTaskNeuralFootprint,
    Metric::kTaskNeuralFootprintPeak,
    Metric::kTaskSwap,
    Metric::kTaskCpuSeconds,
    Metric::kTaskEnergy,
    Metric::kTaskThreads,
    Metric::kTaskOpenFiles,
};

template <size_t N>
bool among(const Metric (&metrics)[N], Metric metric) {
  return std::find(std::begin(metrics), std::end(metrics), metric) != std::end(metrics);
}

}  // namespace

Recorded recorded(Metric metric) {
  if (among(kAlways, metric)) return Recorded::always;
  return among(kOfItsPids, metric) ? Recorded::of_its_pids : Recorded::never;
}

}  // namespace anemon
