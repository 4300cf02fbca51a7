#include "profiler/measure/energy_account.h"

#include "core/json_access.h"
#include "tests/catch.h"
#include "tests/unit/profiler/measure/observe/session_documents.h"

using namespace anemon;
using namespace anemon::profiler;
using Names = std::vector<std::string>;

TEST_CASE("A total is of components that hold nothing of each other") {
  // A Mac: what the machine uses beside its chip is none of computing's.
  CHECK(components_of_total({"cpu", "gpu", "ane", "dram", "system", "battery", "ac_input"}) ==
        Names{"ane", "cpu", "dram", "gpu"});
  CHECK(components_of_total({"cpu", "ane"}) == Names{"ane", "cpu"});
  // Intel: a package holds its cores and its graphics.
  CHECK(components_of_total({"package-0", "package-1", "cpu", "gpu", "dram", "system"}) ==
        Names{"dram", "package-0", "package-1"});
  CHECK(components_of_total({"soc", "system", "rail_3v8"}) == Names{"soc"});
  // The Neural Engine's counter stands still: only the machine as a whole has it in it.
  CHECK(components_of_total({"cpu", "gpu", "dram", "system"}) == Names{"system"});
  CHECK(components_of_total({"cpu", "gpu", "dram"}) == Names{"cpu", "dram", "gpu"});
  CHECK(components_of_total({"gpu", "battery", "rail_pp0b"}).empty());
  CHECK(components_of_total({}).empty());
}

TEST_CASE("Energy of several components adds up reading by reading") {
  Json all = Json::array();
  test::add_component(all, "cpu", 3, 1000, 4);
  test::add_component(all, "ane", 2, 1000, 4);
  test::add_component(all, "gpu", 50, 1000, 4);  // not asked for
  const auto account = account_energy(test::samples(all), {"ane", "cpu"});
  CHECK(account.why_none.empty());
  REQUIRE(account.intervals.size() == 3);
  for (const EnergyInterval& interval : account.intervals) {
    CHECK(interval.joules == Approx(5));
    CHECK(interval.seconds == Approx(1));
  }
  CHECK(account.cadence == 1);
  CHECK(account.provenance == Provenance::estimated);
  CHECK(account.sources == Names{"ioreport"});

  const Timeline watts = total_watts(test::samples(all), {"ane", "cpu"});
  REQUIRE(watts.size() == 4);
  CHECK(watts[2] == std::pair(1002.0, 5.0));
}

TEST_CASE("Components that are read at other times are taken on the lines between") {
  const Json all = Json::array(
      {test::series("anemon_energy_joules_total", {{"component", "package-0"}, {"source", "rapl"}},
                    {{10, 0}, {12, 8}, {14, 16}}),
       test::series("anemon_energy_joules_total", {{"component", "dram"}, {"source", "rapl"}},
                    {{11, 0}, {13, 2}, {15, 4}})});
  const auto account = account_energy(test::samples(all), {"dram", "package-0"});
  REQUIRE(account.intervals.size() == 3);  // 11 to 12, 13, 14: while both are known
  for (const EnergyInterval& interval : account.intervals) {
    CHECK(interval.joules == Approx(5));
    CHECK(interval.seconds == Approx(1));
  }
  CHECK(account.cadence == 0);  // no span is told
  CHECK(account.provenance == Provenance::measured);
}

TEST_CASE("Of several sources the most trustworthy counts, and once") {
  const Json all = Json::array(
      {test::series("anemon_energy_joules_total", {{"component", "system"}, {"source", "smc"}},
                    {{0, 0}, {1, 90}}, "estimated"),
       test::series("anemon_energy_joules_total", {{"component", "system"}, {"source", "meter"}},
                    {{0, 0}, {1, 7}}, "measured"),
       test::series("anemon_energy_joules_total", {{"component", "system"}, {"source", "hwmon"}},
                    {{0, 0}, {1, 80}}, "measured")});
  const auto account = account_energy(test::samples(all), {"system"});
  REQUIRE(account.intervals.size() == 1);
  CHECK(account.intervals[0].joules == 7);
  CHECK(account.sources == Names{"meter"});
}

TEST_CASE("Publications slower than readings set the cadence") {
  Json all = Json::array();
  test::add_component(all, "cpu", 3, 0, 4);
  test::add_component(all, "ane", 2, 0, 4);
  for (Json& point : all.back()["points"]) point[4] = 2.1;  // the spans of ane
  CHECK(account_energy(test::samples(all), {"ane", "cpu"}).cadence == Approx(2.1));
}

TEST_CASE("A total without one of its components is none") {
  Json all = Json::array();
  test::add_component(all, "cpu", 3, 0, 4);
  auto account = account_energy(test::samples(all), {"ane", "cpu"});
  CHECK(account.intervals.empty());
  CHECK(account.why_none == "fewer than two readings of the energy of ane");
  CHECK(total_watts(test::samples(all), {"ane", "cpu"}).empty());

  test::add_component(all, "ane", 3, 0, 1);
  CHECK(account_energy(test::samples(all), {"ane", "cpu"}).intervals.empty());
  test::add_component(all, "dram", 1, 100, 4);
  account = account_energy(test::samples(all), {"cpu", "dram"});
  CHECK(account.why_none == "the components' readings do not overlap");
}

TEST_CASE("A reading of power stands until the next one, but not for ever") {
  const auto of = [](const char* component, std::vector<std::pair<double, double>> points) {
    return test::series("anemon_power_watts", {{"component", component}}, points);
  };
  const Json all = test::samples(
      Json::array({of("cpu", {{0, 1}, {5, 2}, {9, 3}, {12, 4}}), of("ane", {{1, 10}})}));
  CHECK(total_watts(all, {"ane", "cpu"}) == Timeline{{1, 11}, {5, 12}, {9, 13}});
}

TEST_CASE("What no daemon of this version writes is passed over") {
  Json all = Json::array();
  test::add_component(all, "cpu", 3, 0, 4);
  all.push_back(Json::parse(R"({"metric": 7, "labels": 3, "points": {"a": 1}})"));
  all.push_back(Json::parse(R"({"metric": "anemon_energy_joules_total"})"));
  all.push_back(Json::parse(R"({"metric": "anemon_energy_joules_total", "labels": null,
                                "points": [[1], "x", [null, 1, 1, 1, 1, 1], [1, "a", 1, 1, 1, 1]]})"));
  all.push_back(7);
  all.push_back(nullptr);
  Json& points = all[0]["points"];
  points.push_back(Json::parse("[3.5]"));
  points.push_back(Json::parse("[2, 100, 100, 100, 100, 1]"));  // goes back in time
  const auto account = account_energy(test::samples(all), {"cpu"});
  REQUIRE(account.intervals.size() == 3);
  CHECK(account.intervals.back().joules == Approx(3));
  for (const char* text : {"null", "7", "[]", R"({"series": 7})", R"({"series": {"a": 1}})"}) {
    CHECK_FALSE(account_energy(Json::parse(text), {"cpu"}).why_none.empty());
  }
}
