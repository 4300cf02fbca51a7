#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/client_error.h"
#include "core/duration.h"
#include "core/json_access.h"
#include "ctl/confirmation.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/numbers.h"
#include "ctl/output_file.h"
#include "ctl/session_report.h"

namespace anemon {
namespace {

std::vector<pid_t> parse_pids(const std::vector<std::string>& words) {
  std::vector<pid_t> pids;
  for (const std::string& word : words) {
    const bool digits =
        !word.empty() && word.size() <= 9 && word.find_first_not_of("0123456789") == word.npos;
    if (!digits || std::stoi(word) == 0) {
      throw UsageError(fmt::format("--pid: {} is not a process id", word),
                       "for example --pid 1234");
    }
    pids.push_back(std::stoi(word));
  }
  return pids;
}

void print_session(Context& context, Json session) {
  print_report(session_report(std::make_shared<const Json>(std::move(session))), context.out);
}

Table sessions_table(const Json& document) {
  Table table;
  table.columns = {{"ID", "id"},
                   {"NAME", "name", false, Column::Fit::elide},
                   {"STATE", "state"},
                   {"STARTED", "started", false, Column::Fit::drop},
                   {"LENGTH", "duration_seconds", true},
                   {"ENERGY J", "energy_joules", true, Column::Fit::elide},
                   {"MEAN W", "mean_power_watts", true, Column::Fit::drop},
                   {"LABELS", "labels", false, Column::Fit::drop}};
  // "gpu 71, cpu 12.5": components are not added up, some are part of others.
  const auto components = [](const Json& values) {
    std::string shown;
    for (const auto& [component, value] : values.items()) {
      if (!value.is_number()) continue;
      shown += fmt::format("{}{} {}", shown.empty() ? "" : ", ", component,
                           short_number(value.get<double>()));
    }
    Cell cell = text_cell(shown);
    cell.raw = pairs_text(values);
    return cell;
  };
  for (const Json& session : at(document, "/sessions")) {
    const std::string state = text(session, "/state");
    Cell started = text_cell(text(session, "/started"));
    started.shown = instant_text(started.raw);
    const auto length = number(session, "/duration_seconds");
    Cell length_cell = number_cell(length);
    length_cell.shown = span_text(length);
    table.rows.push_back({text_cell(text(session, "/id")), text_cell(text(session, "/name")),
                          text_cell(state, state == "running"       ? Tone::good
                                           : state == "interrupted" ? Tone::warning
                                                                    : Tone::plain),
                          started, length_cell, components(at(session, "/energy_joules")),
                          components(at(session, "/mean_power_watts")),
                          text_cell(pairs_text(at(session, "/labels")))});
  }
  return table;
}

// A bare duration means that long ago.
std::string since_expression(const std::string& text) {
  return parse_duration(text) ? "now-" + text : text;
}

std::string newest_running(ControlClient& client) {
  SessionFilter filter;
  filter.state = "running";
  filter.limit = 1;
  const Json document = client.sessions(filter);
  const Json& sessions = at(document, "/sessions");
  if (sessions.empty()) throw MissingError("no session is running", "anemonctl sessions start");
  return text(sessions.front(), "/id");
}

}  // namespace

int start_session(Context& context, const Arguments& arguments) {
  SessionRequest request;
  if (!arguments.operands().empty()) request.name = arguments.operands().front();
  request.labels = arguments.pairs("label");
  request.pids = parse_pids(arguments.values("pid"));
  request.max_duration = arguments.duration("max-duration");
  Json session = context.client().start_session(request);
  if (context.out.format == Format::table) {
    write_text(context.out.file, text(session, "/id") + '\n');
  } else {
    print_session(context, std::move(session));
  }
  return kExitDone;
}

int stop_session(Context& context, const Arguments& arguments) {
  const bool last = arguments.has("last");
  if (arguments.operands().empty() != last) {
    throw UsageError(last ? "--last and a name exclude each other" : "which session?",
                     "anemonctl sessions stop ID, or --last");
  }
  print_session(context, context.client().stop_session(last ? newest_running(context.client())
                                                            : arguments.operands().front()));
  return kExitDone;
}

int list_sessions(Context& context, const Arguments& arguments) {
  SessionFilter filter;
  filter.state = arguments.value("state");
  for (const auto& [key, value] : arguments.pairs("label")) {
    filter.labels.push_back(key + '=' + value);
  }
  filter.since = since_expression(arguments.value("since"));
  filter.limit = arguments.count("limit");
  const auto document = std::make_shared<const Json>(context.client().sessions(filter));
  const size_t count = at(*document, "/sessions").size();

  Report report;
  report.tables = {sessions_table(*document)};
  report.headline = count == 0 ? "no sessions" : counted(static_cast<double>(count), "session");
  report.next = count == 0 ? "anemonctl sessions start" : "anemonctl sessions show ID";
  report.document = document;
  print_report(report, context.out);
  return kExitDone;
}

int show_session(Context& context, const Arguments& arguments) {
  print_session(context, context.client().session(arguments.operands().front()));
  return kExitDone;
}

int annotate_session(Context& context, const Arguments& arguments) {
  const auto& operands = arguments.operands();
  const Json answer = context.client().annotate(operands[0], operands[1], arguments.value("at"));
  if (context.out.format == Format::json) {
    write_text(context.out.file, answer.dump(2) + '\n');
  } else {
    context.remark(fmt::format("marked at {}", instant_text(text(answer, "/time"))));
  }
  return kExitDone;
}

int export_session(Context& context, const Arguments& arguments) {
  std::string format = arguments.value("format");
  if (format.empty()) format = arguments.value("output", "json");
  if (format == "table" || format == "markdown") {
    throw UsageError(fmt::format("a session is not exported as {}", format),
                     "--format json, csv, ndjson, openmetrics or trace");
  }
  OutputFile file(arguments.value("to"), context.out.file);
  context.client().export_session(arguments.operands().front(), format,
                                  [&](std::string_view piece) { file.write(piece); });
  const double bytes = file.close();
  if (arguments.has("to")) {
    context.remark(fmt::format("{}: {} as {}", arguments.value("to"), bytes_text(bytes), format));
  }
  return kExitDone;
}

int remove_sessions(Context& context, const Arguments& arguments) {
  const auto& sessions = arguments.operands();
  if (!arguments.has("yes") &&
      !confirmed(fmt::format("Delete {} with all samples?", fmt::join(sessions, ", ")))) {
    context.remark("nothing deleted");
    return kExitBad;
  }
  size_t missing = 0;
  for (const std::string& session : sessions) {
    try {
      context.client().remove_session(session);
      context.remark("deleted " + session);
    } catch (const NotFoundError& error) {
      if (sessions.size() == 1) throw;
      context.remark(fmt::format("anemonctl: sessions rm: {}", error.what()));
      ++missing;
    }
  }
  if (missing == sessions.size()) return kExitMissing;
  return missing == 0 ? kExitDone : kExitBad;
}

}  // namespace anemon
