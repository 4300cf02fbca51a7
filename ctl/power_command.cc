#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/duration.h"
#include "core/json_access.h"
#include "ctl/context.h"
#include "ctl/counter.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/metrics_snapshot.h"
#include "ctl/numbers.h"

namespace anemon {
namespace {

struct ComponentPower {
  std::string component, source;
  std::optional<double> watts, span_seconds, peak_watts;
  bool watts_estimated = false;
  std::optional<CounterAdvance> energy;  // within the window
  bool energy_estimated = false;
  std::string provenance;
};

ComponentPower& entry(std::vector<ComponentPower>& list, const Json& labels) {
  const std::string component = text(labels, "/component");
  const std::string source = text(labels, "/source");
  const auto found = std::ranges::find_if(list, [&](const ComponentPower& each) {
    return each.component == component && each.source == source;
  });
  if (found != list.end()) return *found;
  list.emplace_back();
  list.back().component = component;
  list.back().source = source;
  return list.back();
}

std::vector<ComponentPower> collect(const MetricsSnapshot& now, const Json& series) {
  std::vector<ComponentPower> list;
  for (const Json& reading : now.values("anemon_power_watts")) {
    const Json& labels = at(reading, "/labels");
    ComponentPower& power = entry(list, labels);
    power.watts = number(reading, "/value");
    power.watts_estimated = is_estimated(reading);
    power.provenance = text(reading, "/provenance");
    power.span_seconds = now.value("anemon_power_span_seconds",
                                   {{"component", power.component}, {"source", power.source}});
    power.peak_watts =
        now.value("anemon_power_peak_watts", {{"component", power.component}, {"window", "60s"}});
  }
  for (const Json& one : at(series, "/series")) {
    ComponentPower& power = entry(list, at(one, "/labels"));
    power.energy = counter_advance(at(one, "/points"));
    power.energy_estimated = is_estimated(one);
    if (power.provenance.empty()) power.provenance = text(one, "/provenance");
  }
  return list;
}

Json optional_json(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json power_document(const std::vector<ComponentPower>& list, Duration window) {
  Json components = Json::array();
  for (const ComponentPower& power : list) {
    Json energy = nullptr;
    if (power.energy) {
      energy = {{"joules", power.energy->amount},
                {"covered_seconds", power.energy->seconds},
                {"mean_watts", optional_json(power.energy->rate())},
                {"provenance", power.energy_estimated ? "estimated" : "measured"}};
    }
    components.push_back({{"component", power.component},
                          {"source", power.source},
                          {"watts", optional_json(power.watts)},
                          {"span_seconds", optional_json(power.span_seconds)},
                          {"peak_watts_60s", optional_json(power.peak_watts)},
                          {"provenance", power.provenance},
                          {"energy", std::move(energy)}});
  }
  return {{"schema", "anemon.power/1"},
          {"window_seconds", to_seconds(window)},
          {"components", std::move(components)}};
}

Table power_table(const std::vector<ComponentPower>& list) {
  Table table;
  table.columns = {{"COMPONENT", "component"},
                   {"SOURCE", "source", false, Column::Fit::drop},
                   {"NOW W", "watts", true},
                   {"SPAN s", "span_seconds", true, Column::Fit::drop},
                   {"PEAK 60s W", "peak_watts_60s", true},
                   {"ENERGY J", "joules", true},
                   {"OVER s", "covered_seconds", true},
                   {"MEAN W", "mean_watts", true},
                   {"PROVENANCE", "provenance", false, Column::Fit::drop}};
  for (const ComponentPower& power : list) {
    std::optional<double> joules, covered, mean;
    if (power.energy) {
      joules = power.energy->amount;
      covered = power.energy->seconds;
      mean = power.energy->rate();
    }
    table.rows.push_back(
        {text_cell(power.component), text_cell(power.source),
         number_cell(power.watts, {}, power.watts_estimated), number_cell(power.span_seconds, {}),
         number_cell(power.peak_watts, {}, power.watts_estimated),
         number_cell(joules, {}, power.energy_estimated), number_cell(covered, {1}),
         number_cell(mean, {}, power.energy_estimated), text_cell(power.provenance)});
  }
  return table;
}

std::string headline(const std::vector<ComponentPower>& list) {
  std::string line;
  for (const ComponentPower& power : list) {
    if (!power.watts) continue;
    line += fmt::format("{}{} {}{:.2f} W", line.empty() ? "" : ", ", power.component,
                        power.watts_estimated ? "~" : "", *power.watts);
  }
  return line.empty() ? "no power now" : line;
}

[[noreturn]] void throw_missing(const MetricsSnapshot& now,
                                const std::vector<std::string>& components) {
  // Power comes from energy, whose signals know more.
  std::string reason = now.reason("anemon_energy_joules_total");
  if (reason.empty()) reason = now.reason("anemon_power_watts");
  if (reason.empty()) reason = "no such component";
  const std::string what =
      components.empty() ? "power" : fmt::format("power of {}", fmt::join(components, ", "));
  throw MissingError(fmt::format("no {} on this machine: {}", what, reason), "anemonctl doctor");
}

}  // namespace

int show_power(Context& context, const Arguments& arguments) {
  const Duration window = arguments.duration("since").value_or(std::chrono::minutes(1));
  const MetricsSnapshot now(std::make_shared<const Json>(
      context.client().metrics({"anemon_power_*", "anemon_energy_joules_total"}, true)));
  SeriesRequest request;
  request.match = {"anemon_energy_joules_total"};
  request.from = "now-" + format_duration(window);
  request.to = "now";
  std::vector<ComponentPower> list = collect(now, context.client().series(request));

  const auto& wanted = arguments.operands();
  if (!wanted.empty()) {
    std::erase_if(list, [&](const ComponentPower& power) {
      return std::ranges::find(wanted, power.component) == wanted.end();
    });
  }
  if (list.empty()) throw_missing(now, wanted);
  for (const std::string& component : wanted) {
    const auto found = std::ranges::find(list, component, &ComponentPower::component);
    if (found == list.end()) context.remark("anemonctl: power: nothing known of " + component);
  }

  Report report;
  report.headline = headline(list);
  report.document = std::make_shared<const Json>(power_document(list, window));
  report.tables = {power_table(list)};
  report.next = "anemonctl run -- CMD";
  print_report(report, context.out);
  return kExitDone;
}

}  // namespace anemon
