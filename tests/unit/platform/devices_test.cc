#include <array>

#include "platform/cpufreq.h"
#include "platform/drm_accel.h"
#include "platform/hwmon.h"
#include "platform/powercap.h"
#include "platform/thermal_zones.h"
#include "tests/catch.h"
#include "tests/fixture_tree.h"

using namespace anemon;
using anemon::test::FixtureTree;

TEST_CASE("Powercap zones are found, control types and zones without energy are not zones") {
  FixtureTree tree;
  const std::string path = "sys/class/powercap/";
  tree.write(path + "intel-rapl/enabled", "1\n");
  tree.write(path + "intel-rapl:0/name", "package-0\n");
  tree.write(path + "intel-rapl:0/energy_uj", 7);
  tree.write(path + "intel-rapl:0/max_energy_range_uj", 100);
  tree.write(path + "intel-rapl:0:0/name", "core\n");
  tree.write(path + "intel-rapl:0:0/energy_uj", 8);
  tree.write(path + "dtpm:0/power_uw", 8);
  const auto powercap = open_powercap(tree.root());
  REQUIRE(powercap->rescan());
  REQUIRE(powercap->zones().size() == 2);
  CHECK(powercap->zones()[0] == PowercapZone{"intel-rapl:0", "intel-rapl", "package-0", 100});
  CHECK(powercap->zones()[1] == PowercapZone{"intel-rapl:0:0", "intel-rapl", "core", 0});
  int64_t energy = 0;
  CHECK(powercap->read_energy(1, energy) == ReadStatus::ok);
  CHECK(energy == 8);
  CHECK_FALSE(powercap->rescan());
  tree.remove(path + "intel-rapl:0:0");
  CHECK(powercap->rescan());
  CHECK(powercap->zones().size() == 1);
}

TEST_CASE("Hwmon gives the asked quantities, averages before moments, in the order of numbers") {
  FixtureTree tree;
  for (const std::string chip : {"hwmon10", "hwmon9"}) {
    const std::string path = "sys/class/hwmon/" + chip + "/";
    tree.write(path + "name", chip + "_chip\n");
    for (const char* file : {"temp10_input", "temp2_input", "temp2_max", "temp_input",
                             "power1_input", "power1_average", "power2_input", "power1_cap",
                             "energy1_input", "fan1_input", "in0_input"}) {
      tree.write(path + file, 1);
    }
    tree.write(path + "power1_average", 42);
    tree.write(path + "power1_label", " PPT \n");
  }
  constexpr std::array kAsked = {HwmonQuantity::power, HwmonQuantity::temperature};
  const auto hwmon = open_hwmon(tree.root(), kAsked);
  REQUIRE(hwmon->rescan());
  const auto& channels = hwmon->channels();
  REQUIRE(channels.size() == 8);
  CHECK(channels[0] ==
        HwmonChannel{"hwmon9/power1", "hwmon9_chip", "", "PPT", HwmonQuantity::power});
  CHECK(channels[1].id == "hwmon9/power2");
  CHECK(channels[2].id == "hwmon9/temp2");
  CHECK(channels[3].id == "hwmon9/temp10");
  CHECK(channels[4].id == "hwmon10/power1");
  int64_t power = 0;
  CHECK(hwmon->read(0, power) == ReadStatus::ok);
  CHECK(power == 42);
  CHECK_FALSE(hwmon->rescan());
}

TEST_CASE("Clock domains are policies by number, then devfreq devices") {
  FixtureTree tree;
  for (const std::string policy : {"policy10", "policy2", "policyx", "boost"}) {
    tree.write("sys/devices/system/cpu/cpufreq/" + policy + "/related_cpus", "2 3\n");
  }
  tree.write("sys/class/devfreq/soc.gpu/cur_freq", 5);
  const auto domains = open_clock_domains(tree.root());
  REQUIRE(domains->rescan());
  REQUIRE(domains->domains().size() == 3);
  CHECK(domains->domains()[0] == ClockDomain{"policy2", "2 3", ClockDomain::Kind::cpufreq});
  CHECK(domains->domains()[1].id == "policy10");
  CHECK(domains->domains()[2] == ClockDomain{"soc.gpu", "", ClockDomain::Kind::devfreq});
  int64_t value = 0;
  CHECK(domains->read(2, ClockValue::current, value) == ReadStatus::ok);
  CHECK(domains->read(0, ClockValue::current, value) == ReadStatus::absent);
}

TEST_CASE("Thermal zones come with their trip points") {
  FixtureTree tree;
  const std::string zone = "sys/class/thermal/thermal_zone3/";
  tree.write(zone + "type", "acpitz\n");
  tree.write(zone + "temp", 30000);
  tree.write(zone + "trip_point_10_temp", 10);
  tree.write(zone + "trip_point_2_temp", 2);
  tree.write(zone + "trip_point_2_type", "hot\n");
  tree.write(zone + "trip_point_4_temp", "none\n");
  const auto zones = open_thermal_zones(tree.root());
  REQUIRE(zones->rescan());
  REQUIRE(zones->zones().size() == 1);
  CHECK(zones->zones()[0] == ThermalZone{3, "acpitz", {{2, "hot", 2}, {10, "", 10}}});
}

TEST_CASE("Accelerators tell their driver") {
  FixtureTree tree;
  tree.write("sys/class/accel/accel1/device/npu_busy_time_us", 5);
  tree.link("sys/class/accel/accel1/device/driver", "../../bus/pci/drivers/intel_vpu");
  tree.write("sys/class/accel/other/device/npu_busy_time_us", 5);
  const auto accelerators = open_accelerators(tree.root());
  REQUIRE(accelerators->rescan());
  REQUIRE(accelerators->devices().size() == 1);
  CHECK(accelerators->devices()[0] == AccelDevice{1, "intel_vpu"});
}

TEST_CASE("The real machine can be scanned, whatever it has") {
  const HostRoot root;
  constexpr std::array kAll = {HwmonQuantity::energy, HwmonQuantity::power,
                               HwmonQuantity::temperature, HwmonQuantity::fan};
  const auto powercap = open_powercap(root);
  powercap->rescan();
  int64_t value = 0;
  for (size_t i = 0; i < powercap->zones().size(); ++i) powercap->read_energy(i, value);
  const auto hwmon = open_hwmon(root, kAll);
  hwmon->rescan();
  for (size_t i = 0; i < hwmon->channels().size(); ++i) hwmon->read(i, value);
  const auto domains = open_clock_domains(root);
  domains->rescan();
  for (size_t i = 0; i < domains->domains().size(); ++i) {
    domains->read(i, ClockValue::current, value);
  }
  open_thermal_zones(root)->rescan();
  open_throttle_counters(root)->rescan();
  open_accelerators(root)->rescan();
  SUCCEED();
}
