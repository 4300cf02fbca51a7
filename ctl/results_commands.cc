// anemonctl results: the history.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/duration.h"
#include "core/json_access.h"
#include "core/time_expression.h"
#include "ctl/confirmation.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/numbers.h"
#include "ctl/output_file.h"
#include "ctl/result_files.h"
#include "ctl/result_text.h"
#include "ctl/result_values.h"
#include "ctl/words.h"
#include "profiler/history/history.h"

namespace anemon {
namespace {

using profiler::KeptResult;
using profiler::NoSuchResult;
using profiler::ResultHistory;

constexpr int kListed = 50;

// "2h" means that long ago.
std::string since_instant(const std::string& text) {
  if (text.empty()) return {};
  const auto parsed =
      parse_time(parse_duration(text) ? "now-" + text : text, SystemClock().now().wall);
  if (!parsed) {
    throw UsageError(fmt::format("--since: {} is not a time", text),
                     "for example --since 2h or 2026-11-22T14:51:02Z");
  }
  return format_time(*parsed);
}

Table results_table(const std::vector<KeptResult>& results) {
  Table table{"",
              {{"ID", "id"},
               {"CREATED", "created", false, Column::Fit::drop},
               {"KIND", "kind"},
               {"MODEL", "model", false, Column::Fit::elide},
               {"ENGINE", "engine", false, Column::Fit::elide},
               {"UNITS", "compute_units", false, Column::Fit::drop},
               {"CHIP", "chip", false, Column::Fit::drop},
               {"MEDIAN ms", "inference_time_ms", true},
               {"PER s", "inferences_per_second", true, Column::Fit::drop},
               {"J EACH", "energy_per_inference_joules", true, Column::Fit::drop},
               {"SCORE", "score", true, Column::Fit::drop},
               {"OUTCOME", "outcome"}},
              {}};
  const auto figure = [](std::optional<double> value) {
    return value ? Cell{digits_text(*value), fmt::format("{}", *value)} : number_cell(value);
  };
  for (const KeptResult& each : results) {
    Cell created = text_cell(each.created);
    created.shown = instant_text(each.created);
    table.rows.push_back({text_cell(each.id), created, text_cell(each.kind), text_cell(each.model),
                          text_cell(each.engine), text_cell(each.compute_units),
                          text_cell(each.chip), figure(each.inference_time_ms),
                          figure(each.inferences_per_second),
                          figure(each.energy_per_inference_joules), figure(each.score),
                          text_cell(each.outcome, each.outcome == "ok" ? Tone::plain : Tone::bad)});
  }
  return table;
}

Json results_document(const std::vector<KeptResult>& results) {
  Json list = Json::array();
  for (const KeptResult& each : results) {
    Json row = {{"id", each.id}, {"created", each.created}};
    const auto word = [&](const char* key, const std::string& value) {
      if (!value.empty()) row[key] = value;
    };
    const auto figure = [&](const char* key, std::optional<double> value) {
      if (value) row[key] = *value;
    };
    word("kind", each.kind);
    word("outcome", each.outcome);
    word("model", each.model);
    word("model_hash", each.model_hash);
    word("engine", each.engine);
    word("compute_units", each.compute_units);
    word("chip", each.chip);
    word("os", each.os);
    word("os_version", each.os_version);
    figure("inference_time_ms", each.inference_time_ms);
    figure("inferences_per_second", each.inferences_per_second);
    figure("energy_per_inference_joules", each.energy_per_inference_joules);
    figure("score", each.score);
    list.push_back(std::move(row));
  }
  return {{"schema", "anemon.results/1"}, {"results", std::move(list)}};
}

}  // namespace

int list_results(Context& context, const Arguments& arguments) {
  profiler::ResultFilter filter;
  filter.model = arguments.value("model");
  filter.kind = arguments.value("kind");
  filter.engine = arguments.value("engine");
  filter.chip = arguments.value("chip");
  filter.since = since_instant(arguments.value("since"));
  const int limit = arguments.count("limit").value_or(kListed);
  filter.limit = limit + 1;  // to know whether there are more
  auto results = ResultHistory().list(filter);
  const bool more = results.size() > static_cast<size_t>(limit);
  if (more) results.pop_back();

  Report report;
  report.tables = {results_table(results)};
  report.headline = results.empty() ? "no results"
                                    : fmt::format("{}{}", more ? "the newest " : "",
                                                  counted(double(results.size()), "result"));
  if (more) report.notes.push_back("There are more: --limit N.");
  report.next = results.empty() ? "anemonctl profile model FILE" : "anemonctl results show last";
  report.document = std::make_shared<const Json>(results_document(results));
  print_report(report, context.out);
  return kExitDone;
}

int show_result(Context& context, const Arguments& arguments) {
  print_report(
      result_report(std::make_shared<const Json>(find_result(arguments.operands().front()))),
      context.out);
  return kExitDone;
}

int export_results(Context& context, const Arguments& arguments) {
  const auto& names = arguments.operands();
  const std::string to = arguments.value("to");
  const std::string format = arguments.value("format", format_by_name(to, "json"));
  if (names.size() > 1 && format != "json") {
    throw UsageError(fmt::format("several results are not exported as {}", format),
                     "name one, or --format json");
  }
  Json several = Json::array();
  for (const std::string& name : names) several.push_back(find_result(name));
  OutputFile file(to, context.out.file);
  file.write(rendered(names.size() == 1 ? several.front() : several, format));
  const double bytes = file.close();
  if (!to.empty()) context.remark(fmt::format("{}: {} as {}", to, bytes_text(bytes), format));
  return kExitDone;
}

int remove_results(Context& context, const Arguments& arguments) {
  const auto& names = arguments.operands();
  ResultHistory history;
  // "last" is another one once the last is gone.
  std::vector<std::string> ids;
  size_t missing = 0;
  for (const std::string& name : names) {
    try {
      ids.push_back(history.find(name));
    } catch (const NoSuchResult& error) {
      if (names.size() == 1) throw MissingError(error.what(), error.hint());
      context.remark(fmt::format("anemonctl: results rm: {}", printable(error.what())));
      ++missing;
    }
  }
  if (ids.empty()) return kExitMissing;
  if (!arguments.has("yes") &&
      !confirmed(printable(fmt::format("Delete {} for good?", fmt::join(ids, ", "))))) {
    context.remark("nothing deleted");
    return kExitBad;
  }
  for (const std::string& id : ids) {
    history.remove(id);
    context.remark("deleted " + printable(id));
  }
  return missing == 0 ? kExitDone : kExitBad;
}

}  // namespace anemon
