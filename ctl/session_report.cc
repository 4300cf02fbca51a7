#include "ctl/session_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "ctl/numbers.h"

namespace anemon {
namespace {

constexpr double kMebi = 1.0 / (1 << 20);

Cell cell(const Json& row, const char* pointer, NumberStyle style = {}) {
  return number_cell(number(row, pointer), style, is_estimated(row));
}

Cell named(const Json& row, const char* pointer) { return text_cell(text(row, pointer)); }

Table power_table(const Json& session) {
  Table table{"Power",
              {{"COMPONENT", "component"},
               {"SOURCE", "source", false, Column::Fit::drop},
               {"MEAN W", "mean_watts", true},
               {"MAX W", "max_watts", true},
               {"P50 W", "p50_watts", true},
               {"P95 W", "p95_watts", true},
               {"P99 W", "p99_watts", true},
               {"SAMPLES", "samples", true},
               {"PROVENANCE", "provenance", false, Column::Fit::drop}},
              {}};
  for (const Json& row : at(session, "/summary/power")) {
    table.rows.push_back({named(row, "/component"), named(row, "/source"), cell(row, "/mean_watts"),
                          cell(row, "/max_watts"), cell(row, "/p50_watts"), cell(row, "/p95_watts"),
                          cell(row, "/p99_watts"), number_cell(number(row, "/samples"), {0}),
                          named(row, "/provenance")});
  }
  return table;
}

Table activity_table(const Json& session) {
  Table table{"Activity",
              {{"ENGINE", "engine"},
               {"SIGNAL", "signal"},
               {"MEAN %", "mean_ratio", true},
               {"MAX %", "max_ratio", true},
               {"PROVENANCE", "provenance", false, Column::Fit::drop}},
              {}};
  for (const Json& row : at(session, "/summary/activity")) {
    std::string engine = text(row, "/engine");
    if (engine.empty()) engine = text(row, "/domain");
    table.rows.push_back({text_cell(engine), named(row, "/signal"),
                          cell(row, "/mean_ratio", {1, 100}), cell(row, "/max_ratio", {1, 100}),
                          named(row, "/provenance")});
  }
  return table;
}

Table temperature_table(const Json& session) {
  Table table{"Temperatures",
              {{"COMPONENT", "component"},
               {"SENSOR", "sensor", false, Column::Fit::elide},
               {"MEAN C", "mean_celsius", true},
               {"MAX C", "max_celsius", true},
               {"PROVENANCE", "provenance", false, Column::Fit::drop}},
              {}};
  for (const Json& row : at(session, "/summary/temperatures")) {
    table.rows.push_back({named(row, "/component"), named(row, "/sensor"),
                          cell(row, "/mean_celsius", {1}), cell(row, "/max_celsius", {1}),
                          named(row, "/provenance")});
  }
  return table;
}

Table memory_table(const Json& session) {
  Table table{"Memory",
              {{"TOTAL MiB", "total_bytes", true},
               {"PEAK USED MiB", "max_used_bytes", true},
               {"LEAST AVAILABLE MiB", "min_available_bytes", true},
               {"PEAK SWAP MiB", "max_swap_used_bytes", true}},
              {}};
  const Json& memory = at(session, "/summary/memory");
  const NumberStyle style{0, kMebi};
  if (number(memory, "/total_bytes") || number(memory, "/max_used_bytes")) {
    table.rows.push_back(
        {cell(memory, "/total_bytes", style), cell(memory, "/max_used_bytes", style),
         cell(memory, "/min_available_bytes", style), cell(memory, "/max_swap_used_bytes", style)});
  }
  return table;
}

Table task_table(const Json& session) {
  Table table{"Processes",
              {{"PID", "pid", true},
               {"PROCESS", "process", false, Column::Fit::elide},
               {"PEAK MiB", "peak_resident_bytes", true},
               {"LARGEST SEEN MiB", "max_resident_bytes", true},
               {"CPU s", "cpu_seconds", true}},
              {}};
  for (const Json& row : at(session, "/summary/tasks")) {
    table.rows.push_back({text_cell(as_text(at(row, "/pid"))), named(row, "/process"),
                          cell(row, "/peak_resident_bytes", {1, kMebi}),
                          cell(row, "/max_resident_bytes", {1, kMebi}), cell(row, "/cpu_seconds")});
  }
  return table;
}

Table inference_table(const Json& session) {
  Table table{"Inference",
              {{"MODEL", "model", false, Column::Fit::elide},
               {"UNIT", "compute_unit"},
               {"COUNT", "count", true},
               {"ERRORS", "errors", true},
               {"P50 ms", "p50_seconds", true},
               {"P90 ms", "p90_seconds", true},
               {"P99 ms", "p99_seconds", true},
               {"PER s", "throughput_per_second", true},
               {"J EACH", "energy_per_inference_joules", false, Column::Fit::drop}},
              {}};
  for (const Json& row : at(session, "/summary/inference")) {
    Cell energy = text_cell(pairs_text(at(row, "/energy_per_inference_joules")));
    table.rows.push_back(
        {named(row, "/model"), named(row, "/compute_unit"), number_cell(number(row, "/count"), {0}),
         number_cell(number(row, "/errors"), {0}), cell(row, "/latency_seconds/p50", {2, 1000}),
         cell(row, "/latency_seconds/p90", {2, 1000}), cell(row, "/latency_seconds/p99", {2, 1000}),
         cell(row, "/throughput_per_second"), energy});
  }
  return table;
}

Table annotation_table(const Json& session) {
  Table table{"Annotations", {{"TIME", "time"}, {"TEXT", "text", false, Column::Fit::elide}}, {}};
  for (const Json& row : at(session, "/annotations")) {
    Cell time = text_cell(text(row, "/time"));
    time.shown = instant_text(time.raw);
    table.rows.push_back({time, named(row, "/text")});
  }
  return table;
}

// Every number of the summary on a line of its own, whatever groups the summary has.
Table flat_summary(const Json& session) {
  Table table{"",
              {{"SECTION", "section"},
               {"SUBJECT", "subject"},
               {"STATISTIC", "statistic"},
               {"VALUE", "value", true},
               {"PROVENANCE", "provenance"}},
              {}};
  const auto add = [&](const std::string& section, const std::string& subject,
                       const std::string& statistic, const Json& value, const Json& owner) {
    table.rows.push_back(
        {text_cell(section), text_cell(subject), text_cell(statistic),
         number_cell(value.is_number() ? std::optional(value.get<double>()) : std::nullopt),
         text_cell(text(owner, "/provenance"))});
  };
  const auto add_row = [&](const std::string& section, const Json& row) {
    std::string subject;
    for (const auto& [key, value] : row.items()) {
      if (key == "provenance" || key.ends_with("_reason")) continue;
      if (value.is_string() || key == "pid")
        subject += (subject.empty() ? "" : " ") + as_text(value);
    }
    for (const auto& [key, value] : row.items()) {
      if (value.is_number() && key != "pid") add(section, subject, key, value, row);
      if (!value.is_object()) continue;
      for (const auto& [member, inner] : value.items()) {
        if (inner.is_number()) add(section, subject, key + '.' + member, inner, row);
      }
    }
  };
  const Json& summary = at(session, "/summary");
  if (!summary.is_object()) return table;
  for (const auto& [section, content] : summary.items()) {
    if (content.is_object() && content.contains("value")) {
      add("session", "", section, content["value"], content);
    } else if (content.is_object()) {
      add_row(section, content);
    } else if (content.is_array() && section != "gaps" && section != "missing") {
      for (const Json& row : content) {
        if (row.is_object()) add_row(section, row);
      }
    }
  }
  return table;
}

std::string environment_line(const Json& session) {
  std::string line;
  for (const char* member : {"/environment/chip", "/environment/model", "/environment/os",
                             "/environment/os_version", "/environment/arch"}) {
    const std::string part = text(session, member);
    if (!part.empty()) line += (line.empty() ? "On " : ", ") + part;
  }
  return line.empty() ? line : line + '.';
}

void add_coverage_notes(const Json& session, std::vector<std::string>& notes) {
  const auto asleep = number(session, "/summary/asleep_seconds/value");
  if (asleep.value_or(0) > 0) {
    notes.push_back(
        fmt::format("The machine slept for {}; that time is left out.", span_text(asleep)));
  }
  const auto gap = number(session, "/summary/gap_seconds/value");
  if (gap.value_or(0) > 0) {
    notes.push_back(fmt::format("Readings are missing for {}.", span_text(gap)));
  }
  const auto resolution = number(session, "/recording/resolution_seconds");
  if (resolution) {
    notes.push_back(fmt::format("Older samples are kept as means over {}.", span_text(resolution)));
  }
  if (at(session, "/recording/complete") == false) {
    const std::string reason = text(session, "/recording/reason");
    notes.push_back("The recording is not complete" + (reason.empty() ? "." : ": " + reason + '.'));
  }
}

}  // namespace

std::string session_headline(const Json& session) {
  const auto duration = number(session, "/summary/duration_seconds/value");
  std::string energy;
  for (const Json& row : at(session, "/summary/energy")) {
    const auto joules = number(row, "/joules");
    if (!joules) continue;
    energy += fmt::format("{}{} {}{} J", energy.empty() ? "" : ", ", text(row, "/component"),
                          is_estimated(row) ? "~" : "", short_number(*joules));
  }
  if (energy.empty()) energy = "energy unknown";
  return fmt::format("{} over {}", energy, span_text(duration));
}

Table energy_table(const Json& session) {
  Table table{"Energy",
              {{"COMPONENT", "component"},
               {"SOURCE", "source"},
               {"ENERGY J", "joules", true},
               {"MEAN W", "mean_watts", true},
               {"PROVENANCE", "provenance"}},
              {}};
  for (const Json& row : at(session, "/summary/energy")) {
    table.rows.push_back({named(row, "/component"), named(row, "/source"), cell(row, "/joules"),
                          cell(row, "/mean_watts"), named(row, "/provenance")});
  }
  return table;
}

std::vector<std::string> missing_lines(const Json& session) {
  // One line for what is missing, with all its reasons.
  std::vector<std::pair<std::string, std::string>> lines;
  for (const Json& row : at(session, "/summary/missing")) {
    std::string what = text(row, "/what");
    std::ranges::replace(what, '_', ' ');
    const std::string component = text(row, "/component");
    if (!component.empty()) what += " of " + component;
    const std::string state = text(row, "/state");
    if (!state.empty()) what += " (" + state + ")";
    const std::string reason = text(row, "/reason");
    const auto same = std::ranges::find(lines, what, &std::pair<std::string, std::string>::first);
    if (same == lines.end()) {
      lines.emplace_back(what, reason);
    } else {
      same->second += "; " + reason;
    }
  }
  std::vector<std::string> result;
  for (const auto& [what, reasons] : lines) {
    result.push_back(fmt::format("No {}: {}.", what, reasons));
  }
  return result;
}

Report session_report(std::shared_ptr<const Json> session) {
  const Json& document = *session;
  Report report;
  const std::string name = text(document, "/name");
  const std::string id = text(document, "/id");
  report.headline =
      fmt::format("{}{}, {}: {}", name.empty() ? id : name, name.empty() ? "" : " (" + id + ")",
                  text(document, "/state"), session_headline(document));
  Table facts{"", {{"", "fact"}, {"", "value", false, Column::Fit::elide}}, {}};
  const auto add = [&](const char* fact, const std::string& value) {
    if (!value.empty()) facts.rows.push_back({text_cell(fact, Tone::faint), text_cell(value)});
  };
  add("started", instant_text(text(document, "/started")));
  add("stopped", instant_text(text(document, "/stopped")));
  add("labels", pairs_text(at(document, "/labels")));
  report.tables = {facts,
                   energy_table(document),
                   power_table(document),
                   activity_table(document),
                   temperature_table(document),
                   memory_table(document),
                   task_table(document),
                   inference_table(document),
                   annotation_table(document)};
  report.flat = flat_summary(document);
  add_coverage_notes(document, report.notes);
  for (std::string& line : missing_lines(document)) report.notes.push_back(std::move(line));
  if (const auto line = environment_line(document); !line.empty()) report.notes.push_back(line);
  report.next = fmt::format("anemonctl sessions {}", text(document, "/state") == "running"
                                                         ? "stop " + id
                                                         : "export " + id + " --format csv");
  report.document = std::move(session);
  return report;
}

}  // namespace anemon
