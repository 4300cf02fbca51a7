#include "exporters/exposition.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <random>
#include <set>
#include <sstream>

#include "tests/catch.h"
#include "tests/golden.h"
#include "tests/unit/exporters/exposition_fixture.h"
#include "tests/unit/exporters/exposition_reader.h"

using namespace anemon;
using namespace anemon::test;
using namespace std::chrono_literals;

namespace {

constexpr auto kText = ExpositionFormat::text;
constexpr auto kOpenMetrics = ExpositionFormat::openmetrics;

// One of everything.
void fill(ExportedWorld& world) {
  SeriesGroup& energy = world.group("energy");
  SeriesGroup& thermal = world.group("thermal");
  Series cpu(Metric::kPowerWatts, {"cpu", "rapl"});
  Series ane(Metric::kPowerWatts, {"ane", "hwmon"});
  Series joules(Metric::kEnergyJoules, {"cpu", "rapl"});
  Series load(Metric::kLoad1, {});
  Series heat(Metric::kTemperature, {"cpu", "Core \"0\"\\\nA"});
  world.pass(energy, {{&cpu, 12.345678}, {&ane, 0.1 + 0.2}, {&joules, 123456789}, {&load, -0.5}});
  world.pass(thermal, {{&heat, 45}});
  const Instant now = world.clock.now();
  world.signals.report(Metric::kPowerWatts, "cpu", "rapl", SignalState::live, "",
                       Provenance::derived, now);
  world.signals.report(Metric::kFanSpeed, "", "hwmon", SignalState::absent, "no fans",
                       Provenance::measured, now);
  world.signals.published(Metric::kPowerWatts, "cpu", "rapl", 1'700'000'000'250ms);
  world.readings.push_back({Metric::kBuildInfo, {"0.1.0", "abc", "g++"}, 1});
  world.readings.push_back({Metric::kStoreBytes, {}, 1 << 20});
  world.instruments.counter(Metric::kLogMessages, {"warn"}).Increment(3);
  world.instruments.gauge(Metric::kHttpConnections).Set(2);
  auto& duration =
      world.instruments.histogram(Metric::kCollectorDuration, {"energy"}, {0.001, 0.25, 1, 10});
  duration.Observe(0.0005);
  duration.Observe(0.75);
  duration.Observe(30);
}

std::string serialized(const Instruments& instruments) {
  return prometheus::TextSerializer().Serialize(instruments.collect());
}

}  // namespace

TEST_CASE("the text page is the golden one") {
  ExportedWorld world;
  fill(world);
  check_golden("exporters/metrics.prom", world.page(kText));
  read_page(world.page(kText), kText);
}

TEST_CASE("the OpenMetrics page is the golden one") {
  ExportedWorld world;
  fill(world);
  check_golden("exporters/metrics.openmetrics", world.page(kOpenMetrics));
  read_page(world.page(kOpenMetrics), kOpenMetrics);
}

TEST_CASE("an empty daemon has an empty page") {
  ExportedWorld world;
  CHECK(world.page(kText).empty());
  CHECK(world.page(kOpenMetrics) == "# EOF\n");
}

