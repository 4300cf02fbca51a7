// Fields of CSV, the same in every file that anemon writes.
#pragma once

#include <string>
#include <string_view>

namespace anemon {

// Quoted after RFC 4180 where need be. Text that a spreadsheet would take for a formula (it begins
// with = + - @, a tab or a carriage return, and is no number) gets an apostrophe in front.
std::string csv_field(std::string_view text);

}  // namespace anemon
