// The two JSON forms: one document, and one line per fact.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/time_expression.h"
#include "sessions/session_document.h"
#include "sessions/session_export.h"
#include "sessions/session_samples.h"

namespace anemon {
namespace {

using nlohmann::ordered_json;

std::string text(std::string_view value) { return text_of(ordered_json(value)); }

void append_inference(const SessionPieces& session, const SessionModel& model,
                      const SessionInference& inference, std::string& out) {
  const ordered_json items = inference.items;
  fmt::format_to(std::back_inserter(out),
                 R"("model":{},"compute_unit":{},"begin":{:.6f},"duration_seconds":{},"ok":{},)"
                 R"("items":{}}})",
                 text(model.name), text(model.compute_unit),
                 unix_seconds(session.row.started + inference.begins),
                 to_seconds(inference.duration), inference.ok, text_of(items));
}

}  // namespace

void export_json(const SessionPieces& session, size_t max_bytes, std::string& out) {
  out = session.document;
  out.pop_back();  // the closing brace
  out += R"(,"samples":{"columns":["time","last","min","max","mean","count"],"series":[)";
  const char* separator = "";
  for (const SessionSeries& series : session.series) {
    const SamplePoints points = session.points(series);
    if (points.empty()) continue;
    out += separator;
    append_series_json(session, series, points, out);
    check_size(out, max_bytes);
    separator = ",";
  }
  out += R"(]},"inferences":[)";
  separator = "";
  for (const SessionModel& model : session.models) {
    each_inference(session, model, [&](const SessionInference& inference) {
      out += separator;
      out += '{';
      append_inference(session, model, inference, out);
      separator = ",";
    });
    check_size(out, max_bytes);
  }
  out += "]}\n";
}

void export_ndjson(const SessionPieces& session, size_t max_bytes, std::string& out) {
  out = R"({"type":"session","session":)" + session.document + "}\n";
  for (const SessionAnnotation& annotation : session.annotations) {
    fmt::format_to(std::back_inserter(out), R"({{"type":"annotation","time":{:.6f},"text":{}}})",
                   unix_seconds(session.row.started + annotation.at), text(annotation.text));
    out += '\n';
  }
  for (const SessionSeries& series : session.series) {
    const ordered_json labels = series.labels;
    const std::string names = R"("metric":)" + text(series.metric) + R"(,"labels":)" +
                              text_of(labels) + R"(,"provenance":)" + text(series.provenance);
    for (const SamplePoint& point : session.points(series)) {
      const bool raw = point.count == 1;
      fmt::format_to(std::back_inserter(out), R"({{"type":"sample","time":{:.6f},{},"value":{})",
                     unix_seconds(session.row.started + point.at), names,
                     series.counter() ? point.last : point.mean);
      if (!raw) {
        fmt::format_to(std::back_inserter(out), R"(,"min":{},"max":{},"last":{},"count":{})",
                       point.min, point.max, point.last, point.count);
      }
      out += "}\n";
    }
    check_size(out, max_bytes);
  }
  for (const SessionModel& model : session.models) {
    each_inference(session, model, [&](const SessionInference& inference) {
      out += R"({"type":"inference",)";
      append_inference(session, model, inference, out);
      out += '\n';
    });
    check_size(out, max_bytes);
  }
}

}  // namespace anemon
