#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "ctl/account_text.h"
#include "ctl/context.h"
#include "ctl/engine_facts.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/numbers.h"

namespace anemon {
namespace {

Tone tone_of_state(const std::string& state) {
  if (state == "ok") return Tone::good;
  if (state == "disabled") return Tone::faint;
  return state == "starting" ? Tone::plain : Tone::bad;
}

Table collectors_table(const Json& status) {
  Table table;
  table.title = "Collectors";
  table.columns = {
      {"NAME", "collector"},
      {"STATE", "state"},
      {"PERIOD s", "period_seconds", true},
      {"RUNS", "runs", true},
      {"FAILED", "failures", true},
      {"MISSED", "missed_ticks", true},
      {"LAST SUCCESS", "last_success", false, Column::Fit::drop},
      {"LAST ERROR", "last_error", false, Column::Fit::elide},
  };
  for (const Json& collector : at(status, "/collectors")) {
    const std::string state = text(collector, "/state");
    const std::string success = text(collector, "/last_success");
    Cell success_cell = text_cell(success);
    if (!success.empty()) success_cell.shown = instant_text(success);
    const auto period = number(collector, "/period_seconds");
    Cell period_cell = number_cell(period);
    if (period) period_cell.shown = short_number(*period);
    table.rows.push_back({text_cell(text(collector, "/name")),
                          text_cell(state, tone_of_state(state)), period_cell,
                          number_cell(number(collector, "/runs"), {0}),
                          number_cell(number(collector, "/failures"), {0}),
                          number_cell(number(collector, "/missed_ticks"), {0}), success_cell,
                          text_cell(text(collector, "/last_error"))});
  }
  return table;
}

std::string host_line(const Json& status) {
  std::string line;
  for (const char* member :
       {"/host/chip", "/host/model", "/host/os", "/host/os_version", "/host/arch"}) {
    const std::string part = text(status, member);
    if (!part.empty()) line += (line.empty() ? "" : ", ") + part;
  }
  const Json& virtual_machine = at(status, "/host/virtual");
  if (virtual_machine == true || virtual_machine == "true" || virtual_machine == "1") {
    line += ", virtual machine";
  }
  if (at(status, "/host/replay") == true) line += " (a recording)";
  return line;
}

std::string configuration_line(const Json& status) {
  const std::string path = text(status, "/config/path");
  std::string line = path.empty() ? "built-in defaults" : path;
  if (at(status, "/config/last_reload_ok") == false) {
    line += "; the last reload was refused: " + text(status, "/config/error");
  }
  if (!at(status, "/config/restart_required").empty()) {
    line += "; restart to use: ";
    bool first = true;
    for (const Json& key : at(status, "/config/restart_required")) {
      line += (first ? "" : ", ") + as_text(key);
      first = false;
    }
  }
  return line;
}

std::string sessions_line(const Json& status) {
  const auto active = number(status, "/sessions/active");
  std::string line = fmt::format("{} open", active ? short_number(*active) : "-");
  if (at(status, "/sessions/recording") == false) {
    line += "; cannot record: " + text(status, "/sessions/reason");
  }
  return line;
}

Table facts_table(const Json& status, const MetricsSnapshot& metrics) {
  Table table;
  table.columns = {{"", "fact"}, {"", "value", false, Column::Fit::elide}};
  const auto add = [&](const char* name, const std::string& value, Tone tone = Tone::plain) {
    if (!value.empty())
      table.rows.push_back({text_cell(name, Tone::faint), text_cell(value, tone)});
  };
  add("host", host_line(status));
  add("ane power", ane_power_text(metrics));
  add("ane activity", ane_activity_text(metrics));
  add("heat", heat_text(metrics));
  add("account", account_text(status));
  add("metrics", "http://" + text(status, "/listen") + "/metrics");
  add("socket", text(status, "/socket"));
  add("state", text(status, "/state_dir"));
  add("config", configuration_line(status),
      at(status, "/config/last_reload_ok") == false ? Tone::warning : Tone::plain);
  add("store",
      fmt::format("{} of {} series, {} samples, {}", as_text(at(status, "/store/series")),
                  as_text(at(status, "/store/capacity")), as_text(at(status, "/store/samples")),
                  bytes_text(number(status, "/store/bytes"))));
  add("sessions", sessions_line(status),
      at(status, "/sessions/recording") == false ? Tone::bad : Tone::plain);
  return table;
}

// "41 live, 3 absent, 1 refused", in the order of how good that is.
std::string signals_line(const Json& status) {
  static constexpr std::array<const char*, 7> kStates = {"live",   "unproven", "stale", "gated",
                                                         "frozen", "refused",  "absent"};
  std::string line;
  for (const char* state : kStates) {
    const auto& signals = at(status, "/signals");
    const auto count = std::ranges::count_if(
        signals, [&](const Json& signal) { return text(signal, "/state") == state; });
    if (count > 0) line += fmt::format("{}{} {}", line.empty() ? "" : ", ", count, state);
  }
  return line;
}

}  // namespace

int show_status(Context& context, const Arguments&) {
  const auto status = std::make_shared<const Json>(context.client().status());
  const bool ready = flag(*status, "/ready");
  const bool only_verdict = context.out.quiet && context.out.format == Format::table;
  if (only_verdict) return ready ? kExitDone : kExitBad;

  Report report;
  report.document = status;
  std::string late;
  for (const Json& name : at(*status, "/stale_collectors")) {
    late += (late.empty() ? "" : ", ") + as_text(name);
  }
  const std::string state = ready          ? "is ready"
                            : late.empty() ? "is not ready"
                                           : "is not ready, waiting for " + late;
  report.headline =
      fmt::format("anemond {} {}, up {}, process {}", text(*status, "/version"), state,
                  span_text(number(*status, "/uptime_seconds")), as_text(at(*status, "/pid")));
  const MetricsSnapshot metrics(
      std::make_shared<const Json>(context.client().metrics(kEngineMetrics, true)));
  Table facts = facts_table(*status, metrics);
  Table collectors = collectors_table(*status);
  report.flat = collectors;
  report.tables = {std::move(facts), std::move(collectors)};
  const std::string signals = signals_line(*status);
  if (!signals.empty()) report.notes.push_back("Signals: " + signals + ".");
  report.next = ready ? "anemonctl top" : "anemonctl doctor";
  print_report(report, context.out);
  return ready ? kExitDone : kExitBad;
}

}  // namespace anemon
