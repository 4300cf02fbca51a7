// Numbers and durations as people read them: few digits, a unit at hand.
#pragma once

#include <string>
#include <string_view>

#include "core/clock.h"

namespace anemon {

// Three significant digits, never an exponent: "2.50", "53.0", "2317". Nothing but zero is "0".
std::string short_number(double value);

std::string watts_text(double watts);    // "2.50 W", "350 mW"
std::string joules_text(double joules);  // "118 J", "4.20 kJ"
std::string bytes_text(double bytes);    // "14.0 GiB", powers of 1024
std::string ratio_text(double ratio);    // "50.0 %"
std::string hertz_text(double hertz);    // "4608 MHz"

// "8 s", "5 min", "2 h 10 min", "3 d 4 h"; rounded down, and never below "0 s".
std::string span_text(Duration span);

}  // namespace anemon
