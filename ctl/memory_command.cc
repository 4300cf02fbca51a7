#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/metrics_snapshot.h"
#include "ctl/numbers.h"

namespace anemon {
namespace {

constexpr double kMebi = 1.0 / (1 << 20);

// {"total": n, ...} of the series of a metric by their label "kind", the usual ones first.
Json by_kind(const MetricsSnapshot& now, std::string_view metric) {
  Json result = Json::object();
  for (const char* kind : {"total", "used", "available", "cached", "free"}) {
    if (const auto value = now.value(metric, {{"kind", kind}})) result[kind] = *value;
  }
  for (const Json& reading : now.values(metric)) {
    result[text(reading, "/labels/kind")] = at(reading, "/value");
  }
  return result;
}

Json processes(const MetricsSnapshot& now) {
  Json list = Json::array();
  for (const Json& reading : now.values("anemon_task_resident_bytes")) {
    const std::string pid = text(reading, "/labels/pid");
    const std::string process = text(reading, "/labels/process");
    const auto other = [&](std::string_view metric) {
      const auto value = now.value(metric, {{"pid", pid}, {"process", process}});
      return value ? Json(*value) : Json(nullptr);
    };
    list.push_back({{"pid", pid},
                    {"process", process},
                    {"resident_bytes", at(reading, "/value")},
                    {"peak_resident_bytes", other("anemon_task_peak_resident_bytes")},
                    {"swap_bytes", other("anemon_task_swap_bytes")},
                    {"provenance", at(reading, "/provenance")}});
  }
  std::stable_sort(list.begin(), list.end(), [](const Json& a, const Json& b) {
    // The rest of the machine is no process: it comes last.
    const bool a_is_rest = text(a, "/pid").empty();
    const bool b_is_rest = text(b, "/pid").empty();
    if (a_is_rest != b_is_rest) return b_is_rest;
    return number(a, "/resident_bytes").value_or(0) > number(b, "/resident_bytes").value_or(0);
  });
  return list;
}

void add_kinds(Table& table, const char* of, const Json& kinds) {
  const auto total = number(kinds, "/total");
  for (const auto& [kind, value] : kinds.items()) {
    const auto bytes = number(kinds, ("/" + kind).c_str());
    std::optional<double> share;
    if (bytes && total.value_or(0) > 0) share = *bytes / *total;
    table.rows.push_back({text_cell(of), text_cell(kind), number_cell(bytes, {0, kMebi}),
                          number_cell(share, {1, 100})});
  }
}

Table stall_table(const Json& stall) {
  Table table{"Time tasks waited for memory", {{"TASKS", "kind"}, {"TIME s", "seconds", true}}, {}};
  for (const auto& [kind, value] : stall.items()) {
    table.rows.push_back({text_cell(kind == "full" ? "all" : kind),
                          number_cell(number(stall, ("/" + kind).c_str()))});
  }
  return table;
}

Table process_table(const Json& list) {
  Table table{"Processes",
              {{"PID", "pid", true},
               {"PROCESS", "process", false, Column::Fit::elide},
               {"RESIDENT MiB", "resident_bytes", true},
               {"PEAK MiB", "peak_resident_bytes", true},
               {"SWAP MiB", "swap_bytes", true}},
              {}};
  for (const Json& process : list) {
    table.rows.push_back({text_cell(text(process, "/pid")), text_cell(text(process, "/process")),
                          number_cell(number(process, "/resident_bytes"), {1, kMebi}),
                          number_cell(number(process, "/peak_resident_bytes"), {1, kMebi}),
                          number_cell(number(process, "/swap_bytes"), {1, kMebi})});
  }
  return table;
}

std::string headline(const Json& memory, const Json& swap) {
  const auto used = number(memory, "/used");
  const auto total = number(memory, "/total");
  const std::string share =
      used && total.value_or(0) > 0 ? fmt::format(" ({:.0f} %)", 100 * *used / *total) : "";
  return fmt::format("{} of {} used{}, {} in swap", bytes_text(used), bytes_text(total), share,
                     bytes_text(number(swap, "/used")));
}

}  // namespace

int show_memory(Context& context, const Arguments& arguments) {
  const bool by_process = arguments.has("by");
  std::vector<std::string> match = {"anemon_memory_*", "anemon_swap_bytes"};
  if (by_process) match.emplace_back("anemon_task_*");
  const MetricsSnapshot now(std::make_shared<const Json>(context.client().metrics(match, true)));
  const Json memory = by_kind(now, "anemon_memory_bytes");
  if (memory.empty()) {
    throw MissingError("no memory figures: " + now.reason("anemon_memory_bytes"),
                       "anemonctl doctor");
  }
  const Json swap = by_kind(now, "anemon_swap_bytes");
  const Json stall = by_kind(now, "anemon_memory_stall_seconds_total");
  const auto pressure = now.value("anemon_memory_pressure_level");
  const Json list = by_process ? processes(now) : Json(nullptr);

  Report report;
  report.headline = headline(memory, swap);
  Table kinds{
      "", {{"OF", "of"}, {"KIND", "kind"}, {"MiB", "bytes", true}, {"SHARE %", "share", true}}, {}};
  add_kinds(kinds, "memory", memory);
  add_kinds(kinds, "swap", swap);
  report.tables = {std::move(kinds), stall_table(stall)};
  if (by_process) {
    report.tables.push_back(process_table(list));
    report.flat = report.tables.back();
  }
  if (pressure) report.notes.push_back("Pressure level " + short_number(*pressure) + '.');
  Json document = {{"schema", "anemon.memory/1"},
                   {"memory_bytes", memory},
                   {"swap_bytes", swap},
                   {"stall_seconds", stall},
                   {"pressure_level", pressure ? Json(*pressure) : Json(nullptr)}};
  if (by_process) document["processes"] = list;
  report.document = std::make_shared<const Json>(std::move(document));
  report.next = by_process ? "anemonctl top" : "anemonctl memory --by process";
  print_report(report, context.out);
  return kExitDone;
}

}  // namespace anemon
