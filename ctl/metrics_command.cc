#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "client/client_error.h"
#include "core/catalogue.h"
#include "core/edit_distance.h"
#include "core/json_access.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/numbers.h"
#include "ctl/series_table.h"

namespace anemon {
namespace {

Table catalogue_table(const Json& document) {
  Table table;
  table.columns = {{"METRIC", "metric"},
                   {"HERE", "available"},
                   {"UNIT", "unit"},
                   {"PROVENANCE", "provenance", false, Column::Fit::drop},
                   {"SERIES", "series", true, Column::Fit::drop},
                   {"TYPE", "type", false, Column::Fit::drop},
                   {"REASON", "reason", false, Column::Fit::elide},
                   {"LABELS", "labels", false, Column::Fit::drop}};
  for (const Json& metric : at(document, "/metrics")) {
    const bool available = flag(metric, "/available");
    std::string labels;
    for (const Json& label : at(metric, "/labels")) {
      labels += (labels.empty() ? "" : ",") + as_text(label);
    }
    table.rows.push_back({text_cell(text(metric, "/name")),
                          available ? text_cell("yes", Tone::good) : text_cell("no", Tone::faint),
                          text_cell(text(metric, "/unit")), text_cell(text(metric, "/provenance")),
                          number_cell(number(metric, "/series"), {0}),
                          text_cell(text(metric, "/type")), text_cell(text(metric, "/reason")),
                          text_cell(labels)});
  }
  return table;
}

Table values_table(const Json& document) {
  Table table = series_columns();
  for (const Json& metric : at(document, "/metrics")) {
    for (const Json& value : at(metric, "/values")) {
      add_series_row(table, text(metric, "/name"), value, text(metric, "/unit"));
    }
  }
  return table;
}

[[noreturn]] void throw_no_match(const std::vector<std::string>& patterns) {
  std::vector<std::string_view> names;
  for (const MetricInfo& metric : catalogue()) names.push_back(metric.name);
  const std::string pattern = patterns.empty() ? "*" : patterns.front();
  const std::string_view nearest = nearest_name(pattern, names);
  throw MissingError(
      fmt::format("no metric matches {}", fmt::join(patterns, ", ")),
      nearest.empty() ? "anemonctl metrics" : fmt::format("did you mean {}?", nearest));
}

// What the patterns match, each metric once. A pattern that matches nothing is remarked upon, and
// an error when it is the only one.
Json matching(Context& context, const std::vector<std::string>& patterns, bool values) {
  Json result;
  for (const std::string& pattern : patterns) {
    Json document;
    try {
      document = context.client().metrics({pattern}, values);
    } catch (const NotFoundError&) {
    }
    if (at(document, "/metrics").empty()) {
      if (patterns.size() > 1) context.remark("anemonctl: metrics: no metric matches " + pattern);
      continue;
    }
    if (result.is_null()) {
      result = std::move(document);
      continue;
    }
    for (Json& metric : document["metrics"]) {
      const std::string name = text(metric, "/name");
      const bool known = std::ranges::any_of(
          result["metrics"], [&](const Json& other) { return text(other, "/name") == name; });
      if (!known) result["metrics"].push_back(std::move(metric));
    }
  }
  if (result.is_null()) throw_no_match(patterns);
  return result;
}

// Why nothing that matches has a value: the reasons the daemon gives, each once.
std::string reasons(const Json& document) {
  std::string result;
  for (const Json& metric : at(document, "/metrics")) {
    const std::string reason = text(metric, "/reason");
    if (reason.empty() || result.find(reason) != result.npos) continue;
    result += (result.empty() ? "" : "; ") + reason;
  }
  return result.empty() ? "no reason known" : result;
}

}  // namespace

int list_metrics(Context& context, const Arguments& arguments) {
  const bool values = arguments.has("values");
  const bool named = !arguments.operands().empty();
  Json document = named ? matching(context, arguments.operands(), values)
                        : context.client().metrics({}, values);
  if (arguments.has("available")) {
    Json kept = Json::array();
    for (const Json& metric : at(document, "/metrics")) {
      if (flag(metric, "/available")) kept.push_back(metric);
    }
    document["metrics"] = std::move(kept);
  }
  const Json& metrics = at(document, "/metrics");

  Report report;
  report.tables = {values ? values_table(document) : catalogue_table(document)};
  if (!values) {
    const auto here = std::ranges::count_if(
        metrics, [](const Json& metric) { return flag(metric, "/available"); });
    report.headline = fmt::format("{} of {} metrics are available here", here, metrics.size());
    report.next = "anemonctl metrics PATTERN --values";
  }
  const bool empty = values && report.tables.front().rows.empty();
  const std::string why = empty ? reasons(document) : "";
  report.document = std::make_shared<const Json>(std::move(document));
  print_report(report, context.out);
  if (!empty) return kExitDone;
  if (named) {
    throw MissingError(
        fmt::format("no value for {}: {}", fmt::join(arguments.operands(), ", "), why),
        "anemonctl doctor");
  }
  context.remark("no metric has a value yet");
  return kExitDone;
}

}  // namespace anemon
