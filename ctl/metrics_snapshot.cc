#include "ctl/metrics_snapshot.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_access.h"

namespace anemon {
namespace {

bool has_labels(const Json& reading, std::initializer_list<MetricsSnapshot::Label> labels) {
  const Json& present = at(reading, "/labels");
  return std::ranges::all_of(labels, [&](const auto& label) {
    const auto found = present.find(std::string(label.first));
    return found != present.end() && found->is_string() &&
           found->template get_ref<const std::string&>() == label.second;
  });
}

}  // namespace

const Json& MetricsSnapshot::metric(std::string_view name) const {
  static const Json kNone;
  for (const Json& metric : at(*document_, "/metrics")) {
    if (text(metric, "/name") == name) return metric;
  }
  return kNone;
}

const Json& MetricsSnapshot::values(std::string_view name) const {
  static const Json kNone = Json::array();
  const Json& values = at(metric(name), "/values");
  return values.is_array() ? values : kNone;
}

const Json& MetricsSnapshot::find(std::string_view name,
                                  std::initializer_list<Label> labels) const {
  static const Json kNone;
  for (const Json& reading : values(name)) {
    if (has_labels(reading, labels)) return reading;
  }
  return kNone;
}

std::optional<double> MetricsSnapshot::value(std::string_view name,
                                             std::initializer_list<Label> labels) const {
  return number(find(name, labels), "/value");
}

std::string MetricsSnapshot::reason(std::string_view name) const {
  return text(metric(name), "/reason");
}

std::string MetricsSnapshot::time() const {
  std::string newest;
  for (const Json& metric : at(*document_, "/metrics")) {
    // RFC 3339 in UTC sorts as text.
    for (const Json& reading : at(metric, "/values")) {
      newest = std::max(newest, text(reading, "/time"));
    }
  }
  return newest;
}

}  // namespace anemon
