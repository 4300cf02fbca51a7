#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "core/csv.h"
#include "profiler/report/metric_unit.h"
#include "profiler/report/report.h"

namespace anemon::profiler {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSections[] = {"timing", "throughput",        "power", "memory",
                                          "ane",    "latency_breakdown", "score"};

void line(std::string& out, std::string_view metric, double value, std::string_view unit) {
  out += fmt::format("{},{},{}\n", csv_field(metric), value, unit);
}

// Numbers, and objects of numbers below `key`; an estimate is its value and its interval's ends.
void lines(std::string& out, const std::string& key, const Json& value, std::string_view unit) {
  if (value.is_number()) {
    line(out, key, value.get<double>(), unit);
  } else if (value.is_object() && value.contains("value")) {
    lines(out, key, value["value"], unit);
    for (const char* end : {"low", "high"}) {
      if (value.contains(end)) lines(out, key + "." + end, value[end], unit);
    }
  } else if (value.is_object()) {
    for (const auto& [name, inner] : value.items()) lines(out, key + "." + name, inner, unit);
  }
}

}  // namespace

std::string csv_report(const Json& result) {
  std::string out = "Metric,Value,Unit\n";
  for (const std::string_view section : kSections) {
    const auto found = result.find(section);
    if (found == result.end() || !found->is_object()) continue;
    for (const auto& [key, value] : found->items()) {
      if (key == "provenance" || key == "absent" || key == "basis") continue;
      const std::string_view unit = key == "percentiles" ? "ms" : metric_unit(key).symbol;
      lines(out, key, value, unit);
    }
  }
  return out;
}

}  // namespace anemon::profiler
