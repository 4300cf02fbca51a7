#include "sessions/session_document.h"

#include <nlohmann/json.hpp>

#include "core/time_expression.h"

namespace anemon {
namespace {

using nlohmann::ordered_json;

ordered_json time_or_null(const std::optional<WallTime>& time) {
  return time ? ordered_json(format_time(*time)) : ordered_json(nullptr);
}

}  // namespace

ordered_json annotation_document(const SessionRow& row, const SessionAnnotation& annotation) {
  return {{"time", format_time(row.started + annotation.at)}, {"text", annotation.text}};
}

ordered_json session_document(const SessionRow& row,
                              const std::vector<SessionAnnotation>& annotations,
                              ordered_json summary) {
  ordered_json document;
  document["schema"] = "anemon.session/1";
  document["id"] = row.id;
  document["name"] = row.name;
  document["state"] = to_string(row.state);
  document["labels"] = row.labels;
  document["pids"] = row.pids;
  document["started"] = format_time(row.started);
  document["stopped"] = time_or_null(row.stopped);
  document["max_duration_seconds"] = to_seconds(row.max_duration);
  auto notes = ordered_json::array();
  for (const SessionAnnotation& annotation : annotations) {
    notes.push_back(annotation_document(row, annotation));
  }
  document["annotations"] = std::move(notes);
  auto environment = ordered_json::parse(row.environment, nullptr, false);
  document["environment"] = environment.is_object() ? environment : ordered_json::object();
  ordered_json recording;
  recording["bytes"] = row.bytes;
  recording["samples"] = row.samples;
  recording["resolution_seconds"] = nullptr;
  if (row.resolution > SessionTime::zero()) {
    recording["resolution_seconds"] = to_seconds(row.resolution);
  }
  recording["complete"] = row.complete;
  recording["reason"] = nullptr;
  if (!row.reason.empty()) recording["reason"] = row.reason;
  document["recording"] = std::move(recording);
  document["summary"] = std::move(summary);
  return document;
}

ordered_json session_list_row(const SessionRow& row, const ordered_json& brief) {
  ordered_json document;
  document["id"] = row.id;
  document["name"] = row.name;
  document["state"] = to_string(row.state);
  document["started"] = format_time(row.started);
  document["stopped"] = time_or_null(row.stopped);
  document["duration_seconds"] = to_seconds(row.length);
  document["labels"] = row.labels;
  document.update(brief);
  return document;
}

std::string text_of(const ordered_json& document) {
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace anemon
