#include "ctl/engine_facts.h"

#include <nlohmann/json.hpp>

#include "ctl/doctor.h"
#include "ctl/signal_advice.h"
#include "ctl/top_frame.h"
#include "tests/catch.h"

using namespace anemon;

namespace {

struct Document {
  void add(const std::string& metric, const Json& labels, double value,
           const std::string& provenance = "derived") {
    for (Json& known : metrics) {
      if (known["name"] == metric) {
        known["values"].push_back(reading(labels, value, provenance));
        return;
      }
    }
    metrics.push_back({{"name", metric},
                       {"available", true},
                       {"reason", nullptr},
                       {"values", Json::array({reading(labels, value, provenance)})}});
  }
  void ane_energy(const std::string& state, const std::string& reason, const std::string& source) {
    add("anemon_signal_state",
        {{"signal", "anemon_energy_joules_total"},
         {"component", "ane"},
         {"source", source},
         {"state", state},
         {"reason", reason}},
        1);
  }
  MetricsSnapshot snapshot() const {
    return MetricsSnapshot(std::make_shared<const Json>(Json{{"metrics", metrics}}));
  }

  Json metrics = Json::array();

 private:
  static Json reading(const Json& labels, double value, const std::string& provenance) {
    return {{"labels", labels},
            {"value", value},
            {"provenance", provenance},
            {"time", "2026-11-22T14:51:02.123Z"}};
  }
};

Json status(const Json& signals) { return Json{{"signals", signals}}; }

Json signal(const std::string& name, const std::string& component, const std::string& source,
            const std::string& state, const std::string& reason) {
  return {{"signal", name},
          {"component", component},
          {"source", source},
          {"state", state},
          {"reason", reason},
          {"provenance", "measured"},
          {"since", "2026-11-22T11:45:57.000Z"}};
}

}  // namespace

TEST_CASE("The Neural Engine's power is shown with its source, or why there is none") {
  Document document;
  SECTION("a reading") {
    document.add("anemon_power_watts", {{"component", "ane"}, {"source", "ioreport"}}, 0.531);
    document.add("anemon_power_span_seconds", {{"component", "ane"}, {"source", "ioreport"}}, 2.1);
    CHECK(ane_power_text(document.snapshot()) == "0.53 W (ioreport, mean over 2.1 s)");
  }
  SECTION("an estimate is marked") {
    document.add("anemon_power_watts", {{"component", "ane"}, {"source", "smc"}}, 3, "estimated");
    CHECK(ane_power_text(document.snapshot()) == "~3.00 W (smc)");
  }
  SECTION("the source that came nearest says why") {
    document.ane_energy("absent", "no such channel", "pmp");
    document.ane_energy("gated", "published only while powermetrics or the like runs", "ioreport");
    CHECK(ane_power_text(document.snapshot()) ==
          "-  gated: published only while powermetrics or the like runs (ioreport)");
  }
  SECTION("a machine without the engine says nothing") {
    CHECK(ane_power_text(document.snapshot()).empty());
  }
}

TEST_CASE("Activity and heat are one line each") {
  Document document;
  document.add("anemon_ane_activity_ratio", {{"engine", "ane0"}, {"signal", "dcs_floor"}}, 0.829);
  document.add("anemon_temperature_celsius", {{"component", "die"}, {"sensor", "TCMb"}}, 53.9);
  document.add("anemon_temperature_celsius", {{"component", "die"}, {"sensor", "TCMz"}}, 61.7);
  document.add("anemon_thermal_pressure_level", Json::object(), 1);
  CHECK(ane_activity_text(document.snapshot()) == "dcs_floor 82.9 %");
  CHECK(heat_text(document.snapshot()) == "die 61.7 C  pressure moderate");
  document.add("anemon_ane_activity_ratio", {{"engine", "ane1"}, {"signal", "dcs_floor"}}, 0);
  CHECK(ane_activity_text(document.snapshot()) == "ane0 dcs_floor 82.9 %  ane1 dcs_floor 0.0 %");
}

