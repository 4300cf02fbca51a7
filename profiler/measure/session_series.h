// Reading what a session recorded (anemon.series/1). What does not look as described, as from a
// daemon of another version, is passed over.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/catalogue.h"
#include "core/json.h"

namespace anemon::profiler {

// [seconds, value]
using Timeline = std::vector<std::pair<double, double>>;

struct SampledSeries {
  std::map<std::string, std::string> labels;
  std::string provenance;
  // Unix seconds and mean value; of counters the last value, which counts since the session began.
  Timeline points;

  std::string label(const std::string& name) const;  // empty when there is none
};

// Points are in the order of time, finite, and at least one.
std::vector<SampledSeries> series_of(const Json& samples, Metric metric);

// Of each component the series with the best provenance, the first of equals.
std::map<std::string, SampledSeries> trusted_by_component(std::vector<SampledSeries> series);

// The value at `seconds` on the line between the points; at the first and last beyond them.
double value_at(const Timeline& points, double seconds);

// The points' mean; unset without points.
std::optional<double> mean_value(const Timeline& points);

// How much a counter grew a second between its first and its last point.
std::optional<double> rate_of(const Timeline& counter);

// Of text as the API writes it; estimated for what is unknown. worst(): of the less trustworthy.
Provenance provenance_of(std::string_view text);
Provenance worst(Provenance a, Provenance b);

}  // namespace anemon::profiler
