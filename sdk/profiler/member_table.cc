#include "sdk/profiler/member_table.h"

#include <cstring>

namespace anemon::sdk {
namespace {

template <auto Member>
constexpr auto kAt = [](auto& values) -> double& { return values.*Member; };

template <auto Member>
constexpr auto kInBreakdown =
    [](ANEPerformanceMetrics& values) -> double& { return values.latency_breakdown.*Member; };

using M = ANEPerformanceMetrics;
using B = ANEPerformanceMetrics::LatencyBreakdown;
constexpr MemberRow<M> kMetrics[] = {
    {"load_time_ms", "timing", kAt<&M::load_time_ms>},
    {"compilation_time_ms", "timing", kAt<&M::compilation_time_ms>},
    {"inference_time_ms", "timing", kAt<&M::inference_time_ms>},
    {"inferences_per_second", "throughput", kAt<&M::inferences_per_second>},
    {"tokens_per_second", "throughput", kAt<&M::tokens_per_second>},
    {"images_per_second", "throughput", kAt<&M::images_per_second>},
    {"ane_utilization_percent", "ane", kAt<&M::ane_utilization_percent>},
    {"memory_usage_mb", "memory", kAt<&M::memory_usage_mb>},
    {"peak_memory_mb", "memory", kAt<&M::peak_memory_mb>},
    {"average_power_watts", "power", kAt<&M::average_power_watts>},
    {"peak_power_watts", "power", kAt<&M::peak_power_watts>},
    {"efficiency_tops_per_watt", "power", kAt<&M::efficiency_tops_per_watt>},
    {"latency_breakdown.preprocessing_ms", "latency_breakdown", kInBreakdown<&B::preprocessing_ms>},
    {"latency_breakdown.ane_execution_ms", "latency_breakdown", kInBreakdown<&B::ane_execution_ms>},
    {"latency_breakdown.postprocessing_ms", "latency_breakdown",
     kInBreakdown<&B::postprocessing_ms>},
    {"latency_breakdown.memory_transfer_ms", "latency_breakdown",
     kInBreakdown<&B::memory_transfer_ms>},
};

using P = PowerProfile;
constexpr MemberRow<P> kPower[] = {
    {"average_power_watts", "power", kAt<&P::average_power_watts>},
    {"peak_power_watts", "power", kAt<&P::peak_power_watts>},
    {"idle_power_watts", "power", kAt<&P::idle_power_watts>},
    {"net_power_watts", "power", kAt<&P::net_power_watts>},
    {"energy_joules", "power", kAt<&P::energy_joules>},
    {"energy_per_inference_joules", "power", kAt<&P::energy_per_inference_joules>},
    {"net_energy_per_inference_joules", "power", kAt<&P::net_energy_per_inference_joules>},
    {"efficiency_tops_per_watt", "power", kAt<&P::efficiency_tops_per_watt>},
    {"interval_seconds", "power", kAt<&P::interval_seconds>},
    {"relative_precision", "power", kAt<&P::relative_precision>},
    {"temperature_celsius", "power", kAt<&P::temperature_celsius>},
};

using Y = MemoryProfile;
constexpr MemberRow<Y> kMemory[] = {
    {"model_memory_mb", "memory", kAt<&Y::model_memory_mb>},
    {"activation_memory_mb", "memory", kAt<&Y::activation_memory_mb>},
    {"memory_usage_mb", "memory", kAt<&Y::memory_usage_mb>},
    {"peak_memory_mb", "memory", kAt<&Y::peak_memory_mb>},
    {"neural_footprint_mb", "memory", kAt<&Y::neural_footprint_mb>},
    {"bandwidth_bytes_per_second", "memory", kAt<&Y::bandwidth_bytes_per_second>},
    {"cache_hit_share", "memory", kAt<&Y::cache_hit_share>},
};

}  // namespace

std::span<const MemberRow<ANEPerformanceMetrics>> metrics_rows() { return kMetrics; }
std::span<const MemberRow<PowerProfile>> power_rows() { return kPower; }
std::span<const MemberRow<MemoryProfile>> memory_rows() { return kMemory; }

const char* key_of(const char* member) {
  const char* dot = std::strrchr(member, '.');
  return dot == nullptr ? member : dot + 1;
}

}  // namespace anemon::sdk
