#include "exporters/page/status_page.h"

#include "exporters/landing.h"
#include "exporters/page/amounts.h"
#include "exporters/page/html.h"
#include "exporters/page/readings.h"
#include "tests/catch.h"
#include "tests/unit/exporters/exposition_fixture.h"

using namespace anemon;
using namespace anemon::test;
using namespace std::chrono_literals;

namespace {

struct PageWorld : ExportedWorld {
  DaemonStatus status;

  std::string page() { return status_page(sources, status); }
  PageReadings readings() { return page_readings(sources, signals.signals(), clock.now()); }
  void signal(Metric metric, std::string_view component, SignalState state, std::string_view reason,
              std::string_view source = "s") {
    signals.report(metric, component, source, state, reason, Provenance::measured, clock.now());
  }
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const std::vector<PageReading>& shown(const PageReadings& readings, Theme theme) {
  return readings.themes[static_cast<size_t>(theme)].shown;
}

}  // namespace

TEST_CASE("amounts have three digits and a unit at hand") {
  CHECK(watts_text(0) == "0 W");
  CHECK(watts_text(0.0004) == "0.400 mW");
  CHECK(watts_text(0.35) == "350 mW");
  CHECK(watts_text(0.9996) == "1.00 W");
  CHECK(watts_text(2.5) == "2.50 W");
  CHECK(watts_text(117.4) == "117 W");
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(1023) == "1023 B");
  CHECK(bytes_text(1023.9) == "1.00 KiB");
  CHECK(bytes_text(15032385536.0) == "14.0 GiB");
  CHECK(bytes_text(1e18) == "909495 TiB");
  CHECK(joules_text(4200) == "4.20 kJ");
  CHECK(ratio_text(0.5) == "50.0 %");
  CHECK(ratio_text(1) == "100 %");
  CHECK(ratio_text(1e-9) == "< 0.001 %");
  CHECK(hertz_text(4608e6) == "4608 MHz");
  CHECK(short_number(-2.5) == "-2.50");
}