TEST_CASE("The first line of top names the chip, and power says why the engine has none") {
  Document document;
  document.add("anemon_host_info", {{"chip", "Apple M5 Max"}}, 1);
  document.ane_energy("gated", "published only while powermetrics or the like runs", "ioreport");
  const auto lines = top_frame(document.snapshot(), nullptr, {});
  CHECK_THAT(lines.front(), ANEMON_CONTAINS("Apple M5 Max"));
  std::string all;
  for (const std::string& line : lines) all += line + '\n';
  CHECK_THAT(all, ANEMON_CONTAINS("ane       -  gated: published only while"));
}

TEST_CASE("The doctor has a line for each source, with since when and what to do") {
  std::vector<Check> checks;
  check_signals(
      status({signal("anemon_temperature_celsius", "die", "smc", "live", ""),
              signal("anemon_energy_joules_total", "ane", "ioreport", "gated",
                     "published only while powermetrics or the like runs"),
              signal("anemon_ane_bytes_total", "ane0", "ioreport", "refused",
                     "the kernel refuses this group"),
              signal("anemon_energy_joules_total", "cpu", "rapl", "refused", "permission denied")}),
      checks);
  REQUIRE(checks.size() == 4);
  CHECK(checks[0].subject == "source ioreport");
  CHECK(checks[0].verdict == Verdict::warn);
  CHECK_THAT(checks[0].finding, ANEMON_CONTAINS("gated since 2026-11-22 11:45:57"));
  CHECK_THAT(checks[0].fix, ANEMON_CONTAINS("powermetrics.mode: refresh"));
  CHECK(checks[1].verdict == Verdict::note);
  CHECK_THAT(checks[1].fix, ANEMON_CONTAINS("root or not"));
  CHECK_THAT(checks[2].fix, ANEMON_CONTAINS("powercap"));
  CHECK(checks[3].subject == "source smc");
  CHECK(checks[3].verdict == Verdict::ok);
  CHECK(checks[3].fix.empty());
}

TEST_CASE("Every state has advice, the unknown one too") {
  for (const char* state : {"unproven", "live", "stale", "gated", "frozen", "refused", "absent"}) {
    INFO(state);
    const SignalAdvice advice = signal_advice(state, "smc", "something new");
    CHECK((advice.verdict != Verdict::warn || !advice.fix.empty()));
  }
  CHECK(signal_advice("melted", "", "").verdict == Verdict::warn);
}

TEST_CASE("What the root helper would show comes with the command that installs it") {
  const std::string command = "sudo anemonctl service install --system --with-root-helper";
  struct Row {
    const char *state, *source, *reason;
    Verdict verdict;
  };
  for (const Row& row :
       {Row{"absent", "helper", "no root helper installed", Verdict::note},
        Row{"absent", "powermetrics", "no root helper installed", Verdict::note},
        Row{"refused", "helper", "the root helper serves another account", Verdict::note},
        Row{"refused", "rusage", "not permitted for other users", Verdict::note},
        Row{"refused", "helper", "the root helper's socket is not root's alone", Verdict::warn},
        Row{"stale", "helper", "the root helper does not answer", Verdict::warn},
        Row{"refused", "powermetrics", "needs root", Verdict::warn}}) {
    INFO(row.state << " " << row.source << " " << row.reason);
    const SignalAdvice advice = signal_advice(row.state, row.source, row.reason);
    CHECK(advice.verdict == row.verdict);
    CHECK_THAT(std::string(advice.fix), ANEMON_CONTAINS(command));
  }
}

TEST_CASE("Dropped readings are told by rule") {
  Document document;
  document.add("anemon_readings_rejected_total",
               {{"collector", "thermal"}, {"rule", "temperature_range"}}, 3);
  document.add("anemon_readings_rejected_total", {{"collector", "thermal"}, {"rule", "fan_range"}},
               0);
  std::vector<Check> checks;
  check_rejections(document.snapshot(), checks);
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].finding == "3 readings of collector thermal dropped by rule temperature_range");
}
