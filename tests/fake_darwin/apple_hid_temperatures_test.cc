#include "platform/hid_temperatures.h"
#include "tests/catch.h"
#include "tests/fake_darwin/clean_mac.h"

using namespace anemon;
using namespace anemon::fake;
using anemon::test::CleanMac;

TEST_CASE("Without the functions or the client there are no HID temperatures") {
  CleanMac mac;
  for (const char* symbol : {"IOHIDEventSystemClientCreate", "IOHIDEventSystemClientSetMatching",
                             "IOHIDEventSystemClientCopyServices", "IOHIDServiceClientCopyProperty",
                             "IOHIDServiceClientCopyEvent", "IOHIDEventGetFloatValue"}) {
    CAPTURE(symbol);
    mac->edit()->missing_symbols = {symbol};
    REQUIRE(open_hid_temperatures() == nullptr);
  }
  mac->edit()->missing_symbols.clear();
  mac->edit()->hid_client_fails = true;
  REQUIRE(open_hid_temperatures() == nullptr);
}

TEST_CASE("Every sensor that answers is read as it says") {
  CleanMac mac;
  mac->edit()->hid = {{"ANE MTR Temp Sensor1", 41.25},
                      {"PMU tdie1", -4.0},
                      {"silent", 1, false},
                      {"", 5, true, true},
                      {"PMU tdie1", 33.5}};
  const auto sensors = open_hid_temperatures();
  std::vector<HidTemperature> temperatures;
  REQUIRE(sensors->read(temperatures) == ReadStatus::ok);
  REQUIRE(temperatures == std::vector<HidTemperature>{{"ANE MTR Temp Sensor1", 41.25},
                                                      {"PMU tdie1", -4.0},
                                                      {"PMU tdie1", 33.5}});
}

TEST_CASE("Sensors come and go under the same client") {
  CleanMac mac;
  const auto sensors = open_hid_temperatures();
  std::vector<HidTemperature> temperatures = {{"of an earlier pass", 1}};
  REQUIRE(sensors->read(temperatures) == ReadStatus::absent);
  REQUIRE(temperatures.empty());
  mac->edit()->hid = {{"gas gauge battery", 30}};
  REQUIRE(sensors->read(temperatures) == ReadStatus::ok);
  REQUIRE(temperatures.size() == 1);
  mac->edit()->hid_no_services = true;
  REQUIRE(sensors->read(temperatures) == ReadStatus::absent);
  REQUIRE(temperatures.empty());
}
