#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "core/provenanced_json.h"
#include "profiler/measure/result.h"
#include "profiler/measure/session_series.h"
#include "profiler/statistics/score.h"

namespace anemon::profiler {
namespace {

struct Input {
  const char* name;  // as the score's `missing` has it
  const char* section;
  const char* key;
};
constexpr std::array kInputs = {
    Input{"inferences per second", "throughput", "inferences_per_second"},
    Input{"TOPS per watt", "power", "efficiency_tops_per_watt"},
    Input{"memory usage", "memory", "memory_usage_mb"},
    Input{"peak memory", "memory", "peak_memory_mb"},
};

std::string pointer(const Input& input, const char* of = "") {
  return fmt::format("/{}{}/{}", input.section, of, input.key);
}

// NaN for what is not there, or is no amount.
double value_of(const Json& document, const Input& input) {
  const auto value = number(document, pointer(input).c_str());
  const bool usable = value && std::isfinite(*value) && *value >= 0;
  return usable ? *value : std::numeric_limits<double>::quiet_NaN();
}

Provenance provenance_of(const Json& document, std::initializer_list<size_t> inputs) {
  Provenance all = Provenance::derived;
  for (const size_t i : inputs) {
    const std::string of = text(document, pointer(kInputs[i], "/provenance").c_str());
    all = worst(all, profiler::provenance_of(of));
  }
  return all;
}

// "TOPS per watt (no source of power on this machine)".
std::string why_missing(const Json& document, const std::string& name) {
  for (const Input& input : kInputs) {
    if (name != input.name) continue;
    const std::string why = text(document, pointer(input, "/absent").c_str());
    return why.empty() ? name : fmt::format("{} ({})", name, why);
  }
  return name;
}

}  // namespace

Json score_section(const Json& document) {
  const Score score =
      efficiency_score({value_of(document, kInputs[0]), value_of(document, kInputs[1]),
                        value_of(document, kInputs[2]), value_of(document, kInputs[3])});
  std::vector<std::string> reasons;
  for (const std::string& name : score.missing) reasons.push_back(why_missing(document, name));
  ProvenancedJson out;
  const auto part = [&](const char* key, double points, std::initializer_list<size_t> inputs) {
    if (!std::isnan(points)) {
      out.number(key, Json(points), provenance_of(document, inputs));
      return;
    }
    std::vector<std::string> own;
    for (const size_t i : inputs) {
      for (size_t m = 0; m < score.missing.size(); ++m) {
        if (score.missing[m] == kInputs[i].name) own.push_back(reasons[m]);
      }
    }
    out.absent(key, fmt::format("missing: {}", fmt::join(own, ", ")));
  };
  part("score", score.total, {0, 1, 2, 3});
  part("performance", score.performance, {0});
  part("power", score.power_efficiency, {1});
  part("memory", score.memory_efficiency, {2, 3});
  if (!score.missing.empty()) out.set("missing", score.missing);
  return out.take();
}

}  // namespace anemon::profiler
