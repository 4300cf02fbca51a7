#include "ctl/table.h"

#include <fmt/format.h>

#include "core/csv.h"
#include "ctl/words.h"

namespace anemon {
Cell text_cell(std::string_view text, Tone tone) {
  if (text.empty()) return {"-", "", Tone::faint};
  return {printable(text), std::string(text), tone};
}

Cell number_cell(std::optional<double> value, NumberStyle style, bool estimated) {
  if (!value) return {"-", "", Tone::faint};
  return {fmt::format("{}{:.{}f}", estimated ? "~" : "", *value * style.scale, style.decimals),
          fmt::format("{}", *value), Tone::plain};
}

std::string toned(std::string_view text, Tone tone, bool color) {
  if (!color || tone == Tone::plain) return std::string(text);
  const char* code = "2";
  if (tone == Tone::good) code = "32";
  if (tone == Tone::warning) code = "33";
  if (tone == Tone::bad) code = "31";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string table_csv(const Table& table, bool header) {
  std::string result;
  if (header) {
    for (size_t i = 0; i < table.columns.size(); ++i) {
      if (i > 0) result += ',';
      result += table.columns[i].key;
    }
    result += '\n';
  }
  for (const auto& row : table.rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) result += ',';
      result += csv_field(row[i].raw);
    }
    result += '\n';
  }
  return result;
}

std::string table_markdown(const Table& table, bool header) {
  // Neither a new column, nor HTML, nor code begins in what a cell says.
  const auto escaped = [](std::string_view text) {
    std::string result;
    for (const char c : text) {
      if (c == '<') {
        result += "&lt;";
      } else if (c == '>') {
        result += "&gt;";
      } else if (c == '&') {
        result += "&amp;";
      } else {
        if (c == '|' || c == '\\' || c == '`') result += '\\';
        result += c;
      }
    }
    return result;
  };
  std::string result;
  if (header) {
    for (const Column& column : table.columns) result += fmt::format("| {} ", column.title);
    result += "|\n";
    for (const Column& column : table.columns) result += column.number ? "| ---: " : "| --- ";
    result += "|\n";
  }
  for (const auto& row : table.rows) {
    for (const Cell& cell : row) result += fmt::format("| {} ", escaped(cell.shown));
    result += "|\n";
  }
  return result;
}

}  // namespace anemon
