// A trace through the collectors themselves: a pass at each recorded instant, on the trace's own
// time. What anemond would have said, without its scheduling.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "core/series.h"
#include "core/signal_board.h"

namespace anemon {

// Called in order of time; times are the trace's. References stay valid during the call.
struct DecodingEvents {
  // An instant begins.
  std::function<void(Duration at)> instant;
  // Every reading of the instant.
  std::function<void(Duration at, const SeriesDescription& series, double value)> reading;
  // A signal that is new, or whose state or reason is another than before.
  std::function<void(Duration at, const Signal& signal)> state;
  // A collector's pass failed.
  std::function<void(Duration at, std::string_view collector, const std::string& reason)> failure;
};

// Throws Error with file:line:column when the trace is bad; what was good until there was told.
void decode_trace(const std::filesystem::path& file, const DecodingEvents& events);

}  // namespace anemon
