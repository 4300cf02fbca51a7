#include "core/catalogue.h"
#include "tests/docs/documents.h"

namespace anemon::docs {
namespace {

constexpr std::string_view kIntroduction = R"(# Metrics of anemond

<!-- Written by `anemon_docs` from core/metrics.inc: change it there. -->

Names follow Prometheus: base units, `_total` for counters, ratios from 0 to 1. A value that is not
known has no sample: absent is not zero, and `anemon_signal_state` says why. A series leaves `/metrics`
when its collector has had no good pass for three of its periods, at least 5 s.

How a number came about is its provenance. *Measured*: read from a device. *Derived*: computed from
measured values without assumptions. *Estimated*: rests on a model that may be wrong. Where sources of
one metric differ, the `provenance` label of `anemon_signal_state` has the last word.

| Metric | Type | Unit | Labels | Provenance | Meaning |
| --- | --- | --- | --- | --- | --- |
)";

std::string label_cell(const MetricInfo& metric) {
  std::string text;
  for (const std::string_view label : metric.labels()) {
    text += (text.empty() ? "`" : ", `") + std::string(label) + "`";
  }
  return text;
}

}  // namespace

std::string metrics() {
  std::string text(kIntroduction);
  for (const MetricInfo& metric : catalogue()) {
    text += "| `" + std::string(metric.name) + "` | " + std::string(to_string(metric.type)) +
            " | " + std::string(metric.unit) + " | " + label_cell(metric) + " | " +
            std::string(to_string(metric.provenance)) + " | " + cell(metric.help) + " |\n";
  }
  return text;
}

}  // namespace anemon::docs
