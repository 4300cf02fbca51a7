#include <fstream>
#include <nlohmann/json.hpp>

#include "collectors/apple/clock_keys.h"
#include "collectors/apple/clock_ladder.h"
#include "tests/catch.h"
#include "tests/conformance/trace_data.h"

using namespace anemon;
using Json = nlohmann::json;

namespace {

Json read(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return Json::parse(stream);
}

ClockTable table(const std::string& key, const std::vector<uint32_t>& words) {
  ClockTable made{key, {}};
  for (const uint32_t word : words) made.entries.emplace_back(word, UINT32_MAX);
  return made;
}

std::vector<uint32_t> scaled(const Json& megahertz, uint32_t scale) {
  std::vector<uint32_t> words;
  for (const Json& value : megahertz) words.push_back(value.get<uint32_t>() * scale);
  return words;
}

void check_ladder(const std::optional<ClockLadder>& ladder, const Json& megahertz) {
  REQUIRE(ladder);
  REQUIRE(ladder->size() == megahertz.size());
  for (size_t i = 0; i < ladder->size(); ++i) {
    CHECK((*ladder)[i] == Approx(megahertz[i].get<double>() * 1e6));
  }
}

}  // namespace

TEST_CASE("The Neural Engine's ladders of real chips decode") {
  const auto folder = test::trace_data();
  if (!folder) return;
  const Json tables = read(*folder / "ane_dvfs_tables.json").at("tables_mhz");
  int ladders = 0;
  for (const auto& [chip, entry] : tables.items()) {
    if (!entry.contains("mhz")) continue;
    INFO(chip);
    ++ladders;
    const ClockTables here{{table("voltage-states8", scaled(entry["mhz"], 1'000'000))}, {}};
    check_ladder(ane_clocks(here, 0), entry["mhz"]);
    // Whatever the graphics engine's states are, this table is not theirs.
    CHECK(gpu_ladder(here, entry["mhz"].size()).hertz.empty());
    CHECK(gpu_ladder(here, entry["mhz"].size() - 1).hertz.empty());
  }
  CHECK(ladders >= 3);
}

TEST_CASE("An M2 Max's tables decode in hertz, the graphics engine's with its being off") {
  const auto folder = test::trace_data();
  if (!folder) return;
  const Json tables =
      read(*folder / "m2_max_mac14-6_macos13.6_pmgr.json").at("pmgr_voltage_states_mhz");
  ClockTables here;
  for (const auto& [key, entry] : tables.items()) {
    here.tables.push_back(table(key, scaled(entry["f"], 1'000'000)));
  }
  const Json efficiency = tables["voltage-states1-sram"]["f"];
  check_ladder(cpu_ladder(here, 'E', 0, "EP", efficiency.size()).hertz, efficiency);
  const Json second = tables["voltage-states13-sram"]["f"];
  check_ladder(cpu_ladder(here, 'P', 1, "EP", second.size()).hertz, second);
  CHECK(cpu_ladder(here, 'P', 1, "EP", second.size() - 2).hertz.empty());
  const ClockLadder gpu = gpu_ladder(here, tables["voltage-states14"]["f"].size() - 1).hertz;
  REQUIRE(gpu.size() == 8);
  CHECK(gpu.front() == 444e6);
  CHECK(gpu.back() == 1398e6);
}

TEST_CASE("An M5 Max's tables decode from periods, hertz and kilohertz to the same ladders") {
  const auto folder = test::trace_data();
  if (!folder) return;
  const Json data = read(*folder / "m5_max_mac17-7_pmgr.json");
  ClockTables here;
  for (const auto& [key, pairs] : data["raw_pairs"].items()) {
    ClockTable made{key, {}};
    for (const Json& pair : pairs) made.entries.emplace_back(pair[0], pair[1]);
    here.tables.push_back(std::move(made));
  }
  const Json& sram = data["sram_tables_mhz"];
  const Json super = sram["voltage-states5-sram (Super, PCPU, kHz units)"];
  const Json performance =
      sram["voltage-states22-sram == 23-sram (Performance, MCPU0/1, kHz units)"];

  check_ladder(cpu_ladder(here, 'P', 0, "MP", super.size()).hertz, super);  // from the periods
  here.tables.push_back(table("voltage-states5-sram", scaled(super, 1000)));
  here.tables.push_back(table("voltage-states22-sram", scaled(performance, 1000)));
  here.tables.push_back(table("voltage-states23-sram", scaled(performance, 1000)));
  check_ladder(cpu_ladder(here, 'P', 0, "MP", super.size()).hertz, super);
  CHECK(cpu_ladder(here, 'P', 0, "MP", super.size()).key == "voltage-states5-sram");
  check_ladder(cpu_ladder(here, 'M', 0, "MP", performance.size()).hertz, performance);
  check_ladder(cpu_ladder(here, 'M', 1, "MP", performance.size()).hertz, performance);
  CHECK(cpu_ladder(here, 'E', 0, "EMP", 6).hertz.empty());

  // The hardware's own list of clusters leads to the same tables.
  here.clusters = {{22, 1}, {23, 1}, {5, 2}};
  check_ladder(cpu_ladder(here, 'M', 3, "MP", performance.size()).hertz, performance);

  CHECK(gpu_ladder(here, 13).hertz.back() == 1620e6);
  CHECK(gpu_ladder(here, 15).hertz.empty());  // as many states as its driver has
}

TEST_CASE("The processors' ladders that tools measured are kept in either unit") {
  const auto folder = test::trace_data();
  if (!folder) return;
  for (const char* file : {"m4_max_probe_samples.json", "m2_max_mac14-5_probe_samples.json"}) {
    const Json ladders = read(*folder / file).at("dvfs_mhz");
    for (const auto& [tier, megahertz] : ladders.items()) {
      INFO(file << " " << tier);
      check_ladder(decode_clocks(table("k", scaled(megahertz, 1000))), megahertz);
      std::vector<uint32_t> wrapping;  // as the power manager wrote hertz beyond 32 bits
      for (const Json& value : megahertz) {
        wrapping.push_back(static_cast<uint32_t>(value.get<uint64_t>() * 1'000'000));
      }
      check_ladder(decode_clocks(table("k", wrapping)), megahertz);
    }
  }
}
