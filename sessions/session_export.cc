#include "sessions/session_export.h"

namespace anemon {
namespace {

struct FormatRow {
  std::string_view name;
  std::string_view content_type;
  std::string_view extension;
  void (*write)(const SessionPieces&, size_t, std::string&);
};

// In the order of SessionFormat.
constexpr FormatRow kFormats[] = {
    {"json", "application/json", "json", export_json},
    {"csv", "text/csv; charset=utf-8; header=present", "csv", export_csv},
    {"ndjson", "application/x-ndjson", "ndjson", export_ndjson},
    {"openmetrics", "application/openmetrics-text; version=1.0.0; charset=utf-8", "om",
     export_openmetrics},
    {"trace", "application/json", "trace.json", export_trace},
};

const FormatRow& row(SessionFormat format) { return kFormats[static_cast<size_t>(format)]; }

}  // namespace

std::optional<SessionFormat> find_session_format(std::string_view name) {
  for (size_t i = 0; i < std::size(kFormats); ++i) {
    if (kFormats[i].name == name) return static_cast<SessionFormat>(i);
  }
  return std::nullopt;
}

std::string_view content_type(SessionFormat format) { return row(format).content_type; }
std::string_view file_extension(SessionFormat format) { return row(format).extension; }

std::string export_session(const SessionPieces& session, SessionFormat format, size_t max_bytes) {
  std::string out;
  row(format).write(session, max_bytes, out);
  return out;
}

}  // namespace anemon
