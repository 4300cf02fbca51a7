// One number of the daemon that does not live in a series group: computed when somebody asks.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/catalogue.h"

namespace anemon {

struct Reading {
  Metric metric;
  std::vector<std::string> label_values;  // in the catalogue's order
  double value;
};

// Appends the source's present readings. Called on reader threads, possibly several at a time.
using ReadingSource = std::function<void(std::vector<Reading>& out)>;

}  // namespace anemon
