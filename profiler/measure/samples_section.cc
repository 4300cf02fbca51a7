#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "profiler/measure/result.h"

namespace anemon::profiler {

namespace {

// A document is opened in a browser; so many points tell the shape of any series.
constexpr size_t kMostSamples = 20000;

// Microseconds of a second and nanoseconds of a call are as fine as clocks are.
double rounded(double value, double steps) { return std::round(value * steps) / steps; }

}  // namespace

Json samples_section(const RunFacts& facts) {
  const Samples& samples = facts.run.samples;
  ProvenancedJson object;
  const size_t count = samples.total.size();
  if (count == 0) return object.take();
  const size_t kept = std::min(count, kMostSamples);
  Json starts = Json::array(), latencies = Json::array();
  for (size_t i = 0; i < kept; ++i) {
    const size_t index = i * count / kept;
    starts.push_back(rounded(samples.start[index] - samples.start[0], 1e6));
    latencies.push_back(rounded(samples.total[index] * 1e3, 1e6));
  }
  object.number("start_seconds", std::move(starts), Provenance::measured);
  object.number("latency_ms", std::move(latencies), Provenance::measured);
  const auto& done = facts.run.predicted;
  const uint64_t calls = std::max<uint64_t>(count, done ? done->count : 0);
  if (kept < calls)
    object.number("kept_share", Json(static_cast<double>(kept) / static_cast<double>(calls)),
                  Provenance::derived);
  return object.take();
}

}  // namespace anemon::profiler
