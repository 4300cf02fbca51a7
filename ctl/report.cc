#include "ctl/report.h"

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "ctl/words.h"

namespace anemon {
namespace {

std::string as_text(const Report& report, const Output& output) {
  TableStyle style;
  style.width = output.terminal.width;
  style.header = output.header;
  style.color = output.terminal.color;
  style.utf8 = output.terminal.utf8;
  const size_t width = style.width > 0 ? static_cast<size_t>(style.width) : 100;

  std::string result;
  const auto begin_block = [&] {
    if (!result.empty()) result += '\n';
  };
  if (!report.headline.empty() && !output.quiet) {
    for (const auto& line : wrap(report.headline, width)) result += line + '\n';
  }
  for (const Table& table : report.tables) {
    if (table.rows.empty()) continue;
    begin_block();
    if (!table.title.empty()) result += table.title + '\n';
    result += table_text(table, style);
  }
  if (!report.lines.empty()) begin_block();
  for (const std::string& each : report.lines) {
    for (const auto& line : wrap(each, width)) result += line + '\n';
  }
  if (output.quiet) return result;
  if (!report.notes.empty()) begin_block();
  for (const std::string& note : report.notes) {
    for (const auto& line : wrap(note, width)) result += line + '\n';
  }
  if (!report.next.empty()) {
    begin_block();
    result += toned("next: " + report.next, Tone::faint, style.color) + '\n';
  }
  return result;
}

std::string as_markdown(const Report& report, const Output& output) {
  std::string result;
  const auto begin_block = [&] {
    if (!result.empty()) result += '\n';
  };
  if (!report.headline.empty() && !output.quiet) result += report.headline + '\n';
  for (const Table& table : report.tables) {
    if (table.rows.empty()) continue;
    begin_block();
    if (!table.title.empty()) result += "### " + table.title + "\n\n";
    result += table_markdown(table, output.header);
  }
  if (!report.lines.empty()) begin_block();
  for (const std::string& line : report.lines) result += "- " + line + '\n';
  if (output.quiet || report.notes.empty()) return result;
  begin_block();
  for (const std::string& note : report.notes) result += "- " + note + '\n';
  return result;
}

}  // namespace

std::string report_text(const Report& report, const Output& output) {
  switch (output.format) {
    case Format::json:
      // Bytes that are not UTF-8 came from a process's name; they must not hide the rest.
      return report.document->dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
    case Format::csv: {
      const bool has_flat = !report.flat.columns.empty();
      if (!has_flat && report.tables.empty()) return {};
      return table_csv(has_flat ? report.flat : report.tables.front(), output.header);
    }
    case Format::markdown:
      return as_markdown(report, output);
    case Format::table:
      break;
  }
  return as_text(report, output);
}

bool write_text(std::FILE* file, std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (written && std::fflush(file) == 0) return true;
  if (errno == EPIPE) return false;
  throw Error(std::string("cannot write the output: ") + std::strerror(errno));
}

void print_report(const Report& report, const Output& output) {
  write_text(output.file, report_text(report, output));
}

}  // namespace anemon
