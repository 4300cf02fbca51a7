// The checks that read the daemon's own account of itself.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>

#include "core/json_access.h"
#include "ctl/doctor.h"
#include "ctl/numbers.h"
#include "ctl/signal_advice.h"

namespace anemon {
namespace {

struct StateAdvice {
  std::string_view state;
  Verdict verdict;
  std::string_view fix;
};

constexpr std::array<StateAdvice, 6> kCollectorAdvice = {{
    {"ok", Verdict::ok, ""},
    {"disabled", Verdict::note, ""},
    {"starting", Verdict::note, "ask again in a moment"},
    {"failing", Verdict::fail,
     "see the daemon's log; collectors.{}.enabled: false switches it off"},
    {"stale", Verdict::fail, "its device is slow: give it a longer period"},
    {"stuck", Verdict::fail, "it hangs in its device or driver; the others go on without it"},
}};

const StateAdvice& advice(std::span<const StateAdvice> table, const std::string& state) {
  static constexpr StateAdvice kUnknown = {"", Verdict::warn, "this state is newer than anemonctl"};
  const auto found = std::ranges::find(table, std::string_view(state), &StateAdvice::state);
  return found == table.end() ? kUnknown : *found;
}

// What the player of a recording says from its end on: nothing is wrong with the collector.
constexpr std::string_view kRecordingEnded = "the recording has ended";

// A few of many: all are in the bundle.
std::string names_text(const std::vector<std::string>& names) {
  constexpr size_t kMost = 6;
  const auto shown = std::span(names).first(std::min(names.size(), kMost));
  std::string joined = fmt::format("{}", fmt::join(shown, ", "));
  if (names.size() > kMost) joined += fmt::format(" and {} more", names.size() - kMost);
  return joined;
}

}  // namespace

void check_collectors(const Json& status, std::vector<Check>& checks) {
  for (const Json& collector : at(status, "/collectors")) {
    const std::string state = text(collector, "/state");
    const StateAdvice& meaning = advice(kCollectorAdvice, state);
    const std::string name = text(collector, "/name");
    Check check{meaning.verdict, "collector " + name, state,
                fmt::format(fmt::runtime(meaning.fix), name)};
    const auto failures = number(collector, "/failures").value_or(0);
    const auto runs = number(collector, "/runs");
    if (runs && state != "disabled") check.finding += ", " + counted(*runs, "run");
    if (failures > 0) check.finding += fmt::format(", {}", counted(failures, "failure"));
    const std::string error = text(collector, "/last_error");
    if (!error.empty()) check.finding += ": " + error;
    if (error == kRecordingEnded) {
      check.verdict = Verdict::note;
      check.fix = "start the daemon again to play it again";
    }
    checks.push_back(std::move(check));
  }
}

void check_signals(const Json& status, std::vector<Check>& checks) {
  // Signals of one source that share a state and a reason share a line.
  struct Group {
    std::string source, state, reason, since;
    std::vector<std::string> names;
  };
  std::vector<Group> groups;
  for (const Json& signal : at(status, "/signals")) {
    const std::string source = text(signal, "/source");
    const std::string state = text(signal, "/state");
    const std::string reason = text(signal, "/reason");
    const std::string since = text(signal, "/since");
    std::string name = text(signal, "/signal");
    const std::string component = text(signal, "/component");
    if (!component.empty()) name += " of " + component;
    auto group = std::ranges::find_if(groups, [&](const Group& each) {
      return each.source == source && each.state == state && each.reason == reason;
    });
    if (group == groups.end()) {
      groups.push_back({source, state, reason, since, {}});
      group = std::prev(groups.end());
    }
    group->since = std::max(group->since, since);
    if (std::ranges::find(group->names, name) == group->names.end()) group->names.push_back(name);
  }
  std::ranges::stable_sort(groups, {}, &Group::source);
  for (const Group& group : groups) {
    const SignalAdvice advice = signal_advice(group.state, group.source, group.reason);
    std::string finding = group.state;
    if (!group.since.empty()) finding += " since " + instant_text(group.since);
    if (!group.reason.empty()) finding += ": " + group.reason;
    checks.push_back({advice.verdict, "source " + group.source,
                      fmt::format("{} ({})", finding, names_text(group.names)),
                      std::string(advice.fix)});
  }
}

void check_rejections(const MetricsSnapshot& metrics, std::vector<Check>& checks) {
  for (const Json& reading : metrics.values("anemon_readings_rejected_total")) {
    const double count = number(reading, "/value").value_or(0);
    if (count <= 0) continue;
    checks.push_back(
        {Verdict::warn, "plausibility",
         fmt::format("{} of collector {} dropped by rule {}", counted(count, "reading"),
                     text(reading, "/labels/collector"), text(reading, "/labels/rule")),
         "a sensor is broken, or this machine is unlike those that anemon knows: "
         "report it with doctor --bundle"});
  }
}

void check_store_and_sessions(const Json& status, std::vector<Check>& checks) {
  const double refused = number(status, "/store/refused").value_or(0);
  checks.push_back({refused > 0 ? Verdict::warn : Verdict::ok, "store",
                    fmt::format("{} of {} series, {} refused", as_text(at(status, "/store/series")),
                                as_text(at(status, "/store/capacity")), short_number(refused)),
                    refused > 0 ? "raise max_series of the collector that lacks room" : ""});
  const bool recording = at(status, "/sessions/recording") != false;
  const auto active = number(status, "/sessions/active");
  checks.push_back({recording ? Verdict::ok : Verdict::fail, "sessions",
                    recording
                        ? fmt::format("recorded, {} open", active ? short_number(*active) : "-")
                        : "cannot be recorded: " + text(status, "/sessions/reason"),
                    recording ? ""
                              : "make room or give the daemon's user the state directory; it "
                                "goes on by itself"});
}

}  // namespace anemon
