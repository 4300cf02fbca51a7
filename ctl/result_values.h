// Numbers of a result (docs/result-json.md) for people.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/json.h"
#include "ctl/table.h"

namespace anemon {

// A plain number, or one with its 95 % interval.
struct Estimate {
  double value = 0;
  std::optional<double> low, high;
};
std::optional<Estimate> estimate_of(const Json& value);
std::optional<Estimate> estimate_at(const Json& document, const char* pointer);
std::optional<double> value_at(const Json& document, const char* pointer);

// Four digits that mean something, thousands apart: "0.05512", "18 120".
std::string digits_text(double value);

// A number and its unit, scaled to be read: 0.00245 J is "2.45" and "mJ". Milliseconds and
// megabytes stay what they are.
struct Quantity {
  std::string number, unit;
};
Quantity quantity(double value, std::string_view unit);
std::string quantity_text(double value, std::string_view unit, bool estimated = false);

// What a section of a result says of a key: "measured", "derived", "estimated"; empty for nothing.
std::string provenance_word(const Json& section, std::string_view key);
bool is_estimated(const Json& section, std::string_view key);

// The number below `key` of a section as a cell of a column with that unit in its title, "~" when
// estimated.
Cell result_cell(const Json& section, const char* key);

}  // namespace anemon
