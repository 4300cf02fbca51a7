// Small cuts of text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace anemon {

// The parts between the separators; an empty text has none.
std::vector<std::string_view> split(std::string_view text, char separator);
std::vector<std::string_view> split(std::string&& text, char separator) = delete;  // would dangle

// Lines of at most `width` columns, broken at spaces; line feeds in the text are kept, and spaces
// at the begin of a line stand before each of its parts.
std::vector<std::string> wrap(std::string_view text, size_t width);

// Columns the text takes on a terminal: characters, for text in UTF-8.
size_t display_width(std::string_view text);

// The text with its middle replaced so that it fits.
std::string elide_middle(std::string_view text, size_t width, bool utf8);

// Safe to print: whatever a terminal would obey rather than show becomes "?".
std::string printable(std::string_view text);

}  // namespace anemon
