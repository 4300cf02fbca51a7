// A text without what surrounds it.
#pragma once

#include <string_view>

namespace anemon {

inline constexpr std::string_view kSpace = " ";
inline constexpr std::string_view kWhiteSpace = " \t\r\n";

// `text` without the characters of `around` at its ends.
constexpr std::string_view trimmed(std::string_view text, std::string_view around) {
  const size_t begin = text.find_first_not_of(around);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(around) - begin + 1);
}

}  // namespace anemon
