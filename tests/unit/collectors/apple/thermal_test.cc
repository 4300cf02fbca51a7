#include "collectors/thermal.h"

#include "collectors/apple/smc_value.h"
#include "collectors/apple/temperature_keys.h"
#include "tests/catch.h"
#include "tests/unit/collectors/apple/apple_run.h"

using namespace anemon;
using anemon::test::AppleRun;

namespace {

struct World : AppleRun {
  World() : AppleRun(make_thermal) {}
};

std::string celsius(const std::string& component, const std::string& sensor) {
  return "anemon_temperature_celsius{component=\"" + component + "\",sensor=\"" + sensor + "\"}";
}

std::optional<double> number(const std::string& type, std::vector<uint8_t> bytes) {
  SmcValue value;
  value.size = static_cast<uint32_t>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), value.bytes.begin());
  return smc_number({"TEST", type, value.size}, value);
}

}  // namespace

TEST_CASE("Values of the controller are decoded by their type") {
  CHECK(number("flt ", {0x33, 0x33, 0xdb, 0x41}) == Approx(27.4));
  CHECK(number("ioft", {0x00, 0x80, 0x1c, 0, 0, 0, 0, 0}) == 28.5);
  CHECK(number("ui8 ", {7}) == 7);
  CHECK(number("ui16", {0x01, 0x02}) == 258);
  CHECK(number("ui32", {0, 0, 1, 2}) == 258);
  CHECK(number("si16", {0xff, 0xfe}) == -2);
  CHECK(number("fpe2", {0x1f, 0x40}) == 2000);
  CHECK(number("sp78", {0x1b, 0x80}) == 27.5);
  CHECK_FALSE(number("flt ", {0, 0, 0xc0, 0x7f}));  // not a number
  CHECK_FALSE(number("flt ", {1, 2}));
  CHECK_FALSE(number("ch8*", {1, 2}));
}

TEST_CASE("Temperatures are grouped by what they are of") {
  World world;
  world.machine.set_smc("TCMb", 53.9F);
  world.machine.set_smc("TCMz", 61.7F);
  world.machine.set_smc("Tp01", 50.8F);
  world.machine.set_smc("Tg05", 45.7F);
  world.machine.set_smc("TB0T", 27.4F);
  world.machine.set_smc("TVMD", 1.0F);  // not a temperature
  world.machine.set_smc("TpD0", 34.9F);
  world.machine.temperatures = {
      {"ANE MTR Temp Sensor1", 41.2}, {"PMU tdie1", 38}, {"PMU tdie1", 39}, {"PMU tcal", 51.8}};
  world.collect();
  CHECK(world.value(celsius("die", "TCMb")) == Approx(53.9));
  CHECK(world.value(celsius("die", "TCMz")) == Approx(61.7));
  CHECK(world.value(celsius("cpu", "Tp01")) == Approx(50.8));
  CHECK(world.value(celsius("gpu", "Tg05")) == Approx(45.7));
  CHECK(world.value(celsius("battery", "TB0T")) == Approx(27.4));
  CHECK(world.value(celsius("ane", "ANE MTR Temp Sensor1")) == Approx(41.2));
  CHECK(world.value(celsius("die", "PMU tdie1")) == 38);
  CHECK(world.value(celsius("die", "PMU tdie1 #2")) == 39);
  CHECK(world.value(celsius("other", "PMU tcal")) == Approx(51.8));
  CHECK(world.run.current_series() == 9);
  CHECK(world.signal(Metric::kTemperature, "cpu", "smc") == "live: ");
}

TEST_CASE("Constants of switched-off parts are no temperatures") {
  World world;
  for (const auto& [key, value] : std::vector<std::pair<std::string, float>>{{"Tp00", 0},
                                                                             {"Tp01", 6.7F},
                                                                             {"Tp02", 8.425F},
                                                                             {"Tp1i", -4},
                                                                             {"Tp0a", 4.633F},
                                                                             {"Tp0d", 40}}) {
    world.machine.set_smc(key, value);
  }
  world.machine.set_smc("TCMb", 40.0F);
  world.machine.set_smc("Tg05", 36.8F);
  world.machine.set_smc("TB0T", 0.0F);
  world.collect();
  CHECK(world.run.current_series() == 1);
  CHECK(world.value(celsius("gpu", "Tg05")) == Approx(36.8));
  CHECK(world.signal(Metric::kTemperature, "cpu", "smc") == "stale: sensors of switched-off parts");

  world.machine.set_smc("Tp01", 47.0F);  // the cluster woke
  world.collect();
  CHECK(world.value(celsius("cpu", "Tp01")) == 47);
  CHECK(world.signal(Metric::kTemperature, "cpu", "smc") == "live: ");
}

TEST_CASE("A battery in the cold is not taken for a switched-off part") {
  World world;
  world.machine.set_smc("TB0T", 8.0F);
  world.collect();
  CHECK(world.value(celsius("battery", "TB0T")) == 8);
}

TEST_CASE(
    "Only floats of the exact pattern are temperatures, and 40 degrees of graphics are some") {
  World world;
  world.machine.set_smc("Tp01", "ui8 ", {41});
  world.machine.set_smc("TpD1", 50.0F);
  world.machine.set_smc("Tg05", 40.0F);
  world.collect();
  CHECK(world.run.current_series() == 1);
  CHECK(world.value(celsius("gpu", "Tg05")) == 40);
}

