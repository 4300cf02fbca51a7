// Readings of series as a table: what `metrics --values` and `watch` share.
#pragma once

#include <string>

#include "core/json.h"
#include "ctl/table.h"

namespace anemon {

Table series_columns();

// `reading` has "labels", "value", "provenance" and, unless `time` is given, "time".
void add_series_row(Table& table, const std::string& metric, const Json& reading,
                    const std::string& unit, const std::string& time = {});

}  // namespace anemon
