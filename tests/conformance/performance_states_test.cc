#include <fstream>
#include <nlohmann/json.hpp>

#include "collectors/frequency.h"
#include "tests/catch.h"
#include "tests/conformance/trace_data.h"
#include "tests/unit/collectors/apple/apple_run.h"

using namespace anemon;
using Json = nlohmann::json;

namespace {

Json read(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return Json::parse(stream);
}

// Adds a channel with the states of [[name, ticks], ...].
void add(test::AppleRun& world, const std::string& subgroup, const std::string& name,
         const Json& states) {
  std::vector<std::string> names;
  for (const Json& state : states) names.push_back(state[0]);
  world.machine.state("CPU Stats", subgroup, name, names);
}

}  // namespace

TEST_CASE("A real M2 core, without its cluster's last state, has the clocks of its table") {
  const auto folder = test::trace_data();
  if (!folder) return;
  const Json states =
      read(*folder / "m2_raw_counters.json").at("cpu_core_performance_states_ECPU00_24Mticks");
  test::AppleRun world(make_frequency);
  world.machine.facts.chip = "Apple M2";
  world.machine.clocks.tables = {test::clock_table(
      "voltage-states1-sram",
      {912'000'000, 1'284'000'000, 1'752'000'000, 2'004'000'000, 2'256'000'000, 2'424'000'000})};
  add(world, "CPU Core Performance States", "ECPU00", states);
  world.collect();
  // The recorded residencies, one millionth of them: a quarter of an hour would not be believed.
  double active = 0;
  double all = 0;
  double weighted = 0;
  const std::map<std::string, double> clocks = {
      {"V0P5", 912e6}, {"V1P4", 1284e6}, {"V2P3", 1752e6}, {"V3P2", 2004e6}, {"V4P1", 2256e6}};
  std::vector<std::pair<std::string, int64_t>> more;
  for (const Json& state : states) {
    const std::string name = state[0];
    const auto ticks = state[1].get<int64_t>() / 100'000'000;
    more.emplace_back(name, ticks);
    all += static_cast<double>(ticks);
    const auto clock = clocks.find(name);
    if (clock == clocks.end()) continue;
    active += static_cast<double>(ticks);
    weighted += static_cast<double>(ticks) * clock->second;
  }
  world.add("CPU Stats", "CPU Core Performance States", "ECPU00", more);
  world.collect();
  CHECK(world.value("anemon_frequency_hertz{domain=\"cpu-efficiency-0.core0\"}") ==
        Approx(weighted / active));
  CHECK(world.value("anemon_active_ratio{domain=\"cpu-efficiency-0.core0\"}") ==
        Approx(active / all));
}

TEST_CASE("A real M1 Pro cluster's states are one ladder of fifteen levels") {
  const auto folder = test::trace_data();
  if (!folder) return;
  const Json states = read(*folder / "m1_pro_8c14g_raw_counters.json")
                          .at("cpu_complex_performance_states_PCPU1_24Mticks");
  test::AppleRun world(make_frequency);
  world.machine.facts.chip = "Apple M1 Pro";
  add(world, "CPU Complex Performance States", "PCPU1", states);
  std::vector<uint32_t> words;
  for (uint32_t i = 0; i < 15; ++i) words.push_back(600'000'000 + i * 180'000'000);
  world.machine.clocks.tables = {test::clock_table("voltage-states13-sram", words)};
  world.collect();
  CHECK(world.value("anemon_frequency_limit_hertz{domain=\"cpu-performance-1\",limit=\"max\"}") ==
        Approx(3.12e9));
}
