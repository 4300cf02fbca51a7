#include "sessions/session_limits.h"

#include <algorithm>

#include "core/dated_id.h"
#include "core/utf8.h"
#include "sessions/session_error.h"

namespace anemon {
namespace {

[[noreturn]] void refuse(const std::string& message, const std::string& hint = {}) {
  throw SessionError(SessionErrorCode::bad_request, message, hint);
}

bool printable(std::string_view text, size_t max_bytes) {
  return text.size() <= max_bytes && is_clean_utf8(text);
}

bool label_name(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (text.empty() || text.size() > kMaxLabelNameBytes || !letter(text.front())) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

void check_name(const std::string& name) {
  if (!printable(name, kMaxNameBytes) || name.find('/') != std::string::npos) {
    refuse("session name: not printable text", "use at most 64 bytes of UTF-8 without a slash");
  }
  if (name == "last" || looks_like_dated_id(name)) {
    refuse("session name " + name + ": reserved", "\"last\" and what looks like an id mean others");
  }
}

}  // namespace

void check_request(const SessionRequest& request, const SessionOptions& options) {
  check_name(request.name);
  if (request.labels.size() > kMaxLabels) {
    refuse("labels: " + std::to_string(request.labels.size()) + " are too many",
           "a session has at most 32");
  }
  for (const auto& [name, value] : request.labels) {
    if (!label_name(name)) {
      refuse("label " + to_clean_utf8(name, kMaxLabelNameBytes) + ": not a name",
             "use a letter or _, then letters, digits, _ . -; at most 64 bytes");
    }
    if (!printable(value, kMaxLabelValueBytes)) {
      refuse("label " + name + ": the value is not printable text", "at most 256 bytes of UTF-8");
    }
  }
  if (request.pids.size() > kMaxPids) {
    refuse("pids: " + std::to_string(request.pids.size()) + " are too many",
           "a session has at most 64");
  }
  for (const pid_t pid : request.pids) {
    if (pid <= 0) refuse("pid " + std::to_string(pid) + ": not a process");
  }
  if (!request.max_duration) return;
  if (*request.max_duration <= Duration::zero() || *request.max_duration > options.max_duration) {
    refuse("max_duration_seconds: out of range",
           "above 0, at most " +
               std::to_string(static_cast<int64_t>(to_seconds(options.max_duration))) +
               " (sessions.max_duration in the configuration)");
  }
}

void check_annotation(const std::string& text) {
  if (text.empty() || !printable(text, kMaxAnnotationBytes)) {
    refuse("annotation: not printable text", "use 1 to 4096 bytes of UTF-8");
  }
}

}  // namespace anemon
