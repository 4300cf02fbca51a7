#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "profiler/measure/result.h"
#include "profiler/measure/run_work.h"
#include "profiler/statistics/summary.h"

namespace anemon::profiler {
namespace {

bool takes_an_image(const ModelRun& run) {
  return run.loaded && std::ranges::any_of(run.loaded->inputs, [](const FeatureInfo& input) {
           return input.kind == models::FeatureKind::image;
         });
}

}  // namespace

Json throughput_section(const RunFacts& facts) {
  const ModelRun& run = facts.run;
  ProvenancedJson throughput;
  std::optional<double> per_second;
  if (!run.samples.total.empty()) {
    const double mean = summarize(run.samples.total).mean;
    if (mean > 0) per_second = static_cast<double>(run.request.items) / mean;
    throughput.basis("inferences_per_second", "items over the time spent in the calls");
  }
  throughput.number_or("inferences_per_second", per_second, Provenance::derived,
                       why_not_reached(run));
  throughput.absent("tokens_per_second", "only `profile transformer` knows what a token is");
  if (takes_an_image(run)) {
    throughput.number_or("images_per_second", per_second, Provenance::derived,
                         why_not_reached(run));
  } else {
    throughput.absent("images_per_second",
                      run.loaded ? std::string("the model takes no image") : why_not_reached(run));
  }
  throughput.number("batch", Json(run.request.items), Provenance::measured);
  const auto macs = macs_of_run(facts);
  std::optional<double> tops;
  if (macs && per_second) {
    tops = 2 * static_cast<double>(*macs) * *per_second / 1e12;
    throughput.basis("effective_tops",
                     fmt::format("twice {} multiply-accumulates of the file an inference", *macs));
  }
  throughput.number_or("effective_tops", tops, Provenance::derived,
                       macs ? why_not_reached(run) : why_no_macs(facts));
  return throughput.take();
}

}  // namespace anemon::profiler
