// The Chrome trace event format (JSON object form), which Perfetto opens: gauges as counter tracks,
// inferences as slices, annotations as instants. Slices of one thread must nest, so inferences that
// overlap are spread over lanes.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sessions/session_document.h"
#include "sessions/session_export.h"
#include "sessions/session_samples.h"

namespace anemon {
namespace {

using nlohmann::ordered_json;

constexpr int kTelemetry = 1;  // process ids of the trace
constexpr int kInferences = 2;
constexpr size_t kMaxLanes = 64;  // per model; beyond, slices share the last

class TraceWriter {
 public:
  TraceWriter(std::string& out, size_t max_bytes) : out_(out), max_bytes_(max_bytes) {
    out_ = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[";
  }

  template <class... Parts>
  void event(fmt::format_string<Parts...> format, Parts&&... parts) {
    out_ += separator_;
    fmt::format_to(std::back_inserter(out_), format, std::forward<Parts>(parts)...);
    separator_ = ",\n";
  }

  void name(const char* what, int process, size_t thread, std::string_view name) {
    event(R"({{"ph":"M","name":"{}","pid":{},"tid":{},"args":{{"name":{}}}}})", what, process,
          thread, text(name));
  }

  void check() const { check_size(out_, max_bytes_); }
  void finish(const std::string& document) {
    out_ += "],\"metadata\":{\"session\":" + document + "}}\n";
  }

  static std::string text(std::string_view value) { return text_of(ordered_json(value)); }

 private:
  std::string& out_;
  const size_t max_bytes_;
  const char* separator_ = "\n";
};

std::string track(const SessionSeries& series) {
  std::string name = series.metric;
  for (const auto& [label, value] : series.labels) name += " " + value;
  return name;
}

void write_series(const SessionPieces& session, TraceWriter& trace) {
  for (const SessionSeries& series : session.series) {
    const std::string name = TraceWriter::text(track(series));
    for (const SamplePoint& point : session.points(series)) {
      trace.event(R"({{"ph":"C","name":{},"pid":{},"ts":{},"args":{{"value":{}}}}})", name,
                  kTelemetry, point.at.count(), series.counter() ? point.last : point.mean);
    }
    trace.check();
  }
}

void write_inferences(const SessionPieces& session, TraceWriter& trace) {
  size_t first_lane = 1;
  for (const SessionModel& model : session.models) {
    const std::string name = TraceWriter::text(model.name);
    const std::string unit = TraceWriter::text(model.compute_unit);
    std::vector<SessionTime> busy_until;
    each_inference(session, model, [&](const SessionInference& inference) {
      auto lane = std::find_if(busy_until.begin(), busy_until.end(),
                               [&](SessionTime until) { return until <= inference.begins; });
      if (lane == busy_until.end()) {
        if (busy_until.size() < kMaxLanes) busy_until.push_back({});
        lane = busy_until.end() - 1;
      }
      *lane = inference.ends();
      const ordered_json items = inference.items;
      trace.event(R"({{"ph":"X","name":{},"cat":{},"pid":{},"tid":{},"ts":{},"dur":{:.3f},)"
                  R"("args":{{"ok":{},"items":{}}}}})",
                  name, unit, kInferences,
                  first_lane + static_cast<size_t>(lane - busy_until.begin()),
                  inference.begins.count(), to_seconds(inference.duration) * 1e6, inference.ok,
                  text_of(items));
    });
    for (size_t lane = 0; lane < busy_until.size(); ++lane) {
      trace.name("thread_name", kInferences, first_lane + lane,
                 model.name + " (" + model.compute_unit + ")");
    }
    first_lane += busy_until.size();
    trace.check();
  }
}

}  // namespace

void export_trace(const SessionPieces& session, size_t max_bytes, std::string& out) {
  TraceWriter trace(out, max_bytes);
  trace.name("process_name", kTelemetry, 0,
             "anemon " + (session.row.name.empty() ? session.row.id : session.row.name));
  if (!session.models.empty()) trace.name("process_name", kInferences, 0, "inferences");
  for (const SessionAnnotation& annotation : session.annotations) {
    trace.event(R"({{"ph":"i","name":{},"pid":{},"tid":0,"ts":{},"s":"g"}})",
                TraceWriter::text(annotation.text), kTelemetry, annotation.at.count());
  }
  write_series(session, trace);
  write_inferences(session, trace);
  trace.finish(session.document);
}

}  // namespace anemon
