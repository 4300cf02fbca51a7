#include "collectors/frequency.h"

#include "collectors/apple/performance_channels.h"
#include "core/error.h"
#include "tests/catch.h"
#include "tests/unit/collectors/apple/apple_run.h"

using namespace anemon;
using anemon::test::AppleRun;
using anemon::test::clock_table;
using anemon::test::kTicks;
using anemon::test::ladder_states;

namespace {

const std::string kClusters = "CPU Complex Performance States";
const std::string kCores = "CPU Core Performance States";

struct World : AppleRun {
  World() : AppleRun(make_frequency) {}
  void cluster(const std::string& name, int levels) {
    machine.state("CPU Stats", kClusters, name, ladder_states({"DOWN", "IDLE"}, levels));
  }
  void table(const std::string& key, const std::vector<uint32_t>& words) {
    machine.clocks.tables.push_back(clock_table(key, words));
  }
};

std::string of(const std::string& metric, const std::string& domain) {
  return "anemon_" + metric + "{domain=\"" + domain + "\"}";
}

}  // namespace

TEST_CASE("Names of processor channels mean clusters and cores, or nothing") {
  CHECK(domain_name(*parse_cpu_cluster("ECPU"), "efficiency") == "cpu-efficiency-0");
  CHECK(domain_name(*parse_cpu_cluster("PCPU1"), "performance") == "cpu-performance-1");
  CHECK(domain_name(*parse_cpu_cluster("DIE_1_ECPU"), "efficiency") == "die1.cpu-efficiency-0");
  CHECK(domain_name(*parse_cpu_core("PCPU140"), "performance") == "cpu-performance-1.core4");
  CHECK(domain_name(*parse_cpu_core("ECPU03"), "efficiency") == "cpu-efficiency-0.core3");
  CHECK(domain_name(*parse_cpu_core("PCPU2"), "super") == "cpu-super-0.core2");
  CHECK(domain_name(*parse_cpu_core("MCPU1_5"), "performance") == "cpu-performance-1.core5");
  CHECK(domain_name(*parse_cpu_core("DIE_0_PCPU1_CPU3"), "performance") ==
        "die0.cpu-performance-1.core3");
  for (const char* name : {"ECPM", "PCPM_IDLE", "PCPU_IDLE", "PCPU12", "CPU", "XCPU", "DIE_ECPU",
                           "ECPUDTL00", "AECPU"}) {
    INFO(name);
    CHECK_FALSE(parse_cpu_cluster(name));
  }
  for (const char* name : {"ECPM0", "PCPU", "PCPU1_", "PCPU12_3", "PCPU1234", "PCPU0x"}) {
    INFO(name);
    CHECK_FALSE(parse_cpu_core(name));
  }
}

TEST_CASE("Tiers are called as macOS calls them") {
  const std::vector<PerformanceLevel> two = {{"Performance", 4}, {"Efficiency", 4}};
  CHECK(tier_name('E', "EP", two) == "efficiency");
  CHECK(tier_name('P', "PE", two) == "performance");
  const std::vector<PerformanceLevel> m5 = {{"Super", 6}, {"Performance", 12}};
  CHECK(tier_name('P', "MP", m5) == "super");
  CHECK(tier_name('M', "MP", m5) == "performance");
  CHECK(tier_name('P', "MP", {}) == "super");
  CHECK(tier_name('P', "EP", {}) == "performance");
}

