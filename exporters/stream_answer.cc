#include <cmath>
#include <nlohmann/json.hpp>

#include "core/time_expression.h"
#include "exporters/api_request.h"
#include "exporters/current_series.h"
#include "exporters/current_values.h"
#include "exporters/json_api.h"
#include "exporters/json_text.h"
#include "exporters/number_text.h"

namespace anemon {
namespace {

constexpr Duration kLeastInterval = std::chrono::milliseconds(100);
constexpr Duration kMostInterval = std::chrono::hours(1);
constexpr size_t kMaxReadings = 2000;  // an event: what the event thread can write in a millisecond

std::string reading_prefix(const MetricInfo& row, const std::vector<std::string>& label_values,
                           Provenance provenance) {
  const nlohmann::ordered_json head = {{"metric", row.name},
                                       {"labels", labels_json(row, label_values)},
                                       {"provenance", to_string(provenance)}};
  std::string text = json_text(head);
  text.back() = ',';
  return text + "\"value\":";
}

// One `readings` event each interval, on absolute deadlines. What a client asked for keeps its
// rendered name from event to event.
class ReadingStream final : public EventSource {
 public:
  ReadingStream(const Sources& sources, std::vector<Selector> selectors, Duration interval)
      : sources_(sources),
        selectors_(std::move(selectors)),
        interval_(interval),
        series_(sources.store),
        next_(sources.clock.now().awake) {}

  std::optional<Duration> produce(std::string& out) override {
    const Instant now = sources_.clock.now();
    if (now.awake >= next_) {
      append_event(now, out);
      next_ += ((now.awake - next_) / interval_ + 1) * interval_;
    }
    return next_ - now.awake;
  }

 private:
  struct Chosen {
    size_t value;  // its number in `series_`
    std::string prefix;
  };

  void choose() {
    chosen_.clear();
    for (const CurrentSeries::Group& group : series_.groups()) {
      for (size_t i = 0; i < group.directory->size(); ++i) {
        const SeriesDescription& series = *(*group.directory)[i].description;
        if (!any_matches(selectors_, series.metric, series.label_values)) continue;
        chosen_.push_back({group.first + i, reading_prefix(info(series.metric), series.label_values,
                                                           series.provenance)});
      }
    }
  }

  void append_event(Instant now, std::string& out) {
    if (series_.update(now)) choose();
    out += "event: readings\ndata: {\"time\":\"" + format_time(now.wall) + "\",\"readings\":[";
    size_t written = 0;
    size_t omitted = 0;
    const auto append = [&](const std::string& prefix, double value) {
      if (written == kMaxReadings) {
        ++omitted;
        return;
      }
      if (written++ > 0) out += ',';
      out += prefix;
      char text[kMaxNumberLength];
      out.append(text, static_cast<size_t>(write_number(text, value) - text));
      out += '}';
    };
    for (const Chosen& one : chosen_) {
      const double value = series_.values()[one.value];
      if (!std::isnan(value)) append(one.prefix, value);
    }
    append_readings(append);
    out += ']';
    if (omitted > 0) out += ",\"omitted\":" + std::to_string(omitted);
    out += "}\n\n";
  }

  template <class Append>
  void append_readings(const Append& append) {
    readings_.clear();
    for (const ReadingSource& source : sources_.readings) source(readings_);
    for (const Reading& reading : readings_) {
      if (!std::isfinite(reading.value) ||
          !any_matches(selectors_, reading.metric, reading.label_values)) {
        continue;
      }
      const MetricInfo& row = info(reading.metric);
      append(reading_prefix(row, reading.label_values, row.provenance), reading.value);
    }
  }

  const Sources& sources_;
  const std::vector<Selector> selectors_;
  const Duration interval_;
  CurrentSeries series_;
  Duration next_;  // awake
  std::vector<Chosen> chosen_;
  std::vector<Reading> readings_;
};

}  // namespace

HttpResponse stream_answer(const HttpRequest& request, const Sources& sources) {
  check_query(request, {"match", "interval"});
  const Duration interval = query_duration(request, "interval", kLeastInterval, kMostInterval)
                                .value_or(std::chrono::seconds(1));
  HttpResponse response;
  response.content_type = "text/event-stream";
  response.fields = {{"Cache-Control", "no-store"}};
  response.stream = std::make_shared<ReadingStream>(sources, query_selectors(request), interval);
  return response;
}

}  // namespace anemon
