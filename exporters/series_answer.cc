#include <nlohmann/json.hpp>

#include "core/point_folding.h"
#include "core/time_expression.h"
#include "exporters/api_request.h"
#include "exporters/json_api.h"
#include "exporters/json_text.h"
#include "exporters/number_text.h"

namespace anemon {
namespace {

constexpr Duration kDefaultSpan = std::chrono::minutes(5);
constexpr size_t kMaxPoints = 200'000;

void append_number(std::string& out, double value) {
  char text[kMaxNumberLength];
  out.append(text, static_cast<size_t>(write_number(text, value) - text));
}

// Values in the store are finite: no point can hold what JSON cannot say.
void append_point(std::string& out, const Point& point) {
  char separator = '[';
  for (const double number : {unix_seconds(point.at.wall), point.last, point.min, point.max,
                              point.mean, static_cast<double>(point.count)}) {
    out += separator;
    append_number(out, number);
    separator = ',';
  }
  out += ']';
}

void append_series(std::string& out, const SeriesDescription& series,
                   const std::vector<Point>& points) {
  const MetricInfo& row = info(series.metric);
  const nlohmann::ordered_json head = {{"metric", row.name},
                                       {"labels", labels_json(row, series.label_values)},
                                       {"provenance", to_string(series.provenance)}};
  out += json_text(head);
  out.pop_back();
  out += ",\"points\":[";
  for (size_t i = 0; i < points.size(); ++i) {
    if (i > 0) out += ',';
    append_point(out, points[i]);
  }
  out += "]}";
}

}  // namespace

HttpResponse series_answer(const HttpRequest& request, const Sources& sources) {
  check_query(request, {"match", "from", "to", "step"});
  const std::vector<Selector> selectors = query_selectors(request);
  if (selectors.empty()) {
    throw bad_request("match is missing", "match=anemon_power_watts, for example");
  }
  const Duration now = sources.clock.now().wall;
  const Duration to = query_time(request, "to", now).value_or(now);
  const Duration from = query_time(request, "from", now).value_or(to - kDefaultSpan);
  const Duration step =
      query_duration(request, "step", std::chrono::milliseconds(1), std::chrono::hours(24))
          .value_or(Duration::zero());
  if (from > to) throw bad_request("from is later than to");

  std::string body =
      "{\"schema\":\"anemon.series/1\",\"columns\":[\"time\",\"last\",\"min\",\"max\",\"mean\","
      "\"count\"],\"series\":[";
  size_t left = kMaxPoints;
  bool first = true;
  for (const auto& group : sources.store.groups()) {
    const auto directory = group->directory();
    for (const auto& entry : *directory) {
      const SeriesDescription& series = *entry.description;
      if (!any_matches(selectors, series.metric, series.label_values)) continue;
      const std::vector<Point> points = fold_points(group->history(entry, from, to, step), step);
      if (points.empty()) continue;
      if (points.size() > left) {
        throw ApiError(413, "too_large", "the answer has more than 200000 points",
                       "ask for a shorter time, a longer step or fewer series");
      }
      left -= points.size();
      if (!first) body += ',';
      first = false;
      append_series(body, series, points);
    }
  }
  body += "]}\n";
  return text_response(200, "application/json", std::move(body));
}

}  // namespace anemon