TEST_CASE("media types are exact") {
  CHECK(content_type(kText) == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(content_type(kOpenMetrics) == "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

TEST_CASE("every metric of the catalogue has a valid family in both formats") {
  for (const auto format : {kText, kOpenMetrics}) {
    ExportedWorld world;
    std::set<std::string> families;
    for (const MetricInfo& row : catalogue()) {
      if (row.type == MetricType::histogram) {
        world.instruments
            .histogram(row.metric, std::vector<std::string>(row.labels().size(), "x"), {1, 2.5})
            .Observe(1.5);
      } else if (row.metric != Metric::kSignalState && row.metric != Metric::kSignalTimestamp) {
        world.readings.push_back(
            {row.metric, std::vector<std::string>(row.labels().size(), "x"), 1});
      }
    }
    if (format == kText) check_golden("exporters/catalogue.prom", world.page(format));
    const ReadPage page = read_page(world.page(format), format);
    CHECK(page.families.size() == catalogue().size() - 2);
    for (const auto& [name, family] : page.families) {
      INFO(name);
      CHECK(family.type != "unknown");
      if (format == kOpenMetrics) {
        CHECK_FALSE(name.ends_with("_total"));
        CHECK_FALSE(name.ends_with("_info"));
      }
    }
  }
}

TEST_CASE("a unit in OpenMetrics is the end of the family's name") {
  ExportedWorld world;
  fill(world);
  const ReadPage page = read_page(world.page(kOpenMetrics), kOpenMetrics);
  CHECK(page.families.at("anemon_energy_joules").unit == "joules");
  CHECK(page.families.at("anemon_energy_joules").type == "counter");
  CHECK(page.families.at("anemon_build").type == "info");
  CHECK(page.families.at("anemon_load1").unit.empty());
}

TEST_CASE("families come in the catalogue's order and series in the order of their names") {
  ExportedWorld world;
  SeriesGroup& late = world.group("late");
  SeriesGroup& early = world.group("early");
  Series b(Metric::kPowerWatts, {"b", "x"}), a(Metric::kPowerWatts, {"a", "x"});
  Series load(Metric::kLoad1, {}), c(Metric::kPowerWatts, {"c", "x"});
  world.pass(late, {{&load, 1}, {&b, 1}});
  world.pass(early, {{&c, 1}, {&a, 1}});
  const std::string page = world.page();
  const auto at = [&](const char* text) { return page.find(text); };
  CHECK(at("component=\"a\"") < at("component=\"b\""));
  CHECK(at("component=\"b\"") < at("component=\"c\""));
  CHECK(at("component=\"c\"") < at("anemon_load1"));
  CHECK(at("anemon_load1 1\n") != std::string::npos);
}

TEST_CASE("label values are escaped and come back unchanged") {
  ExportedWorld world;
  SeriesGroup& group = world.group("thermal");
  const std::string hostile = "a\"b\\c\nd{e}=,f \xc3\xa9";
  Series series(Metric::kTemperature, {hostile, ""});
  world.pass(group, {{&series, 1}});
  world.instruments.counter(Metric::kLogMessages, {hostile}).Increment();
  for (const auto format : {kText, kOpenMetrics}) {
    const auto samples = read_page(world.page(format), format).samples();
    CHECK(samples.count("anemon_temperature_celsius|component=" + hostile) == 1);
    CHECK(samples.count("anemon_log_messages_total|level=" + hostile) == 1);
  }
}

TEST_CASE("a series that two groups, a reading and an instrument know is shown once") {
  ExportedWorld world;
  SeriesGroup& first = world.group("first");
  SeriesGroup& second = world.group("second");
  Series in_first(Metric::kHttpConnections, {}), in_second(Metric::kHttpConnections, {});
  world.pass(first, {{&in_first, 1}});
  world.pass(second, {{&in_second, 2}});
  world.readings.push_back({Metric::kHttpConnections, {}, 3});
  world.readings.push_back({Metric::kHttpConnections, {}, 4});
  world.instruments.gauge(Metric::kHttpConnections).Set(5);
  const auto value = [&] {
    return read_page(world.page(), kText).samples().at("anemon_http_connections");
  };
  CHECK(value() == 1);

  world.pass(first, {});  // without it
  CHECK(value() == 2);
  world.pass(second, {});
  CHECK(value() >= 3);
}

TEST_CASE("what a pass did not set, and what is stale, is not on the page") {
  ExportedWorld world;
  SeriesGroup& fast = world.group("fast", 100ms);
  SeriesGroup& slow = world.group("slow", 10s);
  Series load1(Metric::kLoad1, {}), load5(Metric::kLoad5, {}), load15(Metric::kLoad15, {});
  Exposition exposition(world.sources);
  std::string page;
  const auto render = [&] {
    const Duration holds = exposition.render(kText, world.clock.now(), page);
    return holds - world.clock.now().awake;
  };

  world.pass(fast, {{&load1, 1}, {&load5, 5}});
  world.pass(slow, {{&load15, 15}});
  CHECK(render() == 5s);  // the fast group's
  CHECK(read_page(page, kText).samples().size() == 3);

  world.pass(fast, {{&load5, 6}});
  render();
  CHECK(page.find("anemon_load1 ") == std::string::npos);
  CHECK(page.find("anemon_load5 6\n") != std::string::npos);

  world.clock.advance(5s);
  render();
  CHECK(page.find("anemon_load5 6\n") != std::string::npos);
  world.clock.advance(1ms);
  CHECK(render() == 30s - 5001ms);
  CHECK(page.find("anemon_load5") == std::string::npos);
  CHECK(page.find("anemon_load15 15\n") != std::string::npos);
  world.clock.advance(25s);
  CHECK(render() > 1h);
  CHECK(page.empty());
}

TEST_CASE("a value that is no number is left out") {
  ExportedWorld world;
  SeriesGroup& group = world.group("g");
  Series load(Metric::kLoad1, {});
  world.pass(group, {{&load, std::numeric_limits<double>::quiet_NaN()}});
  world.readings.push_back({Metric::kLoad5, {}, std::numeric_limits<double>::infinity()});
  world.instruments.gauge(Metric::kHttpConnections).Set(std::numeric_limits<double>::quiet_NaN());
  CHECK(world.page().empty());
}

TEST_CASE("new, vanished and evicted series show in the next page of the same renderer") {
  ExportedWorld world;
  SeriesGroup& group = world.group("tasks", 1s, 4);
  Exposition exposition(world.sources);
  std::mt19937 random(7);
  std::vector<Series> series;
  for (int i = 0; i < 12; ++i) {
    series.emplace_back(Metric::kTaskThreads, std::vector<std::string>{std::to_string(i), "p"});
  }
  for (int round = 0; round < 300; ++round) {
    std::map<std::string, double> expected;
    for (int k = 0; k < 3; ++k) {
      const size_t i = random() % series.size();
      const double value = static_cast<double>(random() % 1000) / 8;
      if (group.set(series[i], value)) {
        expected["anemon_task_threads|pid=" + std::to_string(i) + "|process=p"] = value;
      }
    }
    group.commit(world.clock.now());
    std::string page;
    exposition.render(kText, world.clock.now(), page);
    REQUIRE(read_page(page, kText).samples() == expected);
  }
}

TEST_CASE("random worlds never show a series twice and are valid in both formats") {
  std::mt19937 random(11);
  const auto pick = [&](size_t n) { return random() % n; };
  for (int round = 0; round < 60; ++round) {
    ExportedWorld world;
    std::vector<SeriesGroup*> groups;
    for (size_t g = 0; g < 1 + pick(4); ++g) groups.push_back(&world.group(std::to_string(g)));
    for (int pass = 0; pass < 3; ++pass) {
      for (SeriesGroup* group : groups) {
        for (size_t i = 0; i < pick(40); ++i) {
          const MetricInfo& row = catalogue()[pick(catalogue().size())];
          if (row.type == MetricType::histogram || row.name.ends_with("_info") ||
              row.metric == Metric::kSignalState || row.metric == Metric::kSignalTimestamp) {
            continue;
          }
          std::vector<std::string> labels;
          for (size_t l = 0; l < row.labels().size(); ++l) labels.emplace_back(pick(3), 'v');
          if (pick(4) == 0) {
            world.readings.push_back({row.metric, labels, static_cast<double>(pick(100))});
          } else {
            Series series(row.metric, labels);
            group->set(series, static_cast<double>(pick(100)));
          }
        }
        group->commit(world.clock.now());
      }
    }
    const auto text = read_page(world.page(kText), kText).samples();
    CHECK(text == read_page(world.page(kOpenMetrics), kOpenMetrics).samples());
  }
}

TEST_CASE("the daemon's instruments read like prometheus-cpp's own serializer writes them") {
  std::mt19937 random(3);
  const auto number = [&] {
    return std::uniform_real_distribution<double>(0, 1)(random) *
           std::pow(10, static_cast<double>(random() % 12) - 5);
  };
  for (int round = 0; round < 40; ++round) {
    ExportedWorld world;
    for (int i = 0; i < 30; ++i) {
      const MetricInfo& row = catalogue()[random() % catalogue().size()];
      std::vector<std::string> labels;
      for (size_t l = 0; l < row.labels().size(); ++l) {
        labels.push_back(std::to_string(random() % 4) + "\\\"\n");
      }
      if (row.type == MetricType::counter) {
        world.instruments.counter(row.metric, labels).Increment(number());
      } else if (row.type == MetricType::gauge) {
        world.instruments.gauge(row.metric, labels).Set(-number());
      } else {
        world.instruments.histogram(row.metric, labels, {0.001, 0.5, 1, 250}).Observe(number());
      }
    }
    const std::string reference = serialized(world.instruments);
    const auto ours = read_page(world.page(), kText);
    const auto theirs = read_page(reference, kText);
    REQUIRE(ours.families.size() == theirs.families.size());
    for (const auto& [name, family] : theirs.families) {
      INFO(name);
      REQUIRE(ours.families.count(name) == 1);
      CHECK(ours.families.at(name).type == family.type);
      CHECK(ours.families.at(name).help == family.help);
      REQUIRE(ours.families.at(name).samples.size() == family.samples.size());
      for (const auto& [sample, value] : family.samples) {
        INFO(sample);
        REQUIRE(ours.families.at(name).samples.count(sample) == 1);
        CHECK(ours.families.at(name).samples.at(sample) == Approx(value).epsilon(1e-9));
      }
    }
  }
}
