#include "collectors/thermal.h"

#include "collectors/temperature_components.h"
#include "tests/acting_as_nobody.h"
#include "tests/catch.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using anemon::test::CollectorRun;

namespace {

const std::string kHwmon = "sys/class/hwmon/";
const std::string kZone = "sys/class/thermal/thermal_zone";
const std::string kCpu = "sys/devices/system/cpu/cpu";

std::optional<double> celsius(const CollectorRun& run, const std::string& component,
                              const std::string& sensor) {
  return run.value("anemon_temperature_celsius{component=\"" + component + "\",sensor=\"" + sensor +
                   "\"}");
}

void throttle(CollectorRun& run, int cpu, int core, int package, long long core_count,
              long long package_count) {
  const std::string path = kCpu + std::to_string(cpu) + "/";
  run.tree.write(path + "topology/core_id", core);
  run.tree.write(path + "topology/physical_package_id", package);
  run.tree.write(path + "thermal_throttle/core_throttle_count", core_count);
  run.tree.write(path + "thermal_throttle/package_throttle_count", package_count);
}

std::optional<double> throttled(const CollectorRun& run, const std::string& component) {
  return run.value("anemon_throttle_events_total{component=\"" + component + "\"}");
}

}  // namespace

TEST_CASE("Sensors are named by device and mapped to components") {
  CollectorRun run(make_thermal);
  run.tree.write(kHwmon + "hwmon0/name", "coretemp\n");
  run.tree.link(kHwmon + "hwmon0/device", "../../coretemp.0");
  run.tree.write(kHwmon + "hwmon0/temp1_label", "Package id 0\n");
  run.tree.write(kHwmon + "hwmon0/temp1_input", 61500);
  for (int disk = 0; disk < 2; ++disk) {
    const std::string chip = kHwmon + "hwmon" + std::to_string(disk + 1) + "/";
    run.tree.write(chip + "name", "nvme\n");
    run.tree.link(chip + "device", "../../nvme" + std::to_string(disk));
    run.tree.write(chip + "temp1_label", "Composite\n");
    run.tree.write(chip + "temp1_input", 30000 + disk);
  }
  run.tree.write(kHwmon + "hwmon3/name", "thinkpad\n");
  run.tree.write(kHwmon + "hwmon3/fan1_input", 2400);
  run.tree.write(kHwmon + "hwmon3/temp7_input", -5000);
  run.collect();
  CHECK(celsius(run, "cpu", "coretemp.0/Package id 0") == Approx(61.5));
  CHECK(celsius(run, "disk", "nvme0/Composite") == Approx(30));
  CHECK(celsius(run, "disk", "nvme1/Composite") == Approx(30.001));
  CHECK(celsius(run, "other", "thinkpad/temp7") == Approx(-5));
  CHECK(run.value("anemon_fan_speed_rpm{fan=\"thinkpad/fan1\"}") == 2400.0);
  CHECK(run.signal(Metric::kTemperature, "cpu") == "live: ");
  CHECK(run.signal(Metric::kFanSpeed) == "live: ");
}

TEST_CASE("A Mac under Linux gives its sensors by label") {
  CollectorRun run(make_thermal);
  run.tree.write(kHwmon + "hwmon0/name", "macsmc_hwmon\n");
  const std::pair<const char*, const char*> sensors[] = {
      {"Battery Hotspot Temperature", "battery"},
      {"Charge Regulator Temperature", "power"},
      {"WiFi/BT Module Temperature", "network"},
      {"NAND Flash Temperature", "disk"},
      {"Something New", "other"},
  };
  int number = 0;
  for (const auto& [label, component] : sensors) {
    const std::string sensor = kHwmon + "hwmon0/temp" + std::to_string(++number);
    run.tree.write(sensor + "_label", std::string(label) + "\n");
    run.tree.write(sensor + "_input", 30000 + number);
  }
  run.tree.write(kHwmon + "hwmon0/fan1_label", "Fan\n");
  run.tree.write(kHwmon + "hwmon0/fan1_input", 0);
  run.collect();
  for (const auto& [label, component] : sensors) {
    CHECK(celsius(run, component, "macsmc_hwmon/" + std::string(label)));
  }
  CHECK(run.value("anemon_fan_speed_rpm{fan=\"macsmc_hwmon/Fan\"}") == 0.0);  // it may stand still
}

TEST_CASE("Chips and zones are matched exactly, not by parts of their names") {
  const auto component = [](const char* chip) {
    return hwmon_temperature_component({"", chip, "", "temp1", HwmonQuantity::temperature});
  };
  CHECK(component("k10temp") == "cpu");
  CHECK(component("amdgpu") == "gpu");
  CHECK(component("iwlwifi_1") == "network");
  CHECK(component("BAT0") == "battery");
  CHECK(component("BATTERY") == "other");
  CHECK(component("coretemp2") == "other");
  CHECK(component("xnvme") == "other");
  CHECK(component("") == "other");
  CHECK(zone_temperature_component("x86_pkg_temp") == "cpu");
  CHECK(zone_temperature_component("iwlwifi_12") == "network");
  CHECK(zone_temperature_component("npu-thermal") == "ane");
  CHECK(zone_temperature_component("SEN1") == "other");
}

