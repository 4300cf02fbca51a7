#include "core/utf8.h"

#include <algorithm>
#include <cstdint>

namespace anemon {
namespace {

struct Step {
  size_t length;  // at least 1
  bool clean;
};

// What turns the direction of the text around it, so that it reads otherwise than it is: U+061C,
// U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.
bool is_direction_control(std::string_view character) {
  if (character == "\xD8\x9C") return true;
  if (character.size() != 3 || character[0] != '\xE2') return false;
  const auto third = static_cast<uint8_t>(character[2]);
  if (character[1] == '\x80') {
    return third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE);
  }
  return character[1] == '\x81' && third >= 0xA6 && third <= 0xA9;
}

// The character at the start of non-empty `text`, or the part of it that cannot be one. The ranges
// of second bytes are those of the Unicode standard's table 3-7.
Step next(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return {1, first >= 0x20 && first != 0x7F};
  if (first < 0xC2 || first > 0xF4) return {1, false};
  const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  const uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  for (size_t i = 1; i < length; ++i) {
    if (i == text.size()) return {i, false};
    const bool fits = i == 1 ? byte(i) >= low && byte(i) <= high : (byte(i) & 0xC0) == 0x80;
    if (!fits) return {i, false};
  }
  const bool c1_control = first == 0xC2 && byte(1) < 0xA0;
  return {length, !c1_control && !is_direction_control(text.substr(0, length))};
}

}  // namespace

bool is_clean_utf8(std::string_view text) {
  while (!text.empty()) {
    const Step step = next(text);
    if (!step.clean) return false;
    text.remove_prefix(step.length);
  }
  return true;
}

std::string to_clean_utf8(std::string_view bytes, size_t max_bytes, std::string_view replacement) {
  std::string clean;
  clean.reserve(std::min(bytes.size(), max_bytes));
  while (!bytes.empty()) {
    const Step step = next(bytes);
    const std::string_view part = step.clean ? bytes.substr(0, step.length) : replacement;
    if (clean.size() + part.size() > max_bytes) break;
    clean += part;
    bytes.remove_prefix(step.length);
  }
  return clean;
}

}  // namespace anemon
