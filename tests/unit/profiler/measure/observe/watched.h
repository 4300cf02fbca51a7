// A run of eight seconds and what a daemon saw of it, made by hand: 5 W of a processor and a Neural
// Engine of which 1 W is the idle machine's, 400 calls of one item.
#pragma once

#include "models/chips/chip.h"
#include "profiler/measure/energy_account.h"
#include "profiler/measure/model_run.h"
#include "profiler/measure/observer.h"
#include "profiler/measure/result.h"
#include "tests/unit/profiler/measure/observe/session_documents.h"

namespace anemon::profiler::test {

inline constexpr double kStarted = 1'790'000'000;  // Unix seconds
inline constexpr const char* kStartedText = "2026-09-21T13:33:20.000Z";

inline ModelRun finished_run() {
  ModelRun run;
  run.request.model = "m.mlpackage";
  run.hello = Hello{};
  run.hello->engine = {
      "coreml", "1", 0, {ComputeUnits::cpu_only, ComputeUnits::cpu_and_ane, ComputeUnits::all}};
  run.predicted = Predicted{400, std::chrono::seconds(8), std::chrono::seconds(100)};
  run.samples.start.resize(400);
  run.samples.total.assign(400, 0.02);
  for (size_t i = 0; i < 400; ++i) run.samples.start[i] = 0.02 * static_cast<double>(i);
  return run;
}

inline Json activity_row(const std::string& signal, double mean, double most,
                         const std::string& engine = "ane0",
                         const std::string& provenance = "derived") {
  return {{"engine", engine},
          {"signal", signal},
          {"mean_ratio", mean},
          {"max_ratio", most},
          {"provenance", provenance}};
}

inline Json session_document(Json energy, Json activity) {
  return {{"id", "20260921-133320-abcd"},
          {"started", kStartedText},
          {"summary",
           {{"duration_seconds", {{"value", 8}, {"provenance", "measured"}}},
            {"asleep_seconds", {{"value", 0}, {"provenance", "measured"}}},
            {"energy", std::move(energy)},
            {"activity", std::move(activity)},
            {"temperatures", Json::array({{{"component", "die"},
                                           {"sensor", "TCMb"},
                                           {"mean_celsius", 50},
                                           {"max_celsius", 58.5},
                                           {"provenance", "measured"}},
                                          {{"component", "battery"},
                                           {"sensor", "TB0T"},
                                           {"mean_celsius", 70},
                                           {"max_celsius", 71},
                                           {"provenance", "measured"}}})}}}};
}

inline Observation watched() {
  using anemon::test::energy_row;
  Observation seen;
  seen.session = "20260921-133320-abcd";
  seen.daemon_version = "0.1.0";
  seen.began = std::chrono::milliseconds(100'250);  // a quarter of a second after the first call
  seen.components = {"ane", "cpu"};
  Json all = Json::array();
  anemon::test::add_component(all, "ane", 2, kStarted, 9);
  anemon::test::add_component(all, "cpu", 3, kStarted, 9);
  all.push_back(anemon::test::series("anemon_frequency_hertz", {{"domain", "ane0"}},
                                     {{kStarted, 1e9}, {kStarted + 1, 2e9}}, "derived"));
  all.push_back(anemon::test::series("anemon_frequency_hertz", {{"domain", "gpu"}},
                                     {{kStarted, 9e9}}, "derived"));
  seen.samples = std::make_shared<const Json>(anemon::test::samples(all));
  seen.run = std::make_shared<const Json>(session_document(
      Json::array({energy_row("ane", 2, 8), energy_row("cpu", 3, 8), energy_row("system", 20, 8)}),
      Json::array({activity_row("firmware", 0.99, 1), activity_row("dcs_floor", 0.6, 0.75)})));
  seen.baseline = std::make_shared<const Json>(session_document(
      Json::array({energy_row("ane", 0, 5), energy_row("cpu", 1, 5)}),
      Json::array({activity_row("firmware", 0.95, 1), activity_row("dcs_floor", 0.01, 0.02)})));
  seen.status = std::make_shared<const Json>(Json::parse(R"({"version": "0.1.0",
      "host": {"replay": false}, "signals": []})"));
  const auto account = account_energy(*seen.samples, seen.components);
  seen.precision = energy_precision(account.intervals, account.cadence, 0.05);
  for (const auto& [time, watts] : total_watts(*seen.samples, seen.components)) {
    seen.watts.emplace_back(time - kStarted, watts);
  }
  return seen;
}

// Nobody watched.
inline Observation unwatched() {
  Observation seen;
  seen.why_none = "no daemon at /tmp/s: no such socket";
  return seen;
}

}  // namespace anemon::profiler::test