TEST_CASE("A graphics card that sleeps is not woken for its temperature") {
  CollectorRun run(make_thermal);
  run.tree.write(kHwmon + "hwmon0/name", "amdgpu\n");
  run.tree.write(kHwmon + "hwmon0/temp1_input", 45000);
  run.tree.write(kHwmon + "hwmon0/device/power/runtime_status", "active\n");
  run.collect();
  CHECK(celsius(run, "gpu", "amdgpu/temp1") == 45.0);
  run.tree.write(kHwmon + "hwmon0/device/power/runtime_status", "suspended\n");
  run.collect();
  CHECK_FALSE(celsius(run, "gpu", "amdgpu/temp1"));
  CHECK(run.signal(Metric::kTemperature, "gpu") == "stale: device gives no usable answer");
  run.tree.write(kHwmon + "hwmon0/device/power/runtime_status", "active\n");
  run.collect();
  CHECK(celsius(run, "gpu", "amdgpu/temp1") == 45.0);
}

TEST_CASE("Temperatures that cannot be true are rejected") {
  CollectorRun run(make_thermal);
  run.tree.write(kHwmon + "hwmon0/name", "k10temp\n");
  run.tree.write(kHwmon + "hwmon0/temp1_input", 150001);
  run.tree.write(kHwmon + "hwmon0/temp2_input", -40001);
  run.tree.write(kHwmon + "hwmon0/temp3_input", -273150);
  run.tree.write(kHwmon + "hwmon0/temp4_input", 150000);
  run.tree.write(kHwmon + "hwmon0/temp5_input", 99000);
  run.tree.write(kHwmon + "hwmon0/temp5_fault", 1);
  run.tree.write(kHwmon + "hwmon0/fan1_input", 70000);
  run.collect();
  CHECK(run.current_series() == 1);
  CHECK(celsius(run, "cpu", "k10temp/temp4") == 150.0);
  CHECK(run.pass.rejected().at("temperature_range") == 3);
  CHECK(run.pass.rejected().at("sensor_fault") == 1);
  CHECK(run.pass.rejected().at("fan_range") == 1);
  run.tree.write(kHwmon + "hwmon0/temp5_fault", 0);
  run.collect();
  CHECK(celsius(run, "cpu", "k10temp/temp5") == 99.0);
}

TEST_CASE("Thermal zones tell their trip points and which of them are reached") {
  CollectorRun run(make_thermal);
  run.tree.write(kZone + "0/type", "x86_pkg_temp\n");
  run.tree.write(kZone + "0/temp", 85000);
  run.tree.write(kZone + "0/trip_point_0_type", "passive\n");
  run.tree.write(kZone + "0/trip_point_0_temp", 80000);
  run.tree.write(kZone + "0/trip_point_0_hyst", 2000);
  run.tree.write(kZone + "0/trip_point_1_type", "critical\n");
  run.tree.write(kZone + "0/trip_point_1_temp", 100000);
  run.tree.write(kZone + "0/trip_point_2_type", "active\n");
  run.tree.write(kZone + "0/trip_point_2_temp", -274000);  // not in use
  run.tree.write("sys/class/thermal/cooling_device0/type", "Processor\n");
  run.collect();
  const auto trip = [&](const char* name, const char* number) {
    return run.value("anemon_thermal_trip_" + std::string(name) +
                     "{zone=\"x86_pkg_temp-0\",trip=\"" + number + "\"}");
  };
  CHECK(celsius(run, "cpu", "x86_pkg_temp-0") == 85.0);
  CHECK(trip("celsius", "passive-0") == 80.0);
  CHECK(trip("active", "passive-0") == 1.0);
  CHECK(trip("celsius", "critical-1") == 100.0);
  CHECK(trip("active", "critical-1") == 0.0);
  CHECK_FALSE(trip("celsius", "active-2"));
  CHECK_FALSE(trip("active", "active-2"));
  run.tree.write(kZone + "0/temp", 79999);
  run.collect();
  CHECK(trip("active", "passive-0") == 0.0);
  run.tree.write(kZone + "0/temp", "");  // a zone that is switched off
  run.collect();
  CHECK(trip("celsius", "passive-0") == 80.0);
  CHECK_FALSE(trip("active", "passive-0"));
  CHECK_FALSE(celsius(run, "cpu", "x86_pkg_temp-0"));
}

TEST_CASE("A zone that is also a chip counts once") {
  CollectorRun run(make_thermal);
  run.tree.write(kZone + "0/type", "acpitz\n");
  run.tree.write(kZone + "0/temp", 40000);
  run.tree.write(kHwmon + "hwmon0/name", "acpitz\n");
  run.tree.link(kHwmon + "hwmon0/device", "../../thermal_zone0");
  run.tree.write(kHwmon + "hwmon0/temp1_input", 40000);
  run.collect();
  CHECK(run.current_series() == 1);
  CHECK(celsius(run, "board", "acpitz-0") == 40.0);
}