TEST_CASE("Products of sensors match to their end") {
  CHECK(hid_component("ANE MTR Temp Sensor12").component == "ane");
  CHECK(hid_component("NAND CH0 temp").component == "disk");
  for (const char* product : {"ANE MTR Temp Sensor1x", "PMU tdie1 cal", "NAND CH0", "xPMU tdie1"}) {
    INFO(product);
    CHECK(hid_component(product).component.empty());
  }
}

TEST_CASE("The source of power is published where the system tells it, absent where it does not") {
  World world;
  world.machine.host = AppleHostState{{}, true, std::nullopt, false};
  world.collect();
  CHECK(world.value("anemon_on_battery") == 1);
  CHECK(world.signal(Metric::kOnBattery, "", "host") == "live: ");
  CHECK_FALSE(world.value("anemon_low_power_mode").has_value());
  CHECK(world.signal(Metric::kLowPowerMode, "", "host") == "absent: no such source on this system");
  world.machine.host = AppleHostState{{}, false, true, false};
  world.collect();
  CHECK(world.value("anemon_on_battery") == 0);
  CHECK(world.value("anemon_low_power_mode") == 1);
}

TEST_CASE("Impossible temperatures are dropped and counted") {
  World world;
  world.machine.set_smc("Tp01", 300.0F);
  world.machine.set_smc("TB0T", -306783232.0F);
  world.machine.temperatures = {{"PMU tdie1", 200}, {"PMU tdie2", 30}};
  world.collect();
  CHECK(world.run.current_series() == 1);
  CHECK(world.run.pass.rejected().at("temperature_range") == 3);
  CHECK(world.signal(Metric::kTemperature, "cpu", "smc") == "stale: device gives no usable answer");
}

TEST_CASE("The super cores of an M5 have keys that are other things on other chips") {
  World world;
  world.machine.set_smc("Ts00", 39.0F);
  world.machine.set_smc("Ts0P", 25.0F);
  SECTION("M5") {
    world.machine.facts.chip = "Apple M5 Max";
    world.collect();
    CHECK(world.value(celsius("cpu", "Ts00")) == 39);
  }
  SECTION("M4") {
    world.collect();
    CHECK_FALSE(world.value(celsius("cpu", "Ts00")));
  }
  CHECK(world.value(celsius("enclosure", "Ts0P")) == 25);
}

TEST_CASE("Of many sensors of one component a few are read, spread over all") {
  World world;
  for (char a = '0'; a <= '3'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) world.machine.set_smc(std::string("Tp") + a + b, 50.0F);
  }
  world.collect();
  CHECK(world.run.current_series() == 8);
  CHECK(world.value(celsius("cpu", "Tp0a")));
  CHECK(world.value(celsius("cpu", "Tp3n")));
}

TEST_CASE("Sensors that blink in and out keep their names") {
  World world;
  world.machine.temperatures = {{"PMU tdie1", 30}, {"PMU tdie2", 40}};
  world.collect();
  world.machine.temperatures = {{"PMU tdie2", 41}};
  world.collect();
  CHECK_FALSE(world.value(celsius("die", "PMU tdie1")));
  CHECK(world.value(celsius("die", "PMU tdie2")) == 41);
  world.machine.temperatures = std::vector<HidTemperature>{};
  world.collect();
  CHECK(world.signal(Metric::kTemperature, "die", "hid") == "live: ");  // a missed reading
  for (int i = 0; i < 11; ++i) world.collect();
  CHECK(world.signal(Metric::kTemperature, "die", "hid") == "stale: sensors do not answer");
  world.machine.temperatures = {{"PMU tdie1", 31}, {"PMU tdie2", 42}};
  world.collect();
  CHECK(world.value(celsius("die", "PMU tdie1")) == 31);
  CHECK(world.signal(Metric::kTemperature, "die", "hid") == "live: ");
}

TEST_CASE("Fans and thermal pressure are told as the machine has them") {
  World world;
  world.machine.set_smc("F0Ac", 1318.5F);
  world.machine.set_smc("F1Ac", "fpe2", {0x1f, 0x40});
  world.machine.set_smc("F0Mx", 6000.0F);
  world.machine.thermal_pressure = 2;
  world.collect();
  CHECK(world.value("anemon_fan_speed_rpm{fan=\"fan0\"}") == Approx(1318.5));
  CHECK(world.value("anemon_fan_speed_rpm{fan=\"fan1\"}") == 2000);
  CHECK(world.value("anemon_thermal_pressure_level") == 2);
  world.machine.thermal_pressure = 17;
  world.machine.set_smc("F0Ac", -5.0F);
  world.collect();
  CHECK_FALSE(world.value("anemon_thermal_pressure_level"));
  CHECK(world.run.pass.rejected().at("pressure_range") == 1);
  CHECK(world.run.pass.rejected().at("fan_range") == 1);
}

TEST_CASE("A virtual machine has no sensors and says why") {
  World world;
  world.machine.facts.virtual_machine = true;
  world.machine.smc_missing = true;
  world.collect();
  CHECK(world.signal(Metric::kTemperature, "", "smc") == "absent: virtual machine");
  CHECK(world.signal(Metric::kFanSpeed, "", "smc") == "absent: virtual machine");
  CHECK(world.signal(Metric::kThermalPressure, "", "notify") == "absent: virtual machine");
  CHECK(world.run.pass.good());
}

TEST_CASE("A virtual machine on which no thermal pressure was announced says why") {
  World world;
  world.machine.facts.virtual_machine = true;
  world.machine.thermal_pressure = 0;
  world.collect();
  world.machine.thermal_pressure.reset();
  world.collect();
  CHECK_FALSE(world.value("anemon_thermal_pressure_level"));
  CHECK(world.signal(Metric::kThermalPressure, "", "notify") == "absent: virtual machine");
}
