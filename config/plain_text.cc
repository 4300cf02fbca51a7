#include "config/plain_text.h"

#include <algorithm>
#include <cstdint>

namespace anemon {
namespace {

TextPosition position_at(std::string_view text, size_t offset) {
  TextPosition position{1, 1};
  for (const char c : text.substr(0, offset)) {
    ++position.column;
    if (c == '\n') position = {position.line + 1, 1};
  }
  return position;
}

// Length of the UTF-8 sequence at the start of `text`; 0 when it is none (overlong forms,
// surrogates and code points beyond U+10FFFF included).
size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  return byte(1) >= low && byte(1) <= high ? length : 0;
}

bool is_control(char c) {
  const auto byte = static_cast<uint8_t>(c);
  return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F;
}

// Appends the first character of `text`, escaped if it could disturb a terminal or a log; returns
// its length in `text`.
size_t append_printable(std::string_view text, std::string& result) {
  constexpr char kHex[] = "0123456789abcdef";
  const auto byte = static_cast<uint8_t>(text[0]);
  const size_t length = utf8_length(text);
  const bool is_c1 = byte == 0xC2 && length == 2 && static_cast<uint8_t>(text[1]) < 0xA0;
  if (length == 0 || byte < 0x20 || byte == 0x7F || is_c1) {
    result += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    return 1;
  }
  result += text.substr(0, length);
  return length;
}

}  // namespace

void require_plain_text(std::string_view text) {
  if (text.size() > kMaxConfigBytes) {
    throw PositionedError({1, 1}, "the file is larger than 1 MiB; a configuration is a few lines");
  }
  for (size_t i = 0; i < text.size();) {
    const bool begins_line = i == 0 || text[i - 1] == '\n';
    if (begins_line && text[i] == '%' && !text.substr(i).starts_with("%YAML 1.")) {
      throw PositionedError(position_at(text, i), "directives are not supported");
    }
    if (is_control(text[i])) {
      throw PositionedError(position_at(text, i), "a control character; is this a text file?");
    }
    const size_t length = utf8_length(text.substr(i));
    if (length == 0) throw PositionedError(position_at(text, i), "the text is not UTF-8");
    i += length;
  }
}

bool indented_with_tab(std::string_view text, int line) {
  for (; line > 1 && !text.empty(); --line) {
    text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  }
  return text.find_first_not_of(" \t") > text.find('\t');
}

std::string escape_unprintable(std::string_view text) {
  std::string result;
  while (!text.empty()) text.remove_prefix(append_printable(text, result));
  return result;
}

std::string quote(std::string_view text) {
  constexpr size_t kShown = 60;
  std::string result = "\"";
  size_t shown = 0;
  while (shown < text.size() && shown < kShown) {
    if (text[shown] == '"' || text[shown] == '\\') result += '\\';
    shown += append_printable(text.substr(shown), result);
  }
  return result + (shown < text.size() ? "…\"" : "\"");
}

}  // namespace anemon
