#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "client/client_error.h"
#include "core/catalogue.h"
#include "core/edit_distance.h"
#include "core/json_access.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/series_table.h"

namespace anemon {
namespace {

constexpr Duration kDefaultInterval = std::chrono::seconds(1);

// Why the daemon has no reading for a selector; nothing when it has.
struct Missing {
  std::string reason, hint;
};
std::optional<Missing> missing(ControlClient& client, const std::string& selector) {
  const std::string name = selector.substr(0, selector.find('{'));
  Json metrics;
  try {
    metrics = client.metrics({name}, false)["metrics"];
  } catch (const NotFoundError&) {
    metrics = Json::array();
  }
  if (metrics.empty()) {
    std::vector<std::string_view> names;
    for (const MetricInfo& metric : catalogue()) names.push_back(metric.name);
    const std::string_view nearest = nearest_name(name, names);
    return Missing{"no such metric", nearest.empty() ? "anemonctl metrics"
                                                     : fmt::format("did you mean {}?", nearest)};
  }
  const bool here =
      std::ranges::any_of(metrics, [](const Json& metric) { return flag(metric, "/available"); });
  if (here) return std::nullopt;
  const std::string reason = text(metrics.front(), "/reason");
  return Missing{reason.empty() ? "no reading yet" : reason, "anemonctl doctor"};
}

// The selectors that have something to watch; says why the others have not. Throws when that is
// all of them.
std::vector<std::string> present(Context& context, const std::vector<std::string>& selectors) {
  std::vector<std::string> result;
  std::vector<std::string> remarks;
  for (const std::string& selector : selectors) {
    const auto why = missing(context.client(), selector);
    if (!why) {
      result.push_back(selector);
      continue;
    }
    const std::string message = fmt::format("{}: {}", selector, why->reason);
    if (selectors.size() == 1) throw MissingError(message, why->hint);
    remarks.push_back(fmt::format("anemonctl: watch: {}\n  hint: {}", message, why->hint));
  }
  for (const std::string& remark : remarks) context.remark(remark);
  if (result.empty()) throw MissingError("none of these can be watched", "anemonctl metrics");
  return result;
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
  const std::vector<std::string> selectors = present(context, arguments.operands());
  int seen = 0;
  Table table = series_columns();
  context.client().stream(selectors, interval, [&](const EventStreamReader::Event& event) {
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
