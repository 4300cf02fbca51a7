// OpenMetrics 1.0 with time stamps, for `promtool tsdb create-blocks-from openmetrics`. The
// session's id is a label of every series, so that several sessions fit into one database.
#include <fmt/format.h>

#include "core/time_expression.h"
#include "sessions/session_export.h"
#include "sessions/session_samples.h"

namespace anemon {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string family_name(const MetricInfo& metric) {
  std::string name(metric.name);
  constexpr std::string_view kTotal = "_total";
  if (metric.type == MetricType::counter && name.ends_with(kTotal)) {
    name.resize(name.size() - kTotal.size());
  }
  return name;
}

void append_head(const MetricInfo& metric, std::string& out) {
  const std::string family = family_name(metric);
  fmt::format_to(std::back_inserter(out), "# TYPE {} {}\n", family, to_string(metric.type));
  // A unit may only be told when the name ends with it.
  if (!metric.unit.empty() && family.ends_with("_" + std::string(metric.unit))) {
    fmt::format_to(std::back_inserter(out), "# UNIT {} {}\n", family, metric.unit);
  }
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n", family, metric.help);
}

}  // namespace

void export_openmetrics(const SessionPieces& session, size_t max_bytes, std::string& out) {
  for (const MetricInfo& metric : catalogue()) {
    bool head = false;
    for (const SessionSeries& series : session.series) {
      if (series.metric != metric.name) continue;
      std::string name = series.metric + "{session=\"" + session.row.id + "\"";
      for (const auto& [label, value] : series.labels) {
        name += "," + label + "=\"" + escaped(value) + "\"";
      }
      name += "}";
      for (const SamplePoint& point : session.points(series)) {
        if (!head) append_head(metric, out);
        head = true;
        fmt::format_to(std::back_inserter(out), "{} {} {:.6f}\n", name,
                       series.counter() ? point.last : point.mean,
                       unix_seconds(session.row.started + point.at));
      }
      check_size(out, max_bytes);
    }
  }
  out += "# EOF\n";
}

}  // namespace anemon
