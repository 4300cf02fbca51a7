#include "core/series.h"

#include <stdexcept>
#include <utility>

namespace anemon {
namespace {

void append_escaped(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '"') {
      out += "\\\"";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
}

}  // namespace

std::string_view SeriesDescription::label(std::string_view name) const {
  const auto names = info(metric).labels();
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return label_values[i];
  }
  return {};
}

std::string exposition_name(const MetricInfo& metric,
                            const std::vector<std::string>& label_values) {
  std::string out(metric.name);
  const auto names = metric.labels();
  char separator = '{';
  for (size_t i = 0; i < names.size(); ++i) {
    if (label_values[i].empty()) continue;
    out += separator;
    out += names[i];
    out += "=\"";
    append_escaped(out, label_values[i]);
    out += '"';
    separator = ',';
  }
  if (separator == ',') out += '}';
  out += ' ';
  return out;
}

Series::Series(Metric series_metric, std::vector<std::string> values,
               std::optional<Provenance> origin)
    : metric(series_metric),
      label_values(std::move(values)),
      provenance(origin.value_or(info(series_metric).provenance)) {
  if (label_values.size() != info(metric).labels().size()) {
    throw std::logic_error(std::string(info(metric).name) + ": wrong number of label values");
  }
}

}  // namespace anemon
