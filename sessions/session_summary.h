// The summary of a session: computed from its counters, samples and events, with provenance.
// What cannot be told is left out, and its reason is among `missing`. Pure arithmetic.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sessions/session_data.h"

namespace anemon {

// The `summary` member of anemon.session/1.
//  energy      increase of each source's counter; mean watts over the awake time it covers
//  power       weighted by the span each reading is the mean of; percentiles by nearest rank
//  asleep      time the continuous clock gained on the awake clock
//  gaps        silences of a collector longer than max(3 periods, 5 s), on the awake clock
//  inference   latencies of successful inferences, by nearest rank over all of them
nlohmann::ordered_json summarize(const SessionData& session);

// A compact form for lists: {"energy_joules":{component:x},"mean_power_watts":{component:x}}, of a
// summary. Of several sources of a component, the most trustworthy one's.
nlohmann::ordered_json brief(const nlohmann::ordered_json& summary);

}  // namespace anemon
