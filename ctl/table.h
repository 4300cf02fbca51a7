// A table as commands make it: the same rows become text, CSV and Markdown.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anemon {

enum class Tone { plain, good, warning, bad, faint };

// One value: as people read it, and as programs do.
struct Cell {
  std::string shown;  // "-" when unknown
  std::string raw;    // CSV: unscaled, empty when unknown
  Tone tone = Tone::plain;
};

Cell text_cell(std::string_view text, Tone tone = Tone::plain);  // an empty text is unknown

// A number in the unit of its column's key, shown in the unit of its title: value * scale with the
// given decimals. Estimated numbers are marked "~".
struct NumberStyle {
  int decimals = 2;
  double scale = 1;
};
Cell number_cell(std::optional<double> value, NumberStyle style = {}, bool estimated = false);

struct Column {
  enum class Fit { keep, elide, drop };  // what happens when the line is too short, drop first

  std::string_view title;  // "RESIDENT MiB"
  std::string_view key;    // "resident_bytes"
  bool number = false;     // right-aligned
  Fit fit = Fit::keep;
  size_t least = 0;  // narrowest width: what comes before in the same list was so wide
};

struct Table {
  std::string title;
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

// Lines with two spaces between columns, at most `width` wide (0: no limit), ending in line feeds.
struct TableStyle {
  int width = 0;
  bool header = true;
  bool color = false;
  bool utf8 = false;
};
std::string table_text(const Table& table, const TableStyle& style);

// Lets the columns be at least as wide as these rows need, for a list that goes on.
void keep_widths(Table& table);

// RFC 4180, with line feeds alone.
std::string table_csv(const Table& table, bool header);

std::string table_markdown(const Table& table, bool header);

// The escape sequence around a text of that tone; the text alone without colour.
std::string toned(std::string_view text, Tone tone, bool color);

}  // namespace anemon
