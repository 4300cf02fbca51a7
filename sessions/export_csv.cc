// CSV after RFC 4180: one row per point, one column per label that any series of the session has.
// A folded point's value is its mean, or its last of a counter.
#include <fmt/format.h>

#include <set>

#include "core/csv.h"
#include "core/time_expression.h"
#include "sessions/session_export.h"
#include "sessions/session_samples.h"

namespace anemon {
void export_csv(const SessionPieces& session, size_t max_bytes, std::string& out) {
  std::set<std::string> names;
  for (const SessionSeries& series : session.series) {
    for (const auto& [name, value] : series.labels) names.insert(name);
  }
  out = "time,metric";
  for (const std::string& name : names) out += "," + name;
  out += ",value,provenance\r\n";
  for (const SessionSeries& series : session.series) {
    std::string middle = "," + series.metric;
    for (const std::string& name : names) middle += "," + csv_field(series.label(name));
    for (const SamplePoint& point : session.points(series)) {
      fmt::format_to(std::back_inserter(out), "{:.6f}{},{},{}\r\n",
                     unix_seconds(session.row.started + point.at), middle,
                     series.counter() ? point.last : point.mean, series.provenance);
    }
    check_size(out, max_bytes);
  }
}

}  // namespace anemon