TEST_CASE("spans are rounded down and never negative") {
  CHECK(span_text(-5s) == "0 s");
  CHECK(span_text(59'999ms) == "59 s");
  CHECK(span_text(60s) == "1 min");
  CHECK(span_text(3599s) == "59 min");
  CHECK(span_text(2h) == "2 h");
  CHECK(span_text(2h + 10min + 59s) == "2 h 10 min");
  CHECK(span_text(76h) == "3 d 4 h");
}

TEST_CASE("text from outside cannot become markup, and is cut between characters") {
  CHECK(Html().text("<a href='x'>&\"").take() == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
  CHECK(Html().text("a\xFF\n\x1b[31m").take().find_first_of("\xFF\n\x1b") == std::string::npos);
  const std::string cut = Html().text(std::string(500, 'x')).take();
  CHECK(cut == std::string(Html::kMaxText, 'x') + "\xE2\x80\xA6");
  CHECK(Html().text("ab\xC3\xA4", 3).take() == "ab\xE2\x80\xA6");
}

TEST_CASE("a reading is shown with its value, unit and provenance") {
  PageWorld world;
  SeriesGroup& energy = world.group("energy");
  Series ane(Metric::kPowerWatts, {"ane", "ioreport"}, Provenance::estimated);
  world.pass(energy, {{&ane, 2.5}});
  const PageReadings readings = world.readings();
  const PageReading* reading = readings.find(Theme::power, Metric::kPowerWatts, "ane");
  REQUIRE(reading != nullptr);
  CHECK(reading->name == "Neural Engine");
  CHECK(reading->value == "2.50 W");
  CHECK(reading->provenance == Provenance::estimated);
  CHECK(has(world.page(), "<td>2.50 W</td><td><span class=\"provenance estimated\">"));
}

TEST_CASE("what is absent has its state and reason and no value") {
  PageWorld world;
  world.signal(Metric::kPowerWatts, "ane", SignalState::gated, "the OS gates it");
  world.signal(Metric::kAneActivity, "ane0/firmware", SignalState::absent, "not published");
  world.signal(Metric::kTemperature, "", SignalState::refused, "no permission");
  const PageReadings readings = world.readings();
  REQUIRE(shown(readings, Theme::power).size() == 1);
  const PageReading& power = shown(readings, Theme::power)[0];
  CHECK(power.name == "Neural Engine");
  CHECK(power.value.empty());
  CHECK(power.state == "gated");
  CHECK(power.reason == "the OS gates it");
  CHECK(shown(readings, Theme::neural_engine)[0].name == "Firmware");
  CHECK(shown(readings, Theme::heat)[0].name == "Temperatures");
  const std::string page = world.page();
  CHECK(has(page, "<span class=\"state gated\">gated</span> the OS gates it"));
  CHECK(has(page, "0 of 3 can be read."));
  CHECK(!has(page, "0 W"));
}

TEST_CASE("a source that is not live is no reading when another stands in for it") {
  PageWorld world;
  SeriesGroup& energy = world.group("energy");
  Series ane(Metric::kPowerWatts, {"ane", "ioreport"});
  world.pass(energy, {{&ane, 2.5}});
  world.signal(Metric::kPowerWatts, "ane", SignalState::live, "", "ioreport");
  world.signal(Metric::kPowerWatts, "ane", SignalState::absent, "other rail", "smc");
  world.signal(Metric::kPowerWatts, "gpu", SignalState::absent, "first", "ioreport");
  world.signal(Metric::kPowerWatts, "gpu", SignalState::absent, "second", "smc");
  const PageReadings readings = world.readings();
  REQUIRE(shown(readings, Theme::power).size() == 2);
  CHECK(shown(readings, Theme::power)[0].value == "2.50 W");
  CHECK(shown(readings, Theme::power)[1].reason == "first; second");
  CHECK(has(world.page(), "other rail"));  // in the table of signals
}

TEST_CASE("readings that are no longer current are not shown, those that age say so") {
  PageWorld world;
  SeriesGroup& energy = world.group("energy");
  Series ane(Metric::kPowerWatts, {"ane", "ioreport"});
  world.pass(energy, {{&ane, 2.5}});
  world.clock.advance(1s);
  CHECK(!shown(world.readings(), Theme::power)[0].age);
  world.clock.advance(3s);
  CHECK(shown(world.readings(), Theme::power)[0].age == 4s);
  CHECK(has(world.page(), "4 s old"));
  world.clock.advance(2s);
  CHECK(shown(world.readings(), Theme::power).empty());
}

TEST_CASE("a counter is shown as its rate over the last seconds, or not at all") {
  PageWorld world;
  SeriesGroup& ane = world.group("ane");
  Series bytes(Metric::kAneBytes, {"ane0", "read", "memory", "pmp"});
  world.pass(ane, {{&bytes, 5e9}});
  CHECK(shown(world.readings(), Theme::neural_engine)[0].value.empty());
  CHECK(shown(world.readings(), Theme::neural_engine)[0].state == "starting");
  for (int i = 1; i <= 10; ++i) {
    world.clock.advance(1s);
    world.pass(ane, {{&bytes, 5e9 + (i <= 5 ? 0 : (i - 5) * 1073741824.0)}});
  }
  const PageReadings readings = world.readings();
  const PageReading& rate = shown(readings, Theme::neural_engine)[0];
  CHECK(rate.name == "Memory read");
  CHECK(rate.value == "1.00 GiB/s");
  CHECK(rate.provenance == Provenance::derived);
  // Since a reset only.
  world.clock.advance(1s);
  world.pass(ane, {{&bytes, 0}});
  CHECK(shown(world.readings(), Theme::neural_engine)[0].value.empty());
  world.clock.advance(1s);
  world.pass(ane, {{&bytes, 1048576}});
  CHECK(shown(world.readings(), Theme::neural_engine)[0].value == "1.00 MiB/s");
}

TEST_CASE("several engines are told apart, one is not named again and again") {
  PageWorld world;
  SeriesGroup& ane = world.group("ane");
  Series first(Metric::kAneActivity, {"ane0", "firmware"});
  Series second(Metric::kAneActivity, {"ane1", "firmware"});
  world.pass(ane, {{&first, 0.5}});
  CHECK(shown(world.readings(), Theme::neural_engine)[0].name == "Firmware");
  world.pass(ane, {{&first, 0.5}, {&second, 0.25}});
  CHECK(shown(world.readings(), Theme::neural_engine)[1].name == "Firmware, Neural Engine 1");
}

TEST_CASE("the hottest sensors come first, the greatest processes too") {
  PageWorld world;
  SeriesGroup& thermal = world.group("thermal");
  SeriesGroup& tasks = world.group("tasks", 1s, 256);
  for (int i = 0; i < 20; ++i) {
    Series sensor(Metric::kTemperature, {"die", "T" + std::to_string(i)});
    thermal.set(sensor, 40 + i);
  }
  thermal.commit(world.clock.now());
  for (int i = 0; i < 100; ++i) {
    Series task(Metric::kTaskResident, {std::to_string(i), "p"});
    tasks.set(task, i);
  }
  Series rest(Metric::kTaskResident, {"", "other"});
  tasks.set(rest, 1e9);
  tasks.commit(world.clock.now());
  const PageReadings readings = world.readings();
  REQUIRE(shown(readings, Theme::heat).size() == 6);
  CHECK(shown(readings, Theme::heat)[0].value == "59.0 °C");
  CHECK(readings.themes[static_cast<size_t>(Theme::heat)].more.size() == 14);
  REQUIRE(readings.processes.size() == PageReadings::kMaxProcesses);
  CHECK(readings.processes_left_out == 101 - PageReadings::kMaxProcesses);
  CHECK(readings.processes[0].pid == "99");
}

TEST_CASE("sessions, hosts, collectors and processes with hostile names stay text") {
  const std::string evil = "</td><script>alert(1)</script>'\" onload=x";
  PageWorld world;
  SeriesGroup& tasks = world.group("tasks");
  Series task(Metric::kTaskResident, {"7", evil});
  Series client(Metric::kAneClientInfo, {"7", evil});
  Series model(Metric::kInferences, {evil, evil});
  Series sensor(Metric::kTemperature, {evil, evil});
  world.pass(tasks, {{&task, 1}, {&client, 1}, {&model, 1}, {&sensor, 1}});
  world.signal(Metric::kFanSpeed, evil, SignalState::absent, evil, evil);
  world.status.version = world.status.listen = world.status.socket = evil;
  world.status.host.chip = world.status.host.model = world.status.host.os = evil;
  world.status.stale_collectors = {evil};
  world.status.sessions.recording = false;
  world.status.sessions.reason = evil;
  world.status.sessions.open = {{evil, evil, world.clock.now(), {{evil, evil}}, {{evil, 1}}}};
  world.status.config.path = world.status.config.error = evil;
  world.status.config.last_reload_ok = false;
  CollectorStatus collector;
  collector.name = collector.state = evil;
  collector.last_error = evil;
  world.status.collectors = {collector};
  const std::string page = world.page();
  CHECK(!has(page, "<script>"));
  CHECK(!has(page, "' onload"));
  CHECK(!has(page, "\" onload"));
  CHECK(page.find("<script ") == page.rfind("<script "));  // its own
}

TEST_CASE("open sessions are shown with their labels, energy and how sure that is") {
  PageWorld world;
  world.signals.report(Metric::kEnergyJoules, "gpu", "ioreport", SignalState::live, "",
                       Provenance::estimated, world.clock.now());
  world.status.sessions.open = {
      {"id1", "run", world.clock.now(), {{"batch", "8"}}, {{"cpu", 10}, {"gpu", 2000}}}};
  world.clock.advance(65s);
  const std::string page = world.page();
  CHECK(has(page, "<a href=\"/v1/sessions/id1\">run</a>"));
  CHECK(has(page, ">1 min</time>"));
  CHECK(has(page, "batch=8"));
  CHECK(has(page, "CPU <strong>10.0 J</strong> <span class=\"provenance derived\">"));
  CHECK(has(page, "GPU <strong>2.00 kJ</strong> <span class=\"provenance estimated\">"));
}

TEST_CASE("the page is bounded however much there is") {
  PageWorld world;
  SeriesGroup& group = world.group("all", 1s, 8192);
  const std::string lengthy(5000, '&');
  for (int i = 0; i < 1000; ++i) {
    const std::string label = std::to_string(i) + lengthy;
    for (Series series :
         {Series(Metric::kTemperature, {label, label}), Series(Metric::kPowerWatts, {label, label}),
          Series(Metric::kActiveRatio, {label}), Series(Metric::kInferences, {label, label}),
          Series(Metric::kTaskResident, {label, label})}) {
      group.set(series, i + 1);
    }
  }
  group.commit(world.clock.now());
  for (size_t i = 0; i < SignalBoard::kMaxSignals + 10; ++i) {
    world.signal(Metric::kFrequency, std::to_string(i) + lengthy, SignalState::absent, lengthy);
  }
  for (int i = 0; i < 100; ++i) {
    OpenSession session{lengthy, lengthy, world.clock.now(), {}, {}};
    for (int k = 0; k < 32; ++k) session.labels[std::to_string(k) + lengthy] = lengthy;
    world.status.sessions.open.push_back(session);
  }
  const std::string page = world.page();
  CHECK(page.size() < 2'000'000);
  CHECK(has(page, "are left out here"));
  CHECK(has(page, "And 68 more."));
}

TEST_CASE("one rendering serves all who ask within a quarter of a second") {
  PageWorld world;
  int asked = 0;
  const std::vector<Route> routes = landing_routes(world.sources, [&] {
    ++asked;
    return world.status;
  });
  REQUIRE(routes[0].pattern == "/");
  const SharedPage first = routes[0].page(0);
  CHECK(routes[0].page(0) == first);
  world.clock.advance(249ms);
  CHECK(routes[0].page(0) == first);
  CHECK(asked == 1);
  world.clock.advance(1ms);
  CHECK(routes[0].page(0) != first);
  CHECK(asked == 2);
}
