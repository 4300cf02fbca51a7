#include "daemon/control_json.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "core/edit_distance.h"
#include "core/time_expression.h"
#include "exporters/api_request.h"

namespace anemon {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 8;
constexpr size_t kMaxEvents = 1000;
constexpr size_t kMaxListed = 256;  // elements of any other list or object
constexpr size_t kMaxText = 4096;
constexpr double kMaxSeconds = 366.0 * 86400;

std::string in_quotes(std::string_view text) {
  return "\"" + std::string(text.substr(0, 64)) + "\"";
}

[[noreturn]] void fail(const std::string& where, const std::string& reason, std::string hint = {}) {
  throw bad_request(where.empty() ? reason : where + ": " + reason, std::move(hint));
}

// Refuses what the parser would silently take: repeated names and bottomless nesting.
class StrictCallback {
 public:
  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (depth >= kMaxDepth) fail("", "the body is nested more than 8 levels deep");
    }
    if (event == Event::object_start) names_.emplace_back();
    if (event == Event::object_end) names_.pop_back();
    if (event == Event::key && !names_.back().insert(parsed.get_ref<std::string&>()).second) {
      fail("", "the member " + in_quotes(parsed.get_ref<std::string&>()) + " is there twice");
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> names_;  // of the objects that are open
};

Json parse_object(std::string_view body) {
  if (body.size() > kMaxControlBody) {
    throw ApiError(413, "too_large", "the body is larger than 64 KiB");
  }
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return Json::object();
  Json document;
  try {
    document = Json::parse(
        body.begin(), body.end(),
        [strict = StrictCallback()](int depth, Json::parse_event_t event, Json& parsed) mutable {
          return strict(depth, event, parsed);
        });
  } catch (const Json::exception& error) {
    const std::string_view what = error.what();
    const size_t at = what.find("] ");
    fail("", "the body is no JSON: " +
                 std::string(at == std::string_view::npos ? what : what.substr(at + 2)));
  }
  if (!document.is_object()) fail("", "the body must be a JSON object");
  return document;
}

// One object whose members are taken by name; what is not known is refused at once.
class Members {
 public:
  Members(const Json& object, std::string path, std::initializer_list<std::string_view> known)
      : object_(object), path_(std::move(path)) {
    if (!object.is_object()) fail(path_, "must be an object");
    for (const auto& [name, value] : object.items()) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      const std::string_view near = nearest_name(name, {known.begin(), known.size()});
      std::string hint;
      for (const std::string_view one : known) {
        hint += (hint.empty() ? "its members are " : ", ") + std::string(one);
      }
      if (!near.empty()) hint = "did you mean " + std::string(near) + "?";
      fail(path_, "unknown member " + in_quotes(name), hint);
    }
  }

  // Null is as good as absent.
  const Json* find(const char* name) const {
    const auto at = object_.find(name);
    return at == object_.end() || at->is_null() ? nullptr : &*at;
  }
  const Json& require(const char* name) const {
    const Json* value = find(name);
    if (value == nullptr) fail(path_, "the member " + in_quotes(name) + " is missing");
    return *value;
  }
  std::string place(const char* name) const { return path_.empty() ? name : path_ + "." + name; }

 private:
  const Json& object_;
  std::string path_;
};

std::string text_of(const Json& value, const std::string& where) {
  if (!value.is_string()) fail(where, "must be a string");
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() > kMaxText) fail(where, "is longer than 4096 bytes");
  return text;
}

Duration duration_of(const Json& value, const std::string& where) {
  if (!value.is_number()) fail(where, "must be a number of seconds");
  const double seconds = value.get<double>();
  if (!(seconds >= 0 && seconds <= kMaxSeconds)) fail(where, "must be between 0 and 366 days");
  return Duration(std::llround(seconds * 1e9));
}

