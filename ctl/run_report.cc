#include "ctl/run_report.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "ctl/numbers.h"
#include "ctl/session_report.h"

namespace anemon {
namespace {

// The energy of one component and source over all runs.
struct ComponentEnergy {
  std::string component, source, provenance;
  std::vector<double> gross, net, watts;
};

std::vector<ComponentEnergy> energy_by_component(const Measurement& measurement) {
  std::vector<ComponentEnergy> result;
  for (const MeasuredRun& run : measurement.runs) {
    for (const Json& row : at(*run.session, "/summary/energy")) {
      const std::string component = text(row, "/component");
      const std::string source = text(row, "/source");
      auto found = std::ranges::find_if(result, [&](const ComponentEnergy& each) {
        return each.component == component && each.source == source;
      });
      if (found == result.end()) {
        result.push_back({component, source, text(row, "/provenance"), {}, {}, {}});
        found = std::prev(result.end());
      }
      if (const auto joules = number(row, "/joules")) found->gross.push_back(*joules);
      if (const auto watts = number(row, "/mean_watts")) found->watts.push_back(*watts);
      if (!measurement.baseline) continue;
      const auto net = net_joules(*run.session, *measurement.baseline, component);
      if (net) found->net.push_back(*net);
    }
  }
  return result;
}

Json spread_json(const std::optional<Spread>& value) {
  if (!value) return nullptr;
  return {{"median", value->median}, {"min", value->min}, {"max", value->max}};
}

std::vector<double> collect(const Measurement& measurement,
                            const std::function<double(const MeasuredRun&)>& value) {
  std::vector<double> values;
  for (const MeasuredRun& run : measurement.runs) values.push_back(value(run));
  return values;
}

double elapsed(const MeasuredRun& run) { return to_seconds(run.end.elapsed); }
double cpu(const MeasuredRun& run) { return run.end.cpu_seconds; }
double resident(const MeasuredRun& run) { return static_cast<double>(run.end.max_resident_bytes); }

Json baseline_json(const Measurement& measurement) {
  if (!measurement.baseline) return nullptr;
  Json watts = Json::object();
  for (const Json& row : at(*measurement.baseline, "/summary/energy")) {
    if (number(row, "/mean_watts")) watts[text(row, "/component")] = row["mean_watts"];
  }
  return {{"duration_seconds", at(*measurement.baseline, "/summary/duration_seconds/value")},
          {"mean_watts", std::move(watts)},
          {"provenance", "derived"}};
}

Json run_document(const Measurement& measurement) {
  Json runs = Json::array();
  for (const MeasuredRun& run : measurement.runs) {
    runs.push_back({{"exit_code", run.end.exit_code},
                    {"signal", run.end.signal ? Json(*run.end.signal) : Json(nullptr)},
                    {"elapsed_seconds", elapsed(run)},
                    {"cpu_seconds", cpu(run)},
                    {"max_resident_bytes", run.end.max_resident_bytes},
                    {"session", *run.session}});
  }
  Json energy = Json::array();
  for (const ComponentEnergy& each : energy_by_component(measurement)) {
    energy.push_back({{"component", each.component},
                      {"source", each.source},
                      {"gross_joules", spread_json(spread(each.gross))},
                      {"net_joules", spread_json(spread(each.net))},
                      {"net_provenance", "estimated"},
                      {"mean_watts", spread_json(spread(each.watts))},
                      {"provenance", each.provenance}});
  }
  return {{"schema", "anemon.run/1"},
          {"command", measurement.command},
          {"warmup", measurement.warmup},
          {"baseline", baseline_json(measurement)},
          {"summary",
           {{"runs", measurement.runs.size()},
            {"elapsed_seconds", spread_json(spread(collect(measurement, elapsed)))},
            {"cpu_seconds", spread_json(spread(collect(measurement, cpu)))},
            {"max_resident_bytes", spread_json(spread(collect(measurement, resident)))},
            {"energy", std::move(energy)}}},
          {"runs", std::move(runs)}};
}

Table runs_table(const Measurement& measurement) {
  Table table{"",
              {{"RUN", "run", true},
               {"SESSION", "session"},
               {"EXIT", "exit_code", true},
               {"TIME s", "elapsed_seconds", true},
               {"CPU s", "cpu_seconds", true},
               {"PEAK MiB", "max_resident_bytes", true}},
              {}};
  double index = 0;
  for (const MeasuredRun& run : measurement.runs) {
    Cell exit = number_cell(run.end.exit_code, {0});
    if (run.end.exit_code != 0) exit.tone = Tone::bad;
    table.rows.push_back({number_cell(++index, {0}), text_cell(text(*run.session, "/id")), exit,
                          number_cell(elapsed(run), {3}), number_cell(cpu(run), {3}),
                          number_cell(resident(run), {1, 1.0 / (1 << 20)})});
  }
  return table;
}

Table energies_table(const Measurement& measurement) {
  const bool several = measurement.runs.size() > 1;
  Table table;
  table.title = several ? "Energy of a run, median" : "Energy";
  table.columns = {{"COMPONENT", "component"},
                   {"SOURCE", "source", false, Column::Fit::drop},
                   {"GROSS J", "gross_joules", true}};
  if (measurement.baseline) table.columns.push_back({"NET J", "net_joules", true});
  if (several) {
    table.columns.push_back({"MIN J", "min_gross_joules", true});
    table.columns.push_back({"MAX J", "max_gross_joules", true});
  }
  table.columns.push_back({"MEAN W", "mean_watts", true});
  table.columns.push_back({"PROVENANCE", "provenance"});
  for (const ComponentEnergy& each : energy_by_component(measurement)) {
    const bool estimated = each.provenance == "estimated";
    const auto member = [](const std::optional<Spread>& value, double Spread::*which) {
      return value ? std::optional((*value).*which) : std::nullopt;
    };
    const auto gross = spread(each.gross);
    std::vector<Cell> row = {text_cell(each.component), text_cell(each.source),
                             number_cell(member(gross, &Spread::median), {}, estimated)};
    if (measurement.baseline) {
      row.push_back(number_cell(member(spread(each.net), &Spread::median), {}, true));
    }
    if (several) {
      row.push_back(number_cell(member(gross, &Spread::min), {}, estimated));
      row.push_back(number_cell(member(gross, &Spread::max), {}, estimated));
    }
    row.push_back(number_cell(member(spread(each.watts), &Spread::median), {}, estimated));
    row.push_back(text_cell(each.provenance));
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string headline(const Measurement& measurement) {
  const auto time = spread(collect(measurement, elapsed));
  std::string energy;
  for (const ComponentEnergy& each : energy_by_component(measurement)) {
    const auto gross = spread(each.gross);
    if (!gross) continue;
    energy += fmt::format(", {} {}{} J", each.component, each.provenance == "estimated" ? "~" : "",
                          short_number(gross->median));
  }
  return fmt::format(
      "{}: {}{}{}", fmt::join(measurement.command, " "), time ? span_text(time->median) : "-",
      measurement.runs.size() > 1 ? " (median)" : "", energy.empty() ? ", energy unknown" : energy);
}

}  // namespace

std::optional<Spread> spread(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const size_t middle = values.size() / 2;
  const double median =
      values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return Spread{median, values.front(), values.back()};
}

std::optional<double> net_joules(const Json& session, const Json& baseline,
                                 const std::string& component) {
  const auto member_of = [&](const Json& document, const char* member) {
    for (const Json& row : at(document, "/summary/energy")) {
      if (text(row, "/component") == component) return number(row, member);
    }
    return std::optional<double>{};
  };
  const auto gross = member_of(session, "/joules");
  const auto idle_watts = member_of(baseline, "/mean_watts");
  const auto duration = number(session, "/summary/duration_seconds/value");
  if (!gross || !idle_watts || !duration) return std::nullopt;
  return *gross - *idle_watts * *duration;
}

Report run_report(const Measurement& measurement) {
  Report report;
  report.headline = headline(measurement);
  report.document = std::make_shared<const Json>(run_document(measurement));
  if (measurement.runs.empty()) return report;
  report.tables = {runs_table(measurement), energies_table(measurement)};
  report.flat = report.tables.front();
  const auto& last = measurement.runs.back().session;
  if (measurement.runs.size() == 1) {
    const auto details = session_report(last);
    for (const Table& table : details.tables) {
      const bool wanted =
          table.title == "Power" || table.title == "Activity" || table.title == "Inference";
      if (wanted) report.tables.push_back(table);
    }
  }
  if (measurement.baseline && !report.tables[1].rows.empty()) {
    report.notes.push_back(
        fmt::format("Net of the idle machine, measured for {} before.",
                    span_text(number(*measurement.baseline, "/summary/duration_seconds/value"))));
  }
  for (std::string& line : missing_lines(*last)) report.notes.push_back(std::move(line));
  report.next = "anemonctl sessions show " + text(*last, "/id");
  return report;
}

}  // namespace anemon
