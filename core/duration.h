// Durations as people write them: "500ms", "10s", "5m", "2h", "1d", "1.5s", "1h30m".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace anemon {

// Units ns, us, ms, s, m, h, d; parts go from the larger unit to the smaller; exact to the
// nanosecond. Nothing for text without a unit, signs, spaces, an overflow or a finer fraction.
std::optional<Duration> parse_duration(std::string_view text);

// The shortest text that parse_duration reads back as the same value; a leading "-" if negative.
std::string format_duration(Duration duration);

}  // namespace anemon
