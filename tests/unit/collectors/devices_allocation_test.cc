#include "collectors/ane.h"
#include "collectors/energy.h"
#include "collectors/frequency.h"
#include "collectors/thermal.h"
#include "tests/catch.h"
#include "tests/counting_new.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using anemon::test::CollectorRun;

namespace {

// A machine with something for every collector of devices.
void furnish(test::FixtureTree& tree) {
  for (const std::string zone : {"intel-rapl:0", "intel-rapl:0:0"}) {
    tree.write("sys/class/powercap/" + zone + "/name",
               zone == "intel-rapl:0" ? "package-0" : "core");
    tree.write("sys/class/powercap/" + zone + "/max_energy_range_uj", 262143328850);
    tree.write("sys/class/powercap/" + zone + "/energy_uj", 1);
  }
  const std::string chip = "sys/class/hwmon/hwmon0/";
  tree.write(chip + "name", "macsmc_hwmon\n");
  tree.write(chip + "power1_label", "a power sensor with a rather long name\n");
  tree.write(chip + "power1_input", 1);
  tree.write(chip + "temp1_input", 40000);
  tree.write(chip + "fan1_input", 1000);
  tree.write("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp\n");
  tree.write("sys/class/thermal/thermal_zone0/temp", 45000);
  tree.write("sys/class/thermal/thermal_zone0/trip_point_0_temp", 90000);
  tree.write("sys/class/thermal/thermal_zone0/trip_point_0_type", "passive\n");
  for (const std::string cpu : {"0", "1"}) {
    const std::string policy = "sys/devices/system/cpu/cpufreq/policy" + cpu + "/";
    tree.write(policy + "related_cpus", cpu + "\n");
    tree.write(policy + "scaling_cur_freq", 1200000);
    tree.write(policy + "cpuinfo_min_freq", 400000);
    tree.write(policy + "cpuinfo_max_freq", 4400000);
    tree.write(policy + "stats/time_in_state", "400000 1\n1200000 2\n");
    tree.write("sys/devices/system/cpu/cpu" + cpu + "/thermal_throttle/core_throttle_count", 1);
  }
  tree.write("sys/class/accel/accel0/device/npu_busy_time_us", 5);
  tree.write("sys/class/accel/accel0/device/npu_memory_utilization", 5);
  tree.write("sys/class/accel/accel0/device/power/runtime_status", "active\n");
}

}  // namespace

TEST_CASE("Passes over devices do not allocate in the steady state") {
  for (const auto factory : {make_energy, make_frequency, make_thermal, make_ane}) {
    CollectorRun run(factory);
    furnish(run.tree);
    run.collect();
    run.tree.write("sys/class/powercap/intel-rapl:0/energy_uj", 500);
    run.tree.write("sys/class/powercap/intel-rapl:0:0/energy_uj", 500);
    run.tree.write("sys/class/hwmon/hwmon0/power1_input", 2);
    run.collect();
    run.collect();
    REQUIRE(run.current_series() > 3);
    const uint64_t before = anemon::test::allocations();
    for (int pass = 0; pass < 50; ++pass) run.collect();
    CHECK(anemon::test::allocations() == before);
  }
}

TEST_CASE("Passes over devices that are missing or refused do not allocate either") {
  for (const auto factory : {make_energy, make_frequency, make_thermal, make_ane}) {
    CollectorRun run(factory);
    for (int pass = 0; pass < 3; ++pass) run.collect();
    const uint64_t before = anemon::test::allocations();
    for (int pass = 0; pass < 50; ++pass) run.collect();
    CHECK(anemon::test::allocations() == before);
  }
}