Duration time_of(const Json& value, const std::string& where, Duration now_wall) {
  constexpr const char* kHint = "write 2026-01-31T12:00:00Z or Unix seconds";
  if (value.is_string()) {
    const auto time = parse_time(value.get_ref<const std::string&>(), now_wall);
    if (!time) fail(where, "is no time", kHint);
    return *time;
  }
  if (!value.is_number()) fail(where, "must be a time", kHint);
  const double seconds = value.get<double>();
  constexpr double kYear2200 = 7'258'118'400;
  if (!(seconds >= 0 && seconds < kYear2200)) fail(where, "is no time", kHint);
  return Duration(std::llround(seconds * 1e6) * 1000);  // microseconds: more a double does not tell
}

uint64_t count_of(const Json& value, const std::string& where) {
  if (!value.is_number_unsigned()) fail(where, "must be a whole number, not negative");
  return value.get<uint64_t>();
}

const Json& list_of(const Json& value, const std::string& where, size_t most) {
  if (!value.is_array()) fail(where, "must be a list");
  if (value.size() > most) fail(where, "has more than " + std::to_string(most) + " elements");
  return value;
}

const Json& object_of(const Json& value, const std::string& where) {
  if (!value.is_object()) fail(where, "must be an object");
  if (value.size() > kMaxListed) fail(where, "has more than 256 members");
  return value;
}

InferenceEvent inference_of(const Json& value, const std::string& where, Duration now_wall) {
  const Members members(value, where,
                        {"model", "compute_unit", "begin", "duration_seconds", "ok", "items"});
  InferenceEvent event;
  event.model = text_of(members.require("model"), members.place("model"));
  event.compute_unit = text_of(members.require("compute_unit"), members.place("compute_unit"));
  event.begin_wall = time_of(members.require("begin"), members.place("begin"), now_wall);
  event.duration =
      duration_of(members.require("duration_seconds"), members.place("duration_seconds"));
  if (const Json* ok = members.find("ok")) {
    if (!ok->is_boolean()) fail(members.place("ok"), "must be true or false");
    event.ok = ok->get<bool>();
  }
  if (const Json* items = members.find("items")) {
    const std::string place = members.place("items");
    for (const auto& [kind, count] : object_of(*items, place).items()) {
      event.items.emplace(kind, count_of(count, place + "." + kind));
    }
  }
  return event;
}

}  // namespace

SessionRequest parse_session_request(std::string_view body) {
  const Json document = parse_object(body);
  const Members members(document, "", {"name", "labels", "pids", "max_duration_seconds"});
  SessionRequest request;
  if (const Json* name = members.find("name")) request.name = text_of(*name, "name");
  if (const Json* labels = members.find("labels")) {
    for (const auto& [label, value] : object_of(*labels, "labels").items()) {
      request.labels.emplace(label, text_of(value, "labels." + label));
    }
  }
  if (const Json* pids = members.find("pids")) {
    for (const Json& pid : list_of(*pids, "pids", kMaxListed)) {
      const uint64_t number = count_of(pid, "pids");
      if (number == 0 || number > static_cast<uint64_t>(std::numeric_limits<int32_t>::max())) {
        fail("pids", "holds a number that is no process id");
      }
      request.pids.push_back(static_cast<pid_t>(number));
    }
  }
  if (const Json* longest = members.find("max_duration_seconds")) {
    request.max_duration = duration_of(*longest, "max_duration_seconds");
  }
  return request;
}

Annotation parse_annotation(std::string_view body, Duration now_wall) {
  const Json document = parse_object(body);
  const Members members(document, "", {"text", "time"});
  Annotation annotation;
  annotation.text = text_of(members.require("text"), "text");
  if (const Json* time = members.find("time")) annotation.wall = time_of(*time, "time", now_wall);
  return annotation;
}

std::vector<InferenceEvent> parse_inferences(std::string_view body, Duration now_wall) {
  const Json document = parse_object(body);
  const Members members(document, "", {"events"});
  std::vector<InferenceEvent> events;
  const Json& list = list_of(members.require("events"), "events", kMaxEvents);
  for (size_t i = 0; i < list.size(); ++i) {
    events.push_back(inference_of(list[i], "events[" + std::to_string(i) + "]", now_wall));
  }
  return events;
}

void parse_nothing(std::string_view body) {
  const Json document = parse_object(body);
  if (!document.empty()) fail("", "this request takes no members");
}

}  // namespace anemon
