#include "daemon/self_report.h"

#include <map>
#include <nlohmann/json.hpp>

#include "core/version.h"

namespace anemon {
namespace {

std::string state_of(const CollectorRunner& runner, const Scheduler& scheduler, Instant now,
                     Instant started) {
  if (!scheduler.enabled(runner.spec().name)) return "disabled";
  if (runner.stuck()) return "stuck";
  if (!runner.last_error().empty()) return "failing";
  if (runner.fresh(now)) return "ok";
  const bool just_started = now.awake - started.awake <= runner.group().stale_after();
  return just_started && !runner.last_success_wall() ? "starting" : "stale";
}

}  // namespace

ReadingSource identity_readings(const HostFacts& host) {
  const std::string virtual_machine =
      host.virtual_machine ? (*host.virtual_machine ? "true" : "false") : "";
  const std::vector<Reading> identity = {
      {Metric::kBuildInfo,
       {std::string(version()), std::string(revision()), std::string(compiler())},
       1},
      {Metric::kHostInfo,
       {host.chip, host.model, host.os, host.os_version, host.os_build, host.arch,
        host.ane_architecture, host.ane_cores, virtual_machine, host.replay ? "true" : "false"},
       1}};
  return [identity](std::vector<Reading>& out) {
    out.insert(out.end(), identity.begin(), identity.end());
  };
}

ReadingSource store_readings(const SeriesStore& store) {
  return [&store](std::vector<Reading>& out) {
    out.push_back({Metric::kStoreSeries, {}, static_cast<double>(store.series())});
    out.push_back({Metric::kStoreSeriesCapacity, {}, static_cast<double>(store.capacity())});
    out.push_back({Metric::kStoreSamples, {}, static_cast<double>(store.samples())});
    out.push_back({Metric::kStoreBytes, {}, static_cast<double>(store.bytes())});
    for (const auto& group : store.groups()) {
      out.push_back(
          {Metric::kSeriesRefused, {group->name()}, static_cast<double>(group->refused())});
      out.push_back(
          {Metric::kSeriesEvicted, {group->name()}, static_cast<double>(group->evicted())});
    }
  };
}

std::string session_environment(const HostFacts& host) {
  nlohmann::ordered_json environment;
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) environment[key] = value;
  };
  add("chip", host.chip);
  add("model", host.model);
  add("os", host.os);
  add("os_version", host.os_version);
  add("os_build", host.os_build);
  add("arch", host.arch);
  if (host.virtual_machine) environment["virtual"] = *host.virtual_machine;
  environment["replay"] = host.replay;
  environment["version"] = version();
  return environment.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void log_unreadable(const std::vector<Signal>& signals, Log& log) {
  std::map<std::pair<SignalState, std::string>, std::string> names;
  for (const Signal& signal : signals) {
    if (signal.state != SignalState::refused && signal.state != SignalState::absent) continue;
    std::string& list = names[{signal.state, signal.reason}];
    const std::string_view name = info(signal.metric).name;
    if (list.find(name) == std::string::npos) {
      if (!list.empty()) list += ' ';
      list += name;
    }
  }
  for (const auto& [why, list] : names) {
    const LogLevel level = why.first == SignalState::refused ? LogLevel::warn : LogLevel::info;
    log.write(
        level, "cannot be read here",
        {{"state", std::string(to_string(why.first))}, {"reason", why.second}, {"signals", list}});
  }
}

CollectorStatus collector_status(const CollectorRunner& runner, const Scheduler& scheduler,
                                 Instant now, Instant started) {
  CollectorStatus status;
  status.name = runner.spec().name;
  status.enabled = scheduler.enabled(runner.spec().name);
  status.state = state_of(runner, scheduler, now, started);
  status.period = runner.group().period();
  const auto counts = runner.counts();
  status.runs = counts.runs;
  status.failures = counts.failures;
  status.missed_ticks = counts.missed_ticks;
  status.last_success = runner.last_success_wall();
  if (std::string error = runner.last_error(); !error.empty()) status.last_error = error;
  return status;
}

}  // namespace anemon
