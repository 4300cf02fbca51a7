// What the sections of a document read out of an observation: sums over components, signals of the
// Neural Engine, and why there are none.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/catalogue.h"
#include "core/json.h"
#include "profiler/measure/observer.h"

namespace anemon::profiler {

// A null document in place of one that is not there.
const Json& document_of(const std::shared_ptr<const Json>& document);

// Watts of components by a session's energy counters, of each by its most trustworthy source.
std::map<std::string, double> mean_watts_by_component(const Json& session);

// Of `components` together; unset when one is not known.
std::optional<double> mean_watts(const Json& session, const std::vector<std::string>& components);

// Why there are no watts; empty when there are.
std::string why_no_power(const Observation& seen);

// "session 20261123-044720-fu8s, energy of ane, cpu and dram by ioreport".
std::string words_of_energy(const Observation& seen);

// "a, b and c".
std::string listed(const std::vector<std::string>& words);

// One named signal of a neural engine's activity, 0 to 1, as a mean over the session.
struct ActivitySignal {
  std::string engine, signal;  // "ane0", "dcs_floor"
  double mean = 0, highest = 0;
  std::optional<double> baseline;  // of the idle machine before
  Provenance provenance = Provenance::derived;
};
// The one that tells most of computing first: how trustworthy it is, then what it shows.
std::vector<ActivitySignal> ane_activity(const Observation& seen);

// Of what the Neural Engine asked for on its fabric, the share that did not go to memory; unset
// where one of the two is not known, or nothing was asked for.
std::optional<double> ane_cache_hit_share(const Observation& seen);

// Why nothing is known of a metric: why there was no session, else what the daemon says of its
// signals, those of `component` first where it is given; else that there was no reading.
std::string why_unread(const Observation& seen, Metric metric, const std::string& component = {});

}  // namespace anemon::profiler
