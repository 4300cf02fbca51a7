#include <cmath>

#include "core/json_access.h"
#include "profiler/measure/ane_signals.h"
#include "profiler/measure/observed_sections.h"
#include "tests/catch.h"
#include "tests/unit/profiler/measure/observe/watched.h"

using namespace anemon;
using namespace anemon::profiler;
using namespace anemon::profiler::test;

namespace {

Json edited(const std::shared_ptr<const Json>& document, const char* pointer, Json value) {
  Json copy = *document;
  copy[Json::json_pointer(pointer)] = std::move(value);
  return copy;
}

std::shared_ptr<const Json> shared(Json document) {
  return std::make_shared<const Json>(std::move(document));
}

// The numbers of a section, wherever they are.
bool holds_numbers(const Json& section) {
  if (section.is_number()) return true;
  if (!section.is_structured()) return false;
  for (const Json& each : section) {
    if (holds_numbers(each)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("Power is told gross and net, by run and by inference") {
  const ModelRun run = finished_run();
  const Observation seen = watched();
  const Json power = power_section({run, seen});
  CHECK(number(power, "/average_power_watts").value() == Approx(5));
  CHECK(number(power, "/peak_power_watts").value() == Approx(5));
  CHECK(number(power, "/idle_power_watts").value() == Approx(1));
  CHECK(number(power, "/net_power_watts").value() == Approx(4));
  CHECK(number(power, "/energy_joules").value() == Approx(40));
  CHECK(number(power, "/interval_seconds").value() == Approx(8));
  // 400 inferences in 8 s: 50 a second.
  CHECK(number(power, "/energy_per_inference_joules").value() == Approx(0.1));
  CHECK(number(power, "/net_energy_per_inference_joules").value() == Approx(0.08));
  CHECK(number(power, "/components/ane").value() == 2);
  CHECK(number(power, "/components/system").value() == 20);  // told, but not in the sum
  CHECK(number(power, "/temperature_celsius").value() == 58.5);
  CHECK(text(power, "/basis/average_power_watts")
            .starts_with("session 20260921-133320-abcd, energy of ane and cpu by ioreport: 5 W"));
  CHECK(text(power, "/provenance/average_power_watts") == "estimated");  // as the counters are
  CHECK(text(power, "/provenance/temperature_celsius") == "measured");
  // The timeline begins with the first call.
  CHECK(at(power, "/timeline").size() == 9);
  CHECK(at(power, "/timeline")[0][0].get<double>() == Approx(0.25));
}

TEST_CASE("Of several sources of a component the idle machine's power is the most trustworthy's") {
  using anemon::test::energy_row;
  const ModelRun run = finished_run();
  Observation seen = watched();
  const Json measured = energy_row("cpu", 1, 5, "measured");
  const Json estimated = energy_row("cpu", 9, 5);
  for (const Json& rows : {Json::array({energy_row("ane", 0, 5), estimated, measured}),
                           Json::array({energy_row("ane", 0, 5), measured, estimated})}) {
    seen.baseline = shared(edited(seen.baseline, "/summary/energy", rows));
    CHECK(number(power_section({run, seen}), "/idle_power_watts").value() == Approx(1));
  }
}

TEST_CASE("A batch shares the energy of a call") {
  ModelRun run = finished_run();
  run.request.items = 4;
  const Json power = power_section({run, watched()});
  CHECK(number(power, "/energy_per_inference_joules").value() == Approx(0.025));
}

TEST_CASE("The time between the calls costs energy as well") {
  ModelRun run = finished_run();
  run.samples.total.assign(400, 0.01);  // half of the eight seconds
  const Json power = power_section({run, watched()});
  CHECK(number(power, "/energy_per_inference_joules").value() == Approx(0.1));
}

TEST_CASE("TOPS per watt name what they are made of") {
  WorkDone work;
  const Json known =
      Json::parse(R"({"effective_tops": 15, "provenance": {"effective_tops": "derived"}})");
  work.throughput = &known;
  Json power = power_of(watched(), work);
  CHECK(number(power, "/efficiency_tops_per_watt").value() == Approx(3));
  CHECK(text(power, "/basis/efficiency_tops_per_watt") ==
        "effective TOPS of the throughput over average watts, gross; session "
        "20260921-133320-abcd, energy of ane and cpu by ioreport");
  const Json unknown =
      Json::parse(R"({"absent": {"effective_tops": "the model multiplies nothing"}})");
  work.throughput = &unknown;
  power = power_of(watched(), work);
  CHECK_FALSE(power.contains("efficiency_tops_per_watt"));
  CHECK(text(power, "/absent/efficiency_tops_per_watt") ==
        "no effective TOPS: the model multiplies nothing");
}

TEST_CASE("Without a daemon every number is absent, with the reason") {
  const ModelRun run = finished_run();
  const Observation seen = unwatched();
  for (const Json& section : {power_section({run, seen}), ane_section({run, seen})}) {
    CHECK_FALSE(holds_numbers(section));
    for (const Json& reason : at(section, "/absent")) CHECK(reason == seen.why_none);
  }
  const Json power = power_section({run, seen});
  for (const char* key : {"average_power_watts", "peak_power_watts", "efficiency_tops_per_watt",
                          "energy_per_inference_joules", "temperature_celsius"}) {
    CHECK(at(power, "/absent").contains(key));
  }
}

TEST_CASE("A daemon without a source of power says why, and still tells the heat") {
  const ModelRun run = finished_run();
  Observation seen = watched();
  seen.precision.reset();
  seen.components.clear();
  seen.why_no_energy = "no source of power on this machine (rapl: no such zone)";
  const Json power = power_section({run, seen});
  CHECK(text(power, "/absent/average_power_watts") == seen.why_no_energy);
  CHECK(number(power, "/temperature_celsius").value() == 58.5);
}

TEST_CASE("Without an idle machine before there is no net power, and gross stays") {
  const ModelRun run = finished_run();
  Observation seen = watched();
  SECTION("none was measured") { seen.baseline.reset(); }
  SECTION("a component is missing from it") {
    seen.baseline = shared(edited(seen.baseline, "/summary/energy",
                                  Json::array({anemon::test::energy_row("cpu", 1, 5)})));
  }
  const Json power = power_section({run, seen});
  CHECK(number(power, "/average_power_watts").value() == Approx(5));
  for (const char* key : {"/net_power_watts", "/idle_power_watts"}) CHECK_FALSE(number(power, key));
  CHECK(text(power, "/absent/net_energy_per_inference_joules") ==
        "the idle machine was not measured before");
}

TEST_CASE("A run that failed before its calls has no energy per inference") {
  ModelRun run = finished_run();
  run.predicted.reset();
  run.end = {RunOutcome::crashed, RunPhase::measure, {}, {}, {}};
  const Json power = power_section({run, watched()});
  CHECK_FALSE(number(power, "/energy_per_inference_joules"));
  CHECK_THAT(text(power, "/absent/energy_per_inference_joules"), Catch::Contains("crashed"));
}

TEST_CASE("The Neural Engine's utilisation is the signal that tells most, by its name") {
  const ModelRun run = finished_run();
  Observation seen = watched();
  Json ane = ane_section({run, seen});
  CHECK(number(ane, "/ane_utilization_percent").value() == Approx(60));
  CHECK(text(ane, "/signal") == "dcs_floor");  // not that its firmware was awake
  CHECK(flag(ane, "/active"));
  CHECK(number(ane, "/clock_hertz").value() == Approx(1.5e9));
  CHECK(text(ane, "/provenance/ane_utilization_percent") == "derived");

  // A measured one goes before a derived one, and of two engines the busier counts.
  seen.run = shared(edited(seen.run, "/summary/activity",
                           Json::array({activity_row("busy", 0.2, 0.3, "ane0", "estimated"),
                                        activity_row("dcs_floor", 0.4, 0.5, "ane0", "measured"),
                                        activity_row("dcs_floor", 0.7, 0.8, "ane1", "measured")})));
  ane = ane_section({run, seen});
  CHECK(number(ane, "/ane_utilization_percent").value() == Approx(70));
  CHECK_THAT(text(ane, "/basis/ane_utilization_percent"), Catch::Contains("of ane1"));
}

TEST_CASE("What the daemon says of the Neural Engine's signals is why there are none") {
  const ModelRun run = finished_run();
  Observation seen = watched();
  seen.run = shared(edited(seen.run, "/summary/activity", Json::array()));
  seen.samples = shared(anemon::test::samples(Json::array()));
  seen.status = shared(Json::parse(R"({"signals": [
      {"signal": "anemon_ane_activity_ratio", "component": "ane0/firmware", "state": "absent",
       "reason": "chip does not publish it"},
      {"signal": "anemon_frequency_hertz", "component": "gpu", "state": "absent", "reason": "no"},
      {"signal": "anemon_frequency_hertz", "component": "ane0", "state": "absent",
       "reason": "clock points do not fit the clock table"}]})"));
  const Json ane = ane_section({run, seen});
  CHECK(text(ane, "/absent/ane_utilization_percent") == "chip does not publish it");
  CHECK(text(ane, "/absent/clock_hertz") == "clock points do not fit the clock table");
  CHECK_FALSE(ane.contains("active"));
}

TEST_CASE("A signal that was busy before the run shows nothing of it") {
  const auto judged = [](double running, std::optional<double> baseline) {
    return judge_activity({"ane0", "firmware", running, running, baseline, Provenance::derived});
  };
  CHECK(judged(0.99, 0.95).activity == AneActivity::absent);
  CHECK(judged(0.99, 0.95).reason == "95 % before the run already");
  CHECK(judged(0.5, 0.01).activity == AneActivity::active);
  CHECK(judged(0.5, std::nullopt).activity == AneActivity::active);
  CHECK(judged(0.01, 0.0).activity == AneActivity::idle);
  CHECK(judged(0.3, 0.2).activity == AneActivity::idle);
}

TEST_CASE("Plan and activity are reconciled for engines that can use the Neural Engine") {
  ModelRun run = finished_run();
  run.request.units = ComputeUnits::cpu_only;
  Observation seen = watched();
  Json section = reconciliation_section({run, seen});
  CHECK(text(section, "/verdict") == "unexpected use");  // cpu-only, yet it was active
  CHECK_THAT(text(section, "/words"), Catch::Contains("dcs_floor of ane0"));
  CHECK_THAT(text(section, "/words"), Catch::Contains("energy of ane"));
  CHECK_THAT(section.dump(), Catch::Contains("firmware of ane0: 95 % before the run already"));

  seen = unwatched();
  section = reconciliation_section({run, seen});
  CHECK(text(section, "/verdict") == "cannot tell");
  CHECK_THAT(text(section, "/words"), Catch::Contains(seen.why_none));

  run.hello->engine = {"reference (CPU)", "1", 1, {ComputeUnits::cpu_only}};
  section = reconciliation_section({run, watched()});
  CHECK_FALSE(section.contains("verdict"));
  CHECK(text(section, "/absent/verdict") == "reference (CPU) does not use the Neural Engine");
  run.hello.reset();
  CHECK_FALSE(reconciliation_section({run, watched()}).contains("verdict"));
}

TEST_CASE("The environment tells the machine's state as the daemon saw it") {
  const ModelRun run = finished_run();
  Observation seen = watched();
  seen.load_average = 0.5;
  const auto value = [](const char* name, double number) {
    return Json{{"name", name}, {"values", Json::array({{{"value", number}}})}};
  };
  seen.machine = shared(
      {{"metrics", Json::array({value("anemon_on_battery", 1), value("anemon_low_power_mode", 0),
                                value("anemon_thermal_pressure_level", 2)})}});
  Json environment = environment_section({run, seen});
  CHECK(text(environment, "/power_source") == "battery");
  CHECK(at(environment, "/low_power_mode") == false);
  CHECK(text(environment, "/thermal_pressure") == "heavy");
  CHECK(number(environment, "/load_average") == 0.5);
  CHECK(text(environment, "/engine") == "coreml");
  CHECK(text(environment, "/compute_units") == "all");
  CHECK(text(environment, "/absent/threads") == "the engine's framework decides");
  CHECK(text(environment, "/session") == seen.session);
  CHECK_FALSE(text(environment, "/os").empty());

  // No such reading, and none at all.
  seen.machine = shared(Json::parse(R"({"metrics": [{"name": "anemon_on_battery", "values": [],
      "reason": "no battery on this system"}, {"name": "anemon_thermal_pressure_level",
      "values": [{"value": 77}]}]})"));
  environment = environment_section({run, seen});
  CHECK(text(environment, "/absent/power_source") == "no battery on this system");
  CHECK(text(environment, "/absent/low_power_mode") == "the daemon does not tell");
  CHECK(at(environment, "/absent").contains("thermal_pressure"));
  environment = environment_section({run, unwatched()});
  for (const char* key : {"power_source", "low_power_mode", "thermal_pressure", "session"}) {
    CHECK(at(environment, "/absent").at(key) == unwatched().why_none);
  }
}

TEST_CASE("A daemon that replays does not say on which machine the model ran") {
  const ModelRun run = finished_run();
  Observation seen = watched();
  seen.status = shared(Json::parse(R"({"host": {"replay": true, "chip": "Apple M5", "os": "macOS",
      "os_version": "26.6", "os_build": "25G60", "model": "Mac17,2"}})"));
  const Json environment = environment_section({run, seen});
  CHECK(text(environment, "/replayed") == "Apple M5, macOS 26.6");
  CHECK(text(environment, "/chip") != "Apple M5");
  CHECK(text(environment, "/os_build") != "25G60");
  CHECK_THAT(text(power_section({run, seen}), "/basis/average_power_watts"),
             Catch::Contains("played from a recording"));
}

