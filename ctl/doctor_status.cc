// The checks that read the daemon's own account of itself.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "ctl/doctor.h"
#include "ctl/document.h"
#include "ctl/numbers.h"

namespace anemon {
namespace {

struct StateAdvice {
  std::string_view state;
  Verdict verdict;
  std::string_view fix;
};

constexpr std::array<StateAdvice, 6> kSignalAdvice = {{
    {"unproven", Verdict::note, "it becomes live once it moves: put some load on it"},
    {"stale", Verdict::warn, "the device no longer publishes: see its collector above"},
    {"gated", Verdict::warn, "the system refreshes it only for entitled readers"},
    {"frozen", Verdict::warn,
     "its device publishes, but the value stands still: do not rely on it"},
    {"refused", Verdict::warn, "run anemond as a user who may read it, or as root"},
    {"absent", Verdict::note, ""},
}};

constexpr std::array<StateAdvice, 6> kCollectorAdvice = {{
    {"ok", Verdict::ok, ""},
    {"disabled", Verdict::note, ""},
    {"starting", Verdict::note, "ask again in a moment"},
    {"failing", Verdict::fail, "see the daemon's log; disable it with collectors.NAME.enabled"},
    {"stale", Verdict::fail, "its device is slow: give it a longer period"},
    {"stuck", Verdict::fail, "it hangs in its device or driver; the others go on without it"},
}};

const StateAdvice& advice(std::span<const StateAdvice> table, const std::string& state) {
  static constexpr StateAdvice kUnknown = {"", Verdict::warn, "this state is newer than anemonctl"};
  const auto found = std::ranges::find(table, std::string_view(state), &StateAdvice::state);
  return found == table.end() ? kUnknown : *found;
}

std::string fix_for(const Json& signal, const StateAdvice& state) {
  if (state.state == "refused" && text(signal, "/source") == "rapl") {
    return "let the daemon's user read energy_uj below /sys/class/powercap, for example with a "
           "udev rule, or run anemond as root";
  }
  return std::string(state.fix);
}

}  // namespace

void check_collectors(const Json& status, std::vector<Check>& checks) {
  for (const Json& collector : at(status, "/collectors")) {
    const std::string state = text(collector, "/state");
    const StateAdvice& meaning = advice(kCollectorAdvice, state);
    Check check{meaning.verdict, "collector " + text(collector, "/name"), state,
                std::string(meaning.fix)};
    const auto failures = number(collector, "/failures").value_or(0);
    const auto runs = number(collector, "/runs");
    if (runs && state != "disabled") check.finding += ", " + counted(*runs, "run");
    if (failures > 0) check.finding += fmt::format(", {}", counted(failures, "failure"));
    const std::string error = text(collector, "/last_error");
    if (!error.empty()) check.finding += ": " + error;
    checks.push_back(std::move(check));
  }
}

void check_signals(const Json& status, std::vector<Check>& checks) {
  // Signals that share a state and a reason share a line.
  struct Group {
    std::string state, reason, fix;
    Verdict verdict;
    std::vector<std::string> names;
  };
  std::vector<Group> groups;
  size_t live = 0;
  for (const Json& signal : at(status, "/signals")) {
    const std::string state = text(signal, "/state");
    if (state == "live") {
      ++live;
      continue;
    }
    const std::string reason = text(signal, "/reason");
    const StateAdvice& meaning = advice(kSignalAdvice, state);
    std::string name = text(signal, "/signal");
    const std::string component = text(signal, "/component");
    if (!component.empty()) name += " of " + component;
    auto group = std::ranges::find_if(
        groups, [&](const Group& each) { return each.state == state && each.reason == reason; });
    if (group == groups.end()) {
      groups.push_back({state, reason, fix_for(signal, meaning), meaning.verdict, {}});
      group = std::prev(groups.end());
    }
    if (std::ranges::find(group->names, name) == group->names.end()) group->names.push_back(name);
  }
  checks.push_back({Verdict::ok, "signals", fmt::format("{} live", live), ""});
  for (const Group& group : groups) {
    std::string finding = group.state;
    if (!group.reason.empty()) finding += ": " + group.reason;
    checks.push_back({group.verdict, "signals",
                      fmt::format("{} ({})", finding, fmt::join(group.names, ", ")), group.fix});
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
