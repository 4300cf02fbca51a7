// anemonctl profile monitor: a program that runs, by what it reports and what the daemon sees.
#include <fmt/format.h>
#include <signal.h>

#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/numbers.h"
#include "ctl/profile_answers.h"
#include "ctl/profile_options.h"
#include "ctl/result_text.h"
#include "ctl/result_values.h"
#include "ctl/signal_inbox.h"
#include "profiler/measure/monitor.h"

namespace anemon {
namespace {

constexpr Duration kDefaultInterval = std::chrono::seconds(1);

bool is_running(pid_t pid) { return kill(pid, 0) == 0 || errno != ESRCH; }

Table columns() {
  return {"",
          {{"TIME s", "seconds", true},
           {"PER s", "inferences_per_second", true},
           {"MEDIAN ms", "inference_time_ms", true},
           {"POWER W", "average_power_watts", true},
           {"ANE %", "ane_utilization_percent", true},
           {"MEMORY MB", "memory_usage_mb", true}},
          {}};
}

void add_row(Table& table, double seconds, const Json& result) {
  table.rows = {{number_cell(seconds, {1}),
                 result_cell(at(result, "/throughput"), "inferences_per_second"),
                 result_cell(at(result, "/timing"), "inference_time_ms"),
                 result_cell(at(result, "/power"), "average_power_watts"),
                 result_cell(at(result, "/ane"), "ane_utilization_percent"),
                 result_cell(at(result, "/memory"), "memory_usage_mb")}};
  keep_widths(table);
}

}  // namespace

int monitor_program(Context& context, const Arguments& arguments) {
  profiler::MonitorRequest request;
  const auto pid = whole_number(arguments, "pid", 1, 999'999'999);
  if (!pid) throw UsageError("which program?", "--pid PID; pgrep -n NAME prints one");
  request.pid = static_cast<pid_t>(*pid);
  if (!is_running(*request.pid)) throw MissingError(fmt::format("{}: no such process", *pid));
  if (!arguments.operands().empty()) request.model = arguments.operands().front();
  request.socket = arguments.value("socket");
  const Duration interval = arguments.duration("interval").value_or(kDefaultInterval);
  const auto count = arguments.count("count");
  const auto duration = arguments.duration("duration");

  ResultKeeper keeper("profile monitor", arguments);
  SignalInbox inbox({SIGINT, SIGTERM, SIGHUP});
  profiler::Monitor monitor(request);
  const SystemClock clock;
  const Duration began = clock.awake();
  const bool rows = context.out.format == Format::table || context.out.format == Format::csv;
  Table table = columns();
  for (int shown = 0; (!count || shown < *count) && is_running(*request.pid); ++shown) {
    if (duration && clock.awake() - began >= *duration) break;
    if (inbox.wait(interval)) break;
    if (!rows) continue;
    add_row(table, to_seconds(clock.awake() - began), monitor.current());
    Report report;
    report.tables = {table};
    Output out = context.out;
    out.header = out.header && shown == 0;
    if (!write_text(out.file, report_text(report, out))) break;
  }
  Json result = monitor.stop();
  keeper.keep(result);
  if (context.out.format == Format::csv) return kExitDone;
  if (rows) write_text(context.out.file, "\n");
  print_report(result_report(std::make_shared<const Json>(std::move(result))), context.out);
  return kExitDone;
}

}  // namespace anemon
