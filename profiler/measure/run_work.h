// What of a model's file belongs to one run of it: the functions that ran and what they cost.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/document/model_study.h"
#include "profiler/measure/result.h"

namespace anemon::profiler {

// The function that was asked for, else the default one; of a pipeline its members' default ones,
// in order. None without a study, or of a model that is no network. Point into the study.
std::vector<StudiedFunction> functions_of_run(const RunFacts& facts, bool placed);

// Of one item, all functions of the run together. Unset: nothing could be counted, `why_no_work`.
std::optional<ModelTotals> work_of_run(const RunFacts& facts);
std::string why_no_work(const RunFacts& facts);

// Multiply-accumulates of one item; unset where they could not all be counted or there are none.
std::optional<uint64_t> macs_of_run(const RunFacts& facts);
std::string why_no_macs(const RunFacts& facts);

// Milliseconds, to the nanosecond: no clock here tells more.
double to_ms(double seconds);
double to_ms(Duration time);

// Why a phase left nothing behind: "crashed in phase load", or that it was not measured.
std::string why_not_reached(const ModelRun& run);

}  // namespace anemon::profiler
