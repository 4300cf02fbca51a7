// Points in time as people and programs write them, and as the API writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace anemon {

// Unix time of "now", "now-5m", "now+1h", RFC 3339 ("2026-11-22T14:51:02.123Z", "...+01:00") or
// Unix seconds ("1790000000.5"). Nothing for anything else, or outside the years 1970 to 2200.
std::optional<Duration> parse_time(std::string_view text, Duration now_wall);

// For values and points of arrays; exact to the microsecond.
constexpr double unix_seconds(Duration wall) {
  return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(wall).count()) /
         1e6;
}

// RFC 3339 in UTC with milliseconds, rounded down: "2026-11-22T14:51:02.123Z".
std::string format_time(Duration wall);

}  // namespace anemon
