// Fits a table to the width of a terminal: nothing wraps, names lose their middle, and what is
// least needed is left out.
#include <algorithm>

#include "ctl/table.h"
#include "ctl/words.h"

namespace anemon {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kNarrowest = 8;  // of an elided column
constexpr size_t kReadable = 24;  // below this, other columns are left out first

struct Layout {
  std::vector<size_t> columns;  // indices shown
  std::vector<size_t> widths;   // by index of the table's columns
};

size_t total(const Layout& layout) {
  size_t sum = 0;
  for (const size_t column : layout.columns) sum += layout.widths[column] + kGap;
  return sum > 0 ? sum - kGap : 0;
}

Layout natural_layout(const Table& table, bool header) {
  Layout layout;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    layout.columns.push_back(i);
    size_t width = table.columns[i].least;
    if (header) width = std::max(width, display_width(table.columns[i].title));
    for (const auto& row : table.rows) width = std::max(width, display_width(row[i].shown));
    layout.widths.push_back(width);
  }
  return layout;
}

// Takes `excess` from the elidable columns, always from the widest.
void shrink(const Table& table, Layout& layout, size_t excess) {
  for (; excess > 0; --excess) {
    size_t* widest = nullptr;
    for (const size_t column : layout.columns) {
      if (table.columns[column].fit != Column::Fit::elide) continue;
      size_t& width = layout.widths[column];
      if (width > kNarrowest && (widest == nullptr || width > *widest)) widest = &width;
    }
    if (widest == nullptr) return;
    --*widest;
  }
}

// What the elidable columns could give up without becoming unreadable.
size_t slack(const Table& table, const Layout& layout) {
  size_t sum = 0;
  for (const size_t column : layout.columns) {
    const size_t width = layout.widths[column];
    if (table.columns[column].fit == Column::Fit::elide && width > kReadable) {
      sum += width - kReadable;
    }
  }
  return sum;
}

Layout fitted_layout(const Table& table, const TableStyle& style) {
  Layout layout = natural_layout(table, style.header);
  if (style.width <= 0) return layout;
  const size_t width = static_cast<size_t>(style.width);
  while (total(layout) > width + slack(table, layout)) {
    const auto last =
        std::find_if(layout.columns.rbegin(), layout.columns.rend(),
                     [&](size_t column) { return table.columns[column].fit == Column::Fit::drop; });
    if (last == layout.columns.rend()) break;
    layout.columns.erase(std::next(last).base());
  }
  if (total(layout) > width) shrink(table, layout, total(layout) - width);
  return layout;
}

void add_padded(std::string& line, std::string_view text, const Column& column, size_t width,
                Tone tone, const TableStyle& style) {
  const std::string shown = elide_middle(text, width, style.utf8);
  const std::string padding(width - std::min(width, display_width(shown)), ' ');
  if (column.number) line += padding;
  line += toned(shown, tone, style.color);
  if (!column.number) line += padding;
}

}  // namespace

std::string table_text(const Table& table, const TableStyle& style) {
  const Layout layout = fitted_layout(table, style);
  std::string result;
  const auto add_line = [&](const auto& text_of, const auto& tone_of) {
    std::string line;
    for (const size_t i : layout.columns) {
      if (!line.empty()) line.append(kGap, ' ');
      add_padded(line, text_of(i), table.columns[i], layout.widths[i], tone_of(i), style);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + '\n';
  };
  const bool has_titles = std::ranges::any_of(
      table.columns, [](const Column& column) { return !column.title.empty(); });
  if (style.header && has_titles) {
    add_line([&](size_t i) { return table.columns[i].title; }, [](size_t) { return Tone::faint; });
  }
  for (const auto& row : table.rows) {
    add_line([&](size_t i) { return std::string_view(row[i].shown); },
             [&](size_t i) { return row[i].tone; });
  }
  return result;
}

void keep_widths(Table& table) {
  const Layout layout = natural_layout(table, true);
  for (size_t i = 0; i < table.columns.size(); ++i) table.columns[i].least = layout.widths[i];
}

}  // namespace anemon
