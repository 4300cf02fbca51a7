// Numbers and times for people.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace anemon {

// At most six digits that mean something: "12.4", "0.000125", "1.2e+09".
std::string short_number(double value);

// "850 ms", "12.4 s", "3 min 20 s", "2 h 5 min", "3 d 4 h"; "-" when unknown.
std::string span_text(std::optional<double> seconds);

// "512 B", "3.4 KiB", "15.6 GiB"; "-" when unknown.
std::string bytes_text(std::optional<double> bytes);

// An RFC 3339 instant as "2026-11-22 14:51:02", still in UTC; the text itself when it is none.
std::string instant_text(std::string_view instant);

// The same without the date.
std::string clock_text(std::string_view instant);

// "1 sample", "3 samples".
std::string counted(double count, std::string_view noun);

}  // namespace anemon
