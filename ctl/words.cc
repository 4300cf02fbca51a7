#include "ctl/words.h"

#include <algorithm>

#include "core/utf8.h"

namespace anemon {
namespace {

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The longest start of the text with at most `width` characters.
std::string_view head(std::string_view text, size_t width) {
  size_t end = 0;
  for (; end < text.size(); ++end) {
    if (continues_character(text[end])) continue;
    if (width == 0) break;
    --width;
  }
  return text.substr(0, end);
}

std::string_view tail(std::string_view text, size_t width) {
  size_t begin = text.size();
  while (begin > 0 && width > 0) {
    --begin;
    if (!continues_character(text[begin])) --width;
  }
  return text.substr(begin);
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

std::vector<std::string> wrap(std::string_view text, size_t width) {
  std::vector<std::string> lines;
  for (std::string_view paragraph : split(text, '\n')) {
    const std::string indent(std::min(paragraph.find_first_not_of(' '), paragraph.size()), ' ');
    paragraph.remove_prefix(indent.size());
    std::string line = indent;
    for (const std::string_view word : split(paragraph, ' ')) {
      const bool begun = line.size() > indent.size();
      if (begun && display_width(line) + 1 + display_width(word) > width) {
        lines.push_back(std::move(line));
        line = indent;
      } else if (begun) {
        line += ' ';
      }
      line += word;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

size_t display_width(std::string_view text) {
  size_t width = 0;
  for (const char c : text) width += continues_character(c) ? 0 : 1;
  return width;
}

std::string elide_middle(std::string_view text, size_t width, bool utf8) {
  const size_t full = display_width(text);
  if (full <= width) return std::string(text);
  const std::string_view mark = utf8 ? "…" : "...";
  const size_t mark_width = display_width(mark);
  if (width <= mark_width) return std::string(head(text, width));
  const size_t kept = width - mark_width;
  const size_t front = (kept + 1) / 2;
  return std::string(head(text, front)) + std::string(mark) + std::string(tail(text, kept - front));
}

std::string printable(std::string_view text) { return to_clean_utf8(text, text.npos, "?"); }

}  // namespace anemon
