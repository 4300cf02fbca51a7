// The series that every contestant of a comparison serves: the same names, alternately a gauge with
// three decimals and a whole number, two labels each, spread over the catalogue's families.
#pragma once

#include <memory>
#include <vector>

#include "core/series.h"
#include "core/series_group.h"

namespace prometheus {
class Registry;
}

namespace anemon::bench {

std::vector<Series> synthetic_series(size_t count);

// The value of series `index` in pass `pass`: every one changes from pass to pass.
double synthetic_value(size_t index, uint64_t pass);

// Sets all of them and commits the pass.
void push_pass(SeriesGroup& group, std::vector<Series>& series, uint64_t pass, Instant now);

// The same series in prometheus-cpp, with the values of pass 0.
std::shared_ptr<prometheus::Registry> synthetic_registry(size_t count);

}  // namespace anemon::bench
