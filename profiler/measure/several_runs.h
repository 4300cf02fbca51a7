// What the documents of several runs have in common with each other: the beginning of the document
// that holds them all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace anemon::profiler {

// A document of `kind` with `runs` in it: of model, environment and configuration what all share,
// for the rest differs from run to run. Its outcome is ok when `needed` of the runs are, else that
// of the first that failed; an interruption is the outcome in any case.
Json document_of_runs(std::string_view kind, std::vector<Json> runs, size_t needed);

bool went_well(const Json& document);  // its outcome

// The members of objects that are the same in all of them, at every depth; of arrays the whole.
Json common_members(const std::vector<const Json*>& objects);

}  // namespace anemon::profiler
