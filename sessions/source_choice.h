// Which of several sources of a component to believe where only one number has room.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sessions/sample_table.h"

namespace anemon {

// 0 for measured, 1 for derived, 2 for estimated.
int trust_rank(std::string_view provenance);

// By component: the series of `metric` with the best provenance, the first of equals. Pointers into
// `series`.
std::map<std::string, const SessionSeries*> trusted_sources(
    const std::vector<SessionSeries>& series, Metric metric);

}  // namespace anemon
