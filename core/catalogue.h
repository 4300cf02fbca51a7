// The metric catalogue (rows in metrics.inc) as constants that every layer shares.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace anemon {

enum class MetricType : uint8_t { gauge, counter, histogram };

// How a number came about. Measured: read from a device. Derived: computed from measured values
// without assumptions. Estimated: rests on a model that may be wrong.
enum class Provenance : uint8_t { measured, derived, estimated };

enum class Metric : uint16_t {
#define ANEMON_METRIC(identifier, name, type, unit, provenance, labels, help) identifier,
#include "core/metrics.inc"
#undef ANEMON_METRIC
};

struct MetricInfo {
  Metric metric;
  std::string_view name;
  MetricType type;
  std::string_view unit;
  Provenance provenance;
  std::string_view label_list;  // comma separated
  std::string_view help;

  std::vector<std::string_view> labels() const;
};

std::span<const MetricInfo> catalogue();
const MetricInfo& info(Metric metric);
std::optional<Metric> find_metric(std::string_view name);

std::string_view to_string(MetricType type);
std::string_view to_string(Provenance provenance);

}  // namespace anemon
