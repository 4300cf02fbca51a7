#include "core/catalogue.h"

#include <algorithm>
#include <array>

namespace anemon {
namespace {

constexpr MetricInfo kCatalogue[] = {
#define ANEMON_METRIC(identifier, name, type, unit, provenance, labels, help) \
  {Metric::identifier, name, MetricType::type, unit, Provenance::provenance, labels, help},
#include "core/metrics.inc"
#undef ANEMON_METRIC
};

}  // namespace

std::vector<std::string_view> MetricInfo::labels() const {
  std::vector<std::string_view> names;
  for (std::string_view rest = label_list; !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    names.push_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return names;
}

std::span<const MetricInfo> catalogue() { return kCatalogue; }

const MetricInfo& info(Metric metric) { return kCatalogue[static_cast<size_t>(metric)]; }

std::optional<Metric> find_metric(std::string_view name) {
  for (const MetricInfo& row : kCatalogue) {
    if (row.name == name) return row.metric;
  }
  return std::nullopt;
}

std::string_view to_string(MetricType type) {
  static constexpr std::array<std::string_view, 3> kNames = {"gauge", "counter", "histogram"};
  return kNames[static_cast<size_t>(type)];
}

std::string_view to_string(Provenance provenance) {
  static constexpr std::array<std::string_view, 3> kNames = {"measured", "derived", "estimated"};
  return kNames[static_cast<size_t>(provenance)];
}

}  // namespace anemon
