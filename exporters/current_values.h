// Everything that has a value now, with its labels, as the JSON API shows it. For one-off answers;
// scrapes go through exposition.h.
#pragma once

#include <string>
#include <vector>

#include "core/selector.h"
#include "exporters/sources.h"

namespace anemon {

struct CurrentValue {
  Metric metric;
  std::vector<std::string> label_values;  // in the catalogue's order
  double value;
  Provenance provenance;
  Duration wall;  // when it was read
};

// Histograms have no single value and are left out. In the catalogue's order, no series twice.
std::vector<CurrentValue> current_values(const Sources& sources,
                                         const std::vector<Selector>& selectors);

}  // namespace anemon
