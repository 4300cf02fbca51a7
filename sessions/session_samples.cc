#include "sessions/session_samples.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/selector.h"
#include "core/time_expression.h"
#include "sessions/point_fold.h"
#include "sessions/session_document.h"
#include "sessions/session_error.h"

namespace anemon {
namespace {

std::vector<Selector> parse_all(const std::vector<std::string>& matches) {
  std::vector<Selector> selectors;
  try {
    for (const std::string& match : matches) selectors.push_back(Selector::parse(match));
  } catch (const Error& error) {
    throw SessionError(SessionErrorCode::bad_request, error.what(), error.hint());
  }
  return selectors;
}

bool wanted(const SessionSeries& series, const std::vector<Selector>& selectors) {
  if (selectors.empty()) return true;
  const auto metric = series.known();
  if (!metric) return false;  // of a later version, whose names no selector here can have
  std::vector<std::string> values;
  for (const std::string_view name : info(*metric).labels()) {
    values.emplace_back(series.label(std::string(name)));
  }
  return any_matches(selectors, *metric, values);
}

}  // namespace

void check_size(const std::string& out, size_t max_bytes) {
  if (out.size() <= max_bytes) return;
  throw SessionError(SessionErrorCode::too_large,
                     fmt::format("more than {} MiB of samples", max_bytes >> 20),
                     "ask for fewer metrics (match=) or a longer step (step=)");
}

void append_series_json(const SessionPieces& session, const SessionSeries& series,
                        const SamplePoints& points, std::string& out) {
  const nlohmann::ordered_json labels = series.labels;
  out += R"({"metric":")" + series.metric + R"(","labels":)" + text_of(labels) +
         R"(,"provenance":")" + series.provenance + R"(","points":[)";
  const char* separator = "";
  for (const SamplePoint& point : points) {
    fmt::format_to(std::back_inserter(out), "{}[{:.6f},{},{},{},{},{}]", separator,
                   unix_seconds(session.row.started + point.at), point.last, point.min, point.max,
                   point.mean, point.count);
    separator = ",";
  }
  out += "]}";
}

std::string session_samples(const SessionPieces& session, const std::vector<std::string>& matches,
                            Duration step, size_t max_bytes) {
  const auto selectors = parse_all(matches);
  std::string out =
      R"({"schema":"anemon.series/1","columns":["time","last","min","max","mean","count"],)"
      R"("series":[)";
  const char* separator = "";
  for (const SessionSeries& series : session.series) {
    if (!wanted(series, selectors)) continue;
    SamplePoints points = session.points(series);
    const auto width = std::chrono::duration_cast<SessionTime>(step);
    if (width > SessionTime::zero()) points = fold(points, width);
    if (points.empty()) continue;
    out += separator;
    append_series_json(session, series, points, out);
    check_size(out, max_bytes);
    separator = ",";
  }
  return out + "]}";
}

}  // namespace anemon
