// Which readings the page shows, under which names: one row of a table for each metric.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalogue.h"
#include "exporters/page/readings.h"

namespace anemon {

enum class Amount : uint8_t {
  watts,
  ratio,
  hertz,
  celsius,
  bytes,
  bytes_per_second,  // of a counter
  share_of_time,     // of a counter of seconds
  number,
  count,
  rpm,
  yes_no,
  thermal_pressure,
  memory_pressure,
  presence,  // the labels are the reading
};

enum class Place : uint8_t { shown, more };

struct ReadingRow {
  Theme theme;
  Metric metric;
  std::string_view name;  // {0}: a label of the series, spoken; [0]: as it is
  Amount amount;
  Place place = Place::shown;
  std::string_view note = {};
};

std::span<const ReadingRow> reading_rows();  // in the order of the page

std::string amount_text(Amount amount, double value);
bool is_rate(Amount amount);          // of a counter, over the last seconds
bool is_of_an_engine(Metric metric);  // its first label is the engine

// The name of a series; `pattern` is a row's.
std::string fill_name(std::string_view pattern, const std::vector<std::string>& labels);
// The name of what a signal says is not there; `part` is what follows a slash in its component.
std::string name_of_absent(const ReadingRow& row, const std::string& component,
                           const std::string& part);

}  // namespace anemon