TEST_CASE("A cluster's clock is the mean over active time, and DOWN is as idle as IDLE") {
  World world;
  world.cluster("ECPU", 3);
  world.table("voltage-states1-sram", {1'000'000'000, 1'500'000'000, 2'000'000'000});
  world.collect();
  CHECK_FALSE(world.value(of("frequency_hertz", "cpu-efficiency-0")));
  world.add(
      "CPU Stats", kClusters, "ECPU",
      {{"DOWN", kTicks / 4}, {"IDLE", kTicks / 4}, {"V0P2", kTicks / 4}, {"V2P0", kTicks / 4}});
  world.collect();
  CHECK(world.value(of("frequency_hertz", "cpu-efficiency-0")) == Approx(1.5e9));
  CHECK(world.value(of("active_ratio", "cpu-efficiency-0")) == Approx(0.5));
  CHECK(world.value("anemon_frequency_limit_hertz{domain=\"cpu-efficiency-0\",limit=\"min\"}") ==
        1e9);
  CHECK(world.value("anemon_frequency_limit_hertz{domain=\"cpu-efficiency-0\",limit=\"max\"}") ==
        2e9);
  const std::string residency = "anemon_state_residency_seconds_total{domain=\"cpu-efficiency-0\",";
  CHECK(world.value(residency + "state=\"V2P0\",frequency_hertz=\"2000000000\"}") == Approx(0.25));
  CHECK(world.value(residency + "state=\"V1P1\",frequency_hertz=\"1500000000\"}") == 0);
  CHECK(world.value(residency + "state=\"DOWN\"}") == Approx(0.25));
  CHECK(world.signal(Metric::kFrequency, "cpu-efficiency-0", "ioreport") == "live: ");

  SECTION("A cluster that slept has no clock, which is not zero") {
    world.add("CPU Stats", kClusters, "ECPU", {{"IDLE", kTicks}});
    world.collect();
    CHECK_FALSE(world.value(of("frequency_hertz", "cpu-efficiency-0")));
    CHECK(world.value(of("active_ratio", "cpu-efficiency-0")) == 0);
  }
  SECTION("Counters that went back begin anew") {
    world.find("CPU Stats", kClusters, "ECPU").parts = {5, 5, 5, 5, 5};
    world.collect();
    CHECK(world.value(residency + "state=\"V2P0\",frequency_hertz=\"2000000000\"}") ==
          Approx(0.25));
  }
  SECTION("What happened around a sleep is told of neither side") {
    world.add("CPU Stats", kClusters, "ECPU", {{"V0P2", 100 * kTicks}});
    world.collect(true);
    CHECK(world.value(residency + "state=\"V0P2\",frequency_hertz=\"1000000000\"}") ==
          Approx(0.25));
  }
  SECTION("More time than passed is not believed") {
    world.add("CPU Stats", kClusters, "ECPU", {{"V0P2", 100 * kTicks}});
    world.collect();
    CHECK(world.run.pass.rejected().at("residency_span") == 1);
    CHECK_FALSE(world.value(of("active_ratio", "cpu-efficiency-0")));
  }
  SECTION("A driver that stops publishing is stale after a while, not idle") {
    for (int i = 0; i < 5; ++i) world.collect();
    CHECK(world.value(of("active_ratio", "cpu-efficiency-0")) == Approx(0.5));
    for (int i = 0; i < 8; ++i) world.collect();
    CHECK_FALSE(world.value(of("active_ratio", "cpu-efficiency-0")));
    CHECK(world.signal(Metric::kActiveRatio, "cpu-efficiency-0", "ioreport") ==
          "stale: no publication");
  }
}

TEST_CASE("A core without its cluster's last state is joined by name") {
  World world;
  world.cluster("ECPU", 6);
  world.machine.state("CPU Stats", kCores, "ECPU00", ladder_states({"DOWN", "IDLE"}, 6, 5));
  world.table("voltage-states1-sram", {912'000'000, 1'284'000'000, 1'752'000'000, 2'004'000'000,
                                       2'256'000'000, 2'424'000'000});
  world.collect();
  world.add("CPU Stats", kCores, "ECPU00", {{"DOWN", kTicks / 2}, {"V4P1", kTicks / 2}});
  world.collect();
  CHECK(world.value(of("frequency_hertz", "cpu-efficiency-0.core0")) == Approx(2256e6));
  CHECK(world.value(of("active_ratio", "cpu-efficiency-0.core0")) == Approx(0.5));
}

TEST_CASE("The tiers of an M5 have their own tables, without the table of efficiency cores") {
  World world;
  world.machine.host = AppleHostState{{{"Super", 6}, {"Performance", 12}}, {}, {}, {}};
  world.cluster("PCPU", 2);
  world.cluster("MCPU0", 3);
  world.cluster("MCPU1", 3);
  world.table("voltage-states22-sram", {1'344'000, 1'644'000, 4'380'000});
  world.table("voltage-states23-sram", {1'344'000, 1'644'000, 4'380'000});
  world.table("voltage-states5-sram", {1'308'000, 4'608'000});
  world.collect();
  world.add("CPU Stats", kClusters, "PCPU", {{"V1P0", kTicks}});
  world.add("CPU Stats", kClusters, "MCPU1", {{"V0P2", kTicks}});
  world.collect();
  CHECK(world.value(of("frequency_hertz", "cpu-super-0")) == Approx(4608e6));
  CHECK(world.value(of("frequency_hertz", "cpu-performance-1")) == Approx(1344e6));
  CHECK(world.value("anemon_frequency_limit_hertz{domain=\"cpu-performance-0\",limit=\"max\"}") ==
        Approx(4380e6));
}

TEST_CASE("Without a fitting table activity is told, and the clock is absent with the reason") {
  World world;
  world.cluster("PCPU", 4);
  world.table("voltage-states5-sram", {1'000'000'000, 2'000'000'000});
  world.collect();
  world.add("CPU Stats", kClusters, "PCPU", {{"V3P0", kTicks / 2}, {"IDLE", kTicks / 2}});
  world.collect();
  CHECK(world.value(of("active_ratio", "cpu-performance-0")) == Approx(0.5));
  CHECK_FALSE(world.value(of("frequency_hertz", "cpu-performance-0")));
  CHECK(world.value("anemon_state_residency_seconds_total{domain=\"cpu-performance-0\","
                    "state=\"V3P0\"}") == Approx(0.5));
  CHECK(world.signal(Metric::kFrequency, "cpu-performance-0", "ioreport") ==
        "absent: clock table does not fit the states");
}

TEST_CASE("The graphics engine's first table entry is its being off") {
  World world;
  world.machine.state("GPU Stats", "GPU Performance States", "GPUPH", {"OFF", "P1", "P2"});
  world.table("voltage-states9", {0, 444'000'000, 1'398'000'000});
  world.table("voltage-states8", {744'000'000, 2'364'000'000});
  world.collect();
  world.add("GPU Stats", "GPU Performance States", "GPUPH",
            {{"OFF", kTicks * 3 / 4}, {"P2", kTicks / 4}});
  world.collect();
  CHECK(world.value(of("frequency_hertz", "gpu")) == Approx(1398e6));
  CHECK(world.value(of("active_ratio", "gpu")) == Approx(0.25));
}

TEST_CASE("The dies of an Ultra are told apart") {
  World world;
  world.cluster("DIE_0_ECPU", 2);
  world.cluster("DIE_1_ECPU", 2);
  world.table("voltage-states1-sram", {912'000'000, 2'424'000'000});
  world.collect();
  world.add("CPU Stats", kClusters, "DIE_0_ECPU", {{"V0P1", kTicks}});
  world.add("CPU Stats", kClusters, "DIE_1_ECPU", {{"V1P0", kTicks}});
  world.collect();
  CHECK(world.value(of("frequency_hertz", "die0.cpu-efficiency-0")) == Approx(912e6));
  CHECK(world.value(of("frequency_hertz", "die1.cpu-efficiency-0")) == Approx(2424e6));
}

TEST_CASE("The Neural Engine's clock is known where the chip tells it, else its limits alone") {
  World world;
  world.table("voltage-states8", {432'000'000, 1'464'000'000});
  world.cluster("ECPU", 2);
  SECTION("no clock points") {
    world.collect();
    CHECK(world.value("anemon_frequency_limit_hertz{domain=\"ane0\",limit=\"max\"}") == 1464e6);
    CHECK_FALSE(world.value(of("frequency_hertz", "ane0")));
    CHECK(world.signal(Metric::kFrequency, "ane0", "ioreport") ==
          "absent: chip does not publish it");
  }
  SECTION("as many points as clocks") {
    for (const char* name : {"SOC0_ANE_F1", "SOC0_ANE_F2"}) {
      world.machine.state("SoC Stats", "Events", name, {"INACT", "ACT"});
    }
    world.collect();
    world.add("SoC Stats", "Events", "SOC0_ANE_F1", {{"INACT", kTicks / 2}, {"ACT", kTicks / 2}});
    world.add("SoC Stats", "Events", "SOC0_ANE_F2", {{"INACT", kTicks / 2}, {"ACT", kTicks / 2}});
    world.collect();
    CHECK(world.value(of("frequency_hertz", "ane0")) == Approx(948e6));
    CHECK(world.value("anemon_state_residency_seconds_total{domain=\"ane0\",state=\"F2\","
                      "frequency_hertz=\"1464000000\"}") == Approx(0.5));
  }
  SECTION("points that are not the table's") {
    world.machine.state("SoC Stats", "Events", "SOC0_ANE_F1", {"INACT", "ACT"});
    world.collect();
    world.add("SoC Stats", "Events", "SOC0_ANE_F1", {{"ACT", kTicks}});
    world.collect();
    CHECK_FALSE(world.value(of("frequency_hertz", "ane0")));
    CHECK(world.value("anemon_state_residency_seconds_total{domain=\"ane0\",state=\"F1\"}") ==
          Approx(1));
    CHECK(world.signal(Metric::kFrequency, "ane0", "ioreport") ==
          "absent: clock points do not fit the clock table");
  }
}

TEST_CASE("A subscription that fails is dropped, told, and opened again") {
  World world;
  world.cluster("ECPU", 2);
  world.collect();
  world.machine.sampling_fails = true;
  CHECK_THROWS_AS(world.collect(), Error);
  CHECK(world.signal(Metric::kActiveRatio, "cpu-efficiency-0", "ioreport") ==
        "stale: sampling failed, to be opened again");
  world.machine.sampling_fails = false;
  for (int i = 0; i < 6; ++i) world.collect();
  CHECK(world.machine.ioreports_opened == 2);
  for (int i = 0; i < 2; ++i) {  // the first may be of the time that was missed
    world.add("CPU Stats", kClusters, "ECPU", {{"V0P1", kTicks}});
    world.collect();
  }
  CHECK(world.value(of("active_ratio", "cpu-efficiency-0")) == 1);
}

TEST_CASE("Residencies go on when the subscription ends and when channels appear") {
  World world;
  world.cluster("ECPU", 2);
  world.machine.state("SoC Stats", "Events", "DCS_F0", {"INACT", "ACT"});
  const auto work = [&] {
    world.add("CPU Stats", kClusters, "ECPU", {{"V0P1", kTicks}});
    world.add("SoC Stats", "Events", "DCS_F0", {{"ACT", kTicks}});
    world.collect();
  };
  world.collect();
  for (int i = 0; i < 3; ++i) work();
  const std::string cluster =
      "anemon_state_residency_seconds_total{domain=\"cpu-efficiency-0\",state=\"V0P1\"}";
  const std::string memory = "anemon_state_residency_seconds_total{domain=\"memory\",state=\"F0\"}";
  REQUIRE(world.value(cluster) == Approx(3));
  REQUIRE(world.value(memory) == Approx(3));
  world.machine.sampling_fails = true;
  CHECK_THROWS_AS(world.collect(), Error);
  world.machine.sampling_fails = false;
  world.machine.state("CPU Stats", kClusters, "PCPU", ladder_states({"IDLE"}, 2));
  for (int i = 0; i < 6; ++i) world.collect();
  for (int i = 0; i < 2; ++i) work();
  CHECK(world.value(cluster) == Approx(4));
  CHECK(world.value(memory) == Approx(4));
}

TEST_CASE("Residencies without any time say nothing") {
  World world;
  world.cluster("ECPU", 2);
  world.collect();
  world.add("CPU Stats", kClusters, "ECPU", {{"V0P1", kTicks}});
  world.collect();
  REQUIRE(world.value(of("active_ratio", "cpu-efficiency-0")) == 1);
  world.add("CPU Stats", kClusters, "ECPU", {});  // the stamp moves alone
  world.collect();
  CHECK_FALSE(world.value(of("active_ratio", "cpu-efficiency-0")));
  CHECK(world.signal(Metric::kActiveRatio, "cpu-efficiency-0", "ioreport") ==
        "stale: no publication");
}

TEST_CASE("A virtual machine has no clocks and says why") {
  World world;
  world.machine.facts.virtual_machine = true;
  world.machine.ioreport_missing = true;
  world.collect();
  CHECK(world.signal(Metric::kFrequency, "", "ioreport") == "absent: virtual machine");
  CHECK(world.run.pass.good());
}