TEST_CASE("The score is the sum of its parts") {
  Json document = Json::parse(R"({
      "throughput": {"inferences_per_second": 500,
                     "provenance": {"inferences_per_second": "derived"}},
      "power": {"efficiency_tops_per_watt": 2.5,
                "provenance": {"efficiency_tops_per_watt": "estimated"}},
      "memory": {"memory_usage_mb": 50, "peak_memory_mb": 100,
                 "provenance": {"memory_usage_mb": "measured", "peak_memory_mb": "measured"}}})");
  Json score = score_section(document);
  CHECK(number(score, "/performance").value() == Approx(20));
  CHECK(number(score, "/power").value() == Approx(10));
  CHECK(number(score, "/memory").value() == Approx(10));
  CHECK(number(score, "/score").value() == Approx(40));
  CHECK(text(score, "/provenance/score") == "estimated");
  CHECK(text(score, "/provenance/performance") == "derived");
  CHECK_FALSE(score.contains("missing"));

  // A missing part is named, and makes the whole absent, never less.
  document["power"] = Json::parse(R"({"absent": {"efficiency_tops_per_watt": "no daemon"}})");
  score = score_section(document);
  CHECK_FALSE(score.contains("score"));
  CHECK_FALSE(score.contains("power"));
  CHECK(number(score, "/performance").value() == Approx(20));
  CHECK(score["missing"] == Json::array({"TOPS per watt"}));
  CHECK(text(score, "/absent/score") == "missing: TOPS per watt (no daemon)");
  CHECK(text(score, "/absent/power") == "missing: TOPS per watt (no daemon)");

  for (const char* garbage : {"null", "7", "{}", R"({"memory": {"peak_memory_mb": "x"}})",
                              R"({"throughput": {"inferences_per_second": -1}})"}) {
    score = score_section(Json::parse(garbage));
    CHECK_FALSE(holds_numbers(score));
    CHECK(score["missing"].size() == 4);
  }
}

TEST_CASE("Sessions of a daemon of another version leave out what they do not tell") {
  const ModelRun run = finished_run();
  for (const char* garbage :
       {"null", "7", "[]", "{}", R"({"summary": 3})",
        R"({"summary": {"energy": {"a": 1}, "activity": [1, {"engine": 3, "mean_ratio": "x"}],
            "temperatures": [7, {"max_celsius": "hot"}], "throttling": 1}})"}) {
    Observation seen = watched();
    seen.run = seen.baseline = seen.status = seen.machine = shared(Json::parse(garbage));
    const Json power = power_section({run, seen});
    CHECK(number(power, "/average_power_watts").value() == Approx(5));  // the samples are there
    CHECK_FALSE(number(power, "/net_power_watts"));
    CHECK_FALSE(number(power, "/temperature_celsius"));
    CHECK_FALSE(number(ane_section({run, seen}), "/ane_utilization_percent"));
    CHECK_FALSE(text(environment_section({run, seen}), "/absent/power_source").empty());
    CHECK_NOTHROW(reconciliation_section({run, seen}));
    CHECK_NOTHROW(findings_section({run, seen}));
  }
}
