// The public structs as a view of documents anemon.result/1, both ways. Pure.
#pragma once

#include <anemon/profiler.h>

#include "core/json.h"

namespace anemon::sdk {

// Every member is set: one that the document does not have to NaN or empty, with the reason.
void fill(ANEPerformanceMetrics& metrics, const Json& document);
void fill(PowerProfile& profile, const Json& document);
void fill(MemoryProfile& profile, const Json& document);

// A struct that holds nothing but the reason for it.
template <class Struct>
void fill_absent(Struct& values, const std::string& reason);

ResultDocument kept_text(const Json& document);
Json parsed(const ResultDocument& document);  // null for none

// The document of `metrics` with the members that the program has changed since, or a new one of
// its members alone. What followed from changed numbers is brought in line or left out.
Json document_of(const ANEPerformanceMetrics& metrics);

// Puts a power profile in the place of the document's own; one that holds nothing changes nothing.
void put_power(Json& document, const PowerProfile& profile);

// Why the run that the document tells of has no result, in one line; empty when it has.
std::string failure_of(const Json& document);

}  // namespace anemon::sdk
