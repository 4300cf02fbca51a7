#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "core/provenanced_json.h"
#include "platform/host_facts.h"
#include "profiler/measure/observed.h"
#include "profiler/measure/observed_sections.h"
#include "profiler/measure/result.h"

namespace anemon::profiler {
namespace {

// As macOS names them; docs/metrics.md.
constexpr std::array kPressures = {"nominal", "moderate", "heavy", "trapping", "sleeping"};

// A daemon that replays speaks of another machine than the one on which the model ran.
void set_machine(const Observation& seen, ProvenancedJson& out) {
  const Json& host = at(document_of(seen.status), "/host");
  const bool replays = flag(host, "/replay");
  const HostFacts facts = read_host_facts({});
  const auto set = [&](const char* key, const std::string& own, const char* member) {
    out.text(key, own.empty() && !replays ? text(host, member) : own);
  };
  set("chip", facts.chip, "/chip");
  set("machine", facts.model, "/model");
  set("os", facts.os, "/os");
  set("os_version", facts.os_version, "/os_version");
  set("os_build", facts.os_build, "/os_build");
  if (replays) {
    out.text("replayed",
             text(host, "/chip") + ", " + text(host, "/os") + " " + text(host, "/os_version"));
  }
}

std::optional<double> state_of(const Observation& seen, Metric metric) {
  for (const Json& row : at(document_of(seen.machine), "/metrics")) {
    if (text(row, "/name") != info(metric).name) continue;
    for (const Json& value : at(row, "/values")) {
      if (const auto known = number(value, "/value")) return known;
    }
  }
  return std::nullopt;
}

std::string why_unknown(const Observation& seen, Metric metric) {
  if (!seen.machine) return seen.why_none.empty() ? "the daemon did not tell" : seen.why_none;
  for (const Json& row : at(*seen.machine, "/metrics")) {
    if (text(row, "/name") != info(metric).name) continue;
    const std::string reason = text(row, "/reason");
    if (!reason.empty()) return reason;
  }
  return "the daemon does not tell";
}

void set_state(const Observation& seen, ProvenancedJson& out) {
  if (const auto battery = state_of(seen, Metric::kOnBattery)) {
    out.text("power_source", *battery != 0 ? "battery" : "mains");
  } else {
    out.absent("power_source", why_unknown(seen, Metric::kOnBattery));
  }
  if (const auto low = state_of(seen, Metric::kLowPowerMode)) {
    out.set("low_power_mode", *low != 0);
  } else {
    out.absent("low_power_mode", why_unknown(seen, Metric::kLowPowerMode));
  }
  const auto pressure = state_of(seen, Metric::kThermalPressure);
  if (pressure && *pressure >= 0 && *pressure < static_cast<double>(kPressures.size())) {
    out.text("thermal_pressure", kPressures[static_cast<size_t>(*pressure)]);
  } else {
    out.absent("thermal_pressure", why_unknown(seen, Metric::kThermalPressure));
  }
  out.number_or("load_average", seen.load_average, Provenance::measured,
                "the system does not tell");
}

void set_engine(const ModelRun& run, ProvenancedJson& out) {
  if (!run.hello) {
    out.absent("engine", "the run ended before its engine was known");
    return;
  }
  const EngineFacts& engine = run.hello->engine;
  out.text("engine", engine.name);
  out.text("engine_version", engine.version);
  out.text("compute_units", to_string(run.request.units));
  if (engine.threads > 0) {
    out.number("threads", Json(run.request.threads), Provenance::measured);
  } else {
    out.absent("threads", "the engine's framework decides");
  }
}

void set_daemon(const Observation& seen, ProvenancedJson& out) {
  const std::string& why = seen.why_none;
  if (seen.daemon_version.empty()) {
    out.absent("daemon_version", why);
  } else {
    out.text("daemon_version", seen.daemon_version);
  }
  if (seen.session.empty()) {
    out.absent("session", why.empty() ? "the run did not come to its measured phase" : why);
  } else {
    out.text("session", seen.session);
  }
}

}  // namespace

Json environment_of(const Observation& seen, const ModelRun* run) {
  ProvenancedJson out;
  set_machine(seen, out);
  set_state(seen, out);
  if (run != nullptr) set_engine(*run, out);
  set_daemon(seen, out);
  return out.take();
}

Json environment_section(const RunFacts& facts) { return environment_of(facts.seen, &facts.run); }

}  // namespace anemon::profiler
