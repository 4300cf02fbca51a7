#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "client/client_error.h"
#include "core/catalogue.h"
#include "core/edit_distance.h"
#include "ctl/context.h"
#include "ctl/document.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/series_table.h"

namespace anemon {
namespace {

constexpr Duration kDefaultInterval = std::chrono::seconds(1);

// Says which of the selectors the daemon has nothing for; throws when that is all of them.
void check_selectors(Context& context, const std::vector<std::string>& selectors) {
  std::vector<std::string_view> names;
  for (const MetricInfo& metric : catalogue()) names.push_back(metric.name);
  size_t missing = 0;
  for (const std::string& selector : selectors) {
    const std::string name = selector.substr(0, selector.find('{'));
    const Json document = context.client().metrics({name}, false);
    const Json& metrics = at(document, "/metrics");
    const bool here =
        std::ranges::any_of(metrics, [](const Json& metric) { return flag(metric, "/available"); });
    if (here) continue;
    ++missing;
    std::string reason = "no such metric";
    std::string hint = "anemonctl metrics";
    if (!metrics.empty()) {
      reason = text(metrics.front(), "/reason");
      if (reason.empty()) reason = "no reading yet";
      hint = "anemonctl doctor";
    } else if (const auto nearest = nearest_name(name, names); !nearest.empty()) {
      hint = fmt::format("did you mean {}?", nearest);
    }
    const std::string message = fmt::format("{}: {}", selector, reason);
    if (missing == selectors.size()) throw MissingError(message, hint);
    context.remark(fmt::format("anemonctl: watch: {}\n  hint: {}", message, hint));
  }
}

// `table` goes on from event to event, so that its columns stay where they are.
std::string event_text(const Json& event, const Output& output, bool first, Table& table) {
  if (output.format == Format::json) {
    return event.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  }
  table.rows.clear();
  const std::string time = as_text(at(event, "/time"));
  for (const Json& reading : at(event, "/readings")) {
    const std::string metric = text(reading, "/metric");
    const auto known = find_metric(metric);
    add_series_row(table, metric, reading, std::string(known ? info(*known).unit : ""), time);
  }
  Report report;
  keep_widths(table);
  report.tables = {table};
  Output shown = output;
  shown.header = output.header && first;
  return report_text(report, shown);
}

}  // namespace

int watch_metrics(Context& context, const Arguments& arguments) {
  const Duration interval = arguments.duration("interval").value_or(kDefaultInterval);
  const auto count = arguments.count("count");
  check_selectors(context, arguments.operands());
  int seen = 0;
  Table table = series_columns();
  context.client().stream(
      arguments.operands(), interval, [&](const EventStreamReader::Event& event) {
        if (event.type != "readings") return true;
        const Json readings = Json::parse(event.data, nullptr, false);
        if (!readings.is_object()) throw ProtocolError("a reading of the stream is no JSON object");
        const bool read =
            write_text(context.out.file, event_text(readings, context.out, seen == 0, table));
        ++seen;
        return read && (!count || seen < *count);
      });
  return kExitDone;
}

}  // namespace anemon
