// Answers about several runs, as a view of their document. Pure.
#pragma once

#include <anemon/profiler.h>

#include <string>

#include "core/json.h"

namespace anemon::sdk {

void fill(ComparativeResults& results, const Json& document);
void fill(BatchProfilingResults& results, const Json& document);

// Nothing holds a reason there.
inline void fill_absent(ComparativeResults& results, const std::string&) { results = {}; }
inline void fill_absent(BatchProfilingResults& results, const std::string&) { results = {}; }

}  // namespace anemon::sdk