TEST_CASE("Throttle counts are summed once per core and once per package") {
  CollectorRun run(make_thermal);
  // Two packages of one core with two threads each.
  throttle(run, 0, 0, 0, 3, 10);
  throttle(run, 1, 0, 0, 3, 10);
  throttle(run, 2, 0, 1, 4, 20);
  throttle(run, 3, 0, 1, 4, 20);
  run.collect();
  CHECK(throttled(run, "cpu") == 7.0);
  CHECK(throttled(run, "package-0") == 10.0);
  CHECK(throttled(run, "package-1") == 20.0);
  run.tree.write(kCpu + "0/thermal_throttle/core_throttle_count", 5);
  run.collect();
  CHECK(throttled(run, "cpu") == 9.0);
}

TEST_CASE("Throttle counts neither fall nor jump when processors go and come") {
  CollectorRun run(make_thermal);
  throttle(run, 0, 0, 0, 3, 10);
  throttle(run, 1, 1, 0, 5, 10);
  run.collect();
  REQUIRE(throttled(run, "cpu") == 8.0);
  run.tree.remove(kCpu + "1");
  for (int second = 0; second < 61; ++second) run.collect();
  CHECK(throttled(run, "cpu") == 8.0);
  throttle(run, 1, 1, 0, 6, 10);
  throttle(run, 2, 2, 0, 100, 10);  // one that was never seen: only its increase counts
  for (int second = 0; second < 61; ++second) run.collect();
  CHECK(throttled(run, "cpu") == 9.0);
  throttle(run, 2, 2, 0, 101, 10);
  run.collect();
  CHECK(throttled(run, "cpu") == 10.0);
}

TEST_CASE("A machine without sensors says so for each kind and is no failure") {
  CollectorRun run(make_thermal);
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.signal(Metric::kTemperature) == "absent: no temperature sensors");
  CHECK(run.signal(Metric::kFanSpeed) == "absent: no fan sensors");
  CHECK(run.signal(Metric::kThrottleEvents, "cpu") == "absent: no throttle counters");
  CHECK(run.signal(Metric::kThermalPressure) == "absent: no such source on this system");
  CHECK(run.signals.signals().size() == 5);  // the zones beside these
}

TEST_CASE("A sensor that is refused is refused, one of several that answers makes it live") {
  CollectorRun run(make_thermal);
  run.tree.write(kHwmon + "hwmon0/name", "k10temp\n");
  run.tree.write(kHwmon + "hwmon0/temp1_input", 50000);
  run.tree.mode(kHwmon + "hwmon0/temp1_input", 0);
  run.tree.write(kHwmon + "hwmon1/name", "nvme\n");
  run.tree.write(kHwmon + "hwmon1/temp1_input", "not a number\n");
  run.tree.write(kHwmon + "hwmon1/temp2_input", 30000);
  const test::ActingAsNobody nobody;
  run.collect();
  CHECK(run.signal(Metric::kTemperature, "cpu") == "refused: permission denied");
  CHECK(run.signal(Metric::kTemperature, "disk") == "live: ");
  CHECK(run.current_series() == 1);
}

TEST_CASE("Chips that are unloaded and loaded again are followed") {
  CollectorRun run(make_thermal);
  run.tree.write(kHwmon + "hwmon0/name", "nvme\n");
  run.tree.write(kHwmon + "hwmon0/temp1_input", 30000);
  run.collect();
  REQUIRE(celsius(run, "disk", "nvme/temp1") == 30.0);
  run.tree.remove(kHwmon + "hwmon0");
  for (int second = 0; second < 61; ++second) run.collect();
  CHECK(run.pass.good());
  CHECK_FALSE(celsius(run, "disk", "nvme/temp1"));
  CHECK(run.signal(Metric::kTemperature, "disk") == "absent: device is gone");
  run.tree.write(kHwmon + "hwmon7/name", "nvme\n");
  run.tree.write(kHwmon + "hwmon7/temp1_input", 31000);
  for (int second = 0; second < 61; ++second) run.collect();
  CHECK(celsius(run, "disk", "nvme/temp1") == 31.0);
  CHECK(run.signal(Metric::kTemperature, "disk") == "live: ");
}

TEST_CASE("Odd contents make no temperature") {
  for (const std::string& content : {std::string(), std::string("x\n"), std::string(5000, '8')}) {
    CollectorRun run(make_thermal);
    for (const char* file : {"name", "temp1_input", "temp1_label", "fan1_input", "temp1_fault"}) {
      run.tree.write(kHwmon + "hwmon0/" + file, content);
    }
    for (const char* file : {"type", "temp", "trip_point_0_temp", "trip_point_0_type"}) {
      run.tree.write(kZone + "0/" + file, content);
    }
    run.tree.write(kCpu + "0/thermal_throttle/core_throttle_count", content);
    run.collect();
    CHECK(run.current_series() == 0);
  }
}
