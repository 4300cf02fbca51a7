#include "ctl/series_table.h"

#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "ctl/numbers.h"

namespace anemon {

Table series_columns() {
  Table table;
  table.columns = {{"TIME", "time", false, Column::Fit::drop},
                   {"METRIC", "metric"},
                   {"LABELS", "labels", false, Column::Fit::elide},
                   {"VALUE", "value", true},
                   {"UNIT", "unit", false, Column::Fit::drop},
                   {"PROVENANCE", "provenance", false, Column::Fit::drop}};
  return table;
}

void add_series_row(Table& table, const std::string& metric, const Json& reading,
                    const std::string& unit, const std::string& time) {
  const auto value = number(reading, "/value");
  Cell value_cell = number_cell(value);
  if (value) value_cell.shown = (is_estimated(reading) ? "~" : "") + short_number(*value);
  const std::string instant = time.empty() ? as_text(at(reading, "/time")) : time;
  Cell time_cell = text_cell(instant);
  // The date is the same in all of them but around midnight: programs get it, people the clock.
  if (!instant.empty()) time_cell.shown = clock_text(instant);
  table.rows.push_back({time_cell, text_cell(metric), text_cell(pairs_text(at(reading, "/labels"))),
                        value_cell, text_cell(unit), text_cell(text(reading, "/provenance"))});
}

}  // namespace anemon
