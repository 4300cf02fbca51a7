#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "profiler/measure/ane_signals.h"
#include "profiler/measure/observed.h"
#include "profiler/measure/observed_sections.h"
#include "profiler/measure/result.h"

namespace anemon::profiler {
namespace {

void set_utilization(const Observation& seen, ProvenancedJson& out) {
  const auto signals = ane_activity(seen);
  if (signals.empty()) {
    const std::string why = why_unread(seen, Metric::kAneActivity);
    out.absent("ane_utilization_percent", why);
    out.absent("active", why);
    return;
  }
  const ActivitySignal& best = signals.front();
  out.number("ane_utilization_percent", std::optional(best.mean * 100), best.provenance);
  out.text("signal", best.signal);
  out.basis("ane_utilization_percent",
            fmt::format("session {}: mean of anemon_ane_activity_ratio of {}, signal {}; highest "
                        "{:.0f} %",
                        seen.session, best.engine, best.signal, best.highest * 100));
  const AneSignal judged = judge_activity(best);
  if (judged.activity == AneActivity::absent) {
    out.absent("active", judged.reason);
  } else {
    out.set("active", judged.activity == AneActivity::active);
  }
}

// Engines of one machine share their clock; the highest mean is that of the one at work.
void set_clock(const Observation& seen, ProvenancedJson& out) {
  std::optional<double> hertz;
  Provenance provenance = Provenance::derived;
  for (const SampledSeries& series : series_of(document_of(seen.samples), Metric::kFrequency)) {
    if (!series.label("domain").starts_with("ane")) continue;
    const auto mean = mean_value(series.points);
    if (!mean || (hertz && *hertz >= *mean)) continue;
    hertz = mean;
    provenance = provenance_of(series.provenance);
  }
  out.number_or("clock_hertz", hertz, provenance, why_unread(seen, Metric::kFrequency, "ane"));
}

}  // namespace

Json ane_of(const Observation& seen) {
  ProvenancedJson out;
  set_utilization(seen, out);
  set_clock(seen, out);
  return out.take();
}

Json ane_section(const RunFacts& facts) { return ane_of(facts.seen); }

}  // namespace anemon::profiler
