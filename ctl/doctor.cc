#include "ctl/doctor.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "client/client_error.h"
#include "collectors/collectors.h"
#include "config/loader.h"
#include "core/json_access.h"
#include "core/time_expression.h"
#include "core/version.h"
#include "ctl/configuration_file.h"
#include "ctl/launchd_scripts.h"
#include "ctl/numbers.h"
#include "platform/default_paths.h"

namespace anemon {
namespace {

void check_configuration_file(std::vector<Check>& checks, const std::filesystem::path& file) {
  if (file.empty()) {
    checks.push_back({Verdict::ok, "configuration", "no file, built-in defaults", ""});
    return;
  }
  try {
    load_config(file, collector_specs());
    checks.push_back({Verdict::ok, "configuration", file.string() + " is valid", ""});
  } catch (const ConfigError& error) {
    checks.push_back({Verdict::fail, "configuration", error.problems().front(),
                      "correct it, then: anemonctl config check " + file.string()});
  }
}

void check_version(const Json& status, std::vector<Check>& checks) {
  const std::string daemon = text(status, "/version");
  if (daemon == version()) {
    checks.push_back({Verdict::ok, "version", fmt::format("anemond and anemonctl {}", daemon), ""});
  } else {
    checks.push_back({Verdict::warn, "version",
                      fmt::format("anemond {}, anemonctl {}", daemon, version()),
                      "restart the daemon after an update, or install both from one build"});
  }
}

void check_reload(const Json& status, std::vector<Check>& checks) {
  if (at(status, "/config/last_reload_ok") == false) {
    checks.push_back({Verdict::fail, "reload", text(status, "/config/error"),
                      "correct the file, then: anemonctl config reload"});
  }
  if (!at(status, "/config/restart_required").empty()) {
    std::string keys;
    for (const Json& key : at(status, "/config/restart_required")) {
      keys += (keys.empty() ? "" : ", ") + as_text(key);
    }
    checks.push_back(
        {Verdict::warn, "reload", "changed, but not in force: " + keys, "restart the daemon"});
  }
}

void check_port(const Json& status, std::vector<Check>& checks, Duration timeout) {
  const std::string listen = text(status, "/listen");
  const auto answer = probe_http(listen, "/-/healthy", timeout);
  if (answer == 200) {
    checks.push_back({Verdict::ok, "metrics port", "http://" + listen + "/metrics answers", ""});
  } else {
    checks.push_back({Verdict::fail, "metrics port",
                      answer ? fmt::format("{} answers with HTTP status {}", listen, *answer)
                             : fmt::format("{} does not answer", listen),
                      "is a firewall, or another program, on that port? see http.listen"});
  }
}

void check_disk(const Json& status, std::vector<Check>& checks) {
  constexpr double kOneSession = 64.0 * (1 << 20);
  const std::string directory = text(status, "/state_dir");
  std::error_code error;
  const auto space = std::filesystem::space(directory, error);
  if (error) {
    checks.push_back({Verdict::note, "disk", fmt::format("{}: {}", directory, error.message()),
                      "only the daemon's user can look there"});
    return;
  }
  const auto free = static_cast<double>(space.available);
  Check check{Verdict::ok, "disk", fmt::format("{} free in {}", bytes_text(free), directory), ""};
  if (free < 16 * kOneSession) {
    check.verdict = free < kOneSession ? Verdict::fail : Verdict::warn;
    check.fix = "delete sessions (anemonctl sessions rm), or move state_dir";
  }
  checks.push_back(std::move(check));
}

void check_clock(const Json& status, std::vector<Check>& checks) {
  const Duration now = SystemClock().now().wall;
  const auto earliest = parse_time("2024-01-01T00:00:00Z", now);
  const auto started = parse_time(text(status, "/started"), now);
  if (now < *earliest || (started && now + std::chrono::seconds(1) < *started)) {
    checks.push_back({Verdict::warn, "clock", "the clock says " + instant_text(format_time(now)),
                      "set the clock, or let it be set from the network"});
  } else {
    checks.push_back({Verdict::ok, "clock", "plausible", ""});
  }
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::note:
      return "note";
    case Verdict::warn:
      return "warn";
    case Verdict::fail:
      break;
  }
  return "fail";
}

Examination examine(Context& context) {
  Examination result;
  std::vector<Check>& checks = result.checks;
  try {
    result.status = std::make_shared<const Json>(context.client().status());
  } catch (const Error& error) {
    check_configuration_file(checks, found_configuration());
    checks.push_back({Verdict::fail, "socket", error.what(), error.hint()});
    if (has_launchd()) {
      checks.push_back({Verdict::note, "installation", "launchd may know why nobody answers",
                        "anemonctl service status"});
    }
    return result;
  }
  const Json& status = *result.status;
  check_configuration_file(checks, text(status, "/config/path"));
  checks.push_back({Verdict::ok, "socket", context.client().socket().string() + " answers", ""});
  check_other_daemons(context.client().socket(), default_sockets(), checks);
  check_installation(status, checks);
  check_version(status, checks);
  check_reload(status, checks);
  check_port(status, checks, context.timeout);
  check_clock(status, checks);
  check_disk(status, checks);
  check_store_and_sessions(status, checks);
  check_collectors(status, checks);
  check_signals(status, checks);
  try {
    check_rejections(MetricsSnapshot(std::make_shared<const Json>(
                         context.client().metrics({"anemon_readings_rejected_total"}, true))),
                     checks);
  } catch (const Error& error) {
    checks.push_back({Verdict::note, "plausibility", error.what(), error.hint()});
  }
  return result;
}

}  // namespace anemon
