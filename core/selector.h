// Chooses series by metric name and labels, as people write it: "anemon_power_watts",
// "anemon_power_*", "anemon_power_watts{component=\"ane\"}", "anemon_task_*{process!=\"other\"}".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/catalogue.h"
#include "core/error.h"
#include "core/series.h"

namespace anemon {

// '*' stands for any bytes, '?' for one byte, everything else for itself. Linear in the product of
// the lengths at worst.
bool glob_matches(std::string_view pattern, std::string_view text);

// An exact name that the catalogue does not have, or a glob that fits none of its names.
class UnknownMetric : public Error {
 public:
  using Error::Error;
};

// Immutable; any thread.
class Selector {
 public:
  Selector();  // every series

  // Throws UnknownMetric, or Error for text that is no selector or names a label that none of its
  // metrics has. Label values are exact, with \" \\ \n as escapes; only metric names are globs.
  static Selector parse(std::string_view text);

  bool matches(Metric metric) const { return metrics_[static_cast<size_t>(metric)]; }
  bool matches(Metric metric, const std::vector<std::string>& label_values) const;
  bool matches(const SeriesDescription& series) const {
    return matches(series.metric, series.label_values);
  }
  const std::string& text() const { return text_; }

  static constexpr size_t kMaxLength = 1024;

 private:
  struct Condition {
    std::string label;
    std::string value;  // empty: as if the label were absent
    bool equal = true;
  };

  std::string text_;
  std::vector<bool> metrics_;  // by metric
  std::vector<Condition> conditions_;
};

// True when one of them matches; an empty list matches everything.
bool any_matches(const std::vector<Selector>& selectors, Metric metric,
                 const std::vector<std::string>& label_values);

}  // namespace anemon
