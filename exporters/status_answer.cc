#include <nlohmann/json.hpp>

#include "core/time_expression.h"
#include "exporters/api_request.h"
#include "exporters/json_api.h"
#include "exporters/json_text.h"

namespace anemon {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }
Json text_or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(); }
Json time_or_null(const std::optional<Duration>& wall) {
  return wall ? Json(format_time(*wall)) : Json();
}

Json account_json(const AccountStatus& account) {
  return {{"uid", account.uid},
          {"name", text_or_null(account.name)},
          {"supervisor", text_or_null(account.supervisor)},
          {"installation", account.installation}};
}

Json host_json(const HostFacts& host) {
  return {{"chip", text_or_null(host.chip)},
          {"model", text_or_null(host.model)},
          {"os", text_or_null(host.os)},
          {"os_version", text_or_null(host.os_version)},
          {"os_build", text_or_null(host.os_build)},
          {"arch", text_or_null(host.arch)},
          {"virtual", host.virtual_machine ? Json(*host.virtual_machine) : Json()},
          {"replay", host.replay}};
}

Json config_json(const ConfigStatus& config) {
  return {{"path", text_or_null(config.path)},
          {"last_reload_ok", config.last_reload_ok},
          {"last_reload", time_or_null(config.last_reload)},
          {"error", text_or_null(config.error)},
          {"restart_required", config.restart_required}};
}

Json collector_json(const CollectorStatus& collector) {
  return {{"name", collector.name},
          {"enabled", collector.enabled},
          {"state", collector.state},
          {"period_seconds", to_seconds(collector.period)},
          {"runs", collector.runs},
          {"failures", collector.failures},
          {"missed_ticks", collector.missed_ticks},
          {"last_success", time_or_null(collector.last_success)},
          {"last_error", text_or_null(collector.last_error)}};
}

Json signal_json(const Signal& signal) {
  return {{"signal", info(signal.metric).name},
          {"component", signal.component},
          {"source", signal.source},
          {"state", to_string(signal.state)},
          {"reason", text_or_null(signal.reason)},
          {"provenance", to_string(signal.provenance)},
          {"since", format_time(signal.since.wall)}};
}

Json store_json(const SeriesStore& store) {
  uint64_t refused = 0;
  uint64_t evicted = 0;
  for (const auto& group : store.groups()) {
    refused += group->refused();
    evicted += group->evicted();
  }
  return {{"series", store.series()}, {"capacity", store.capacity()}, {"samples", store.samples()},
          {"bytes", store.bytes()},   {"refused", refused},           {"evicted", evicted}};
}

}  // namespace

HttpResponse status_answer(const HttpRequest& request, const Sources& sources,
                           const DaemonStatus& status) {
  check_query(request, {});
  Json collectors = Json::array();
  for (const auto& collector : status.collectors) collectors.push_back(collector_json(collector));
  Json signals = Json::array();
  for (const auto& signal : sources.signals.signals()) signals.push_back(signal_json(signal));
  return json_response(200, {{"schema", "anemon.status/1"},
                             {"version", status.version},
                             {"pid", status.pid},
                             {"account", account_json(status.account)},
                             {"started", format_time(status.started)},
                             {"uptime_seconds", to_seconds(status.uptime)},
                             {"ready", status.ready},
                             {"stale_collectors", status.stale_collectors},
                             {"host", host_json(status.host)},
                             {"listen", text_or_null(status.listen)},
                             {"socket", text_or_null(status.socket)},
                             {"state_dir", status.state_dir},
                             {"config", config_json(status.config)},
                             {"collectors", std::move(collectors)},
                             {"signals", std::move(signals)},
                             {"store", store_json(sources.store)},
                             {"sessions",
                              {{"active", status.sessions.active},
                               {"recording", status.sessions.recording},
                               {"reason", text_or_null(status.sessions.reason)}}}});
}

}  // namespace anemon
