#include "platform/ane_registry.h"
#include "platform/apple_devices.h"
#include "platform/clock_tables.h"
#include "tests/catch.h"
#include "tests/fake_darwin/clean_mac.h"

using namespace anemon;
using namespace anemon::fake;
using anemon::test::CleanMac;

namespace {

Property text(const std::string& value) { return {value}; }
Property number(int64_t value) { return {value}; }

RegistryEntry client(const std::string& creator,
                     const std::string& classname = "H1xANELoadBalancerDirectPathClient") {
  return {classname, classname, {{"IOUserClientCreator", text(creator)}}, {}, {}};
}

RegistryEntry engine(int64_t power_state) {
  return {
      "H11ANEIn",
      "H11ANE",
      {{"DeviceProperties",
        {Properties{{"ANEDevicePropertyTypeANEArchitectureTypeStr", text("h16")},
                    {"ANEDevicePropertyNumANECores", number(16)}}}},
       {"FirmwareLoaded", {true}},
       {"IOPowerManagement",
        {Properties{{"CurrentPowerState", number(power_state)}, {"MaxPowerState", number(1)}}}}},
      {},
      {}};
}

RegistryEntry balancer(int64_t engines) {
  return {"H1xANELoadBalancer",
          "ANEDriverRoot",
          {{"DeviceProperties", {Properties{{"ANEDevicePropertyNumANEs", number(engines)}}}}},
          {},
          {}};
}

RegistryEntry device(const std::string& name, Properties properties) {
  return {"AppleARMIODevice", name, std::move(properties), {}, {}};
}

Property table(const std::vector<std::pair<uint32_t, uint32_t>>& entries) {
  return {words(entries)};
}

}  // namespace

TEST_CASE("A machine without a Neural Engine has no registry of it") {
  CleanMac mac;
  REQUIRE(open_ane_registry() == nullptr);
  mac->edit()->registry = {balancer(1)};
  REQUIRE(open_ane_registry() == nullptr);
}

TEST_CASE("The engine's identity and power state are read") {
  CleanMac mac;
  mac->edit()->registry = {{"AppleARMPE", "root", {}, {engine(0)}, {}}};
  const auto registry = open_ane_registry();
  AneState state;
  REQUIRE(registry->read(state) == ReadStatus::ok);
  REQUIRE(state.architecture == "h16");
  REQUIRE(state.cores == 16);
  REQUIRE(state.engines == 1);
  REQUIRE(state.power_state == 0);
  REQUIRE(state.max_power_state == 1);
  REQUIRE(state.firmware_loaded == true);
  REQUIRE(state.clients.empty());
}

TEST_CASE("What the registry does not tell is unset, of a wrong type too") {
  CleanMac mac;
  RegistryEntry bare{"H11ANEIn", "H11ANE", {}, {}, {}};
  mac->edit()->registry = {bare};
  const auto registry = open_ane_registry();
  AneState state;
  REQUIRE(registry->read(state) == ReadStatus::ok);
  REQUIRE(state.architecture.empty());
  REQUIRE_FALSE(state.cores);
  REQUIRE_FALSE(state.power_state);
  REQUIRE_FALSE(state.firmware_loaded);
  mac->edit()->registry[0].properties = {
      {"DeviceProperties", text("none")},
      {"FirmwareLoaded", number(1)},
      {"IOPowerManagement",
       {Properties{{"CurrentPowerState", text("on")}, {"MaxPowerState", number(-1)}}}}};
  REQUIRE(registry->read(state) == ReadStatus::ok);
  REQUIRE_FALSE(state.cores);
  REQUIRE(state.firmware_loaded == true);
  REQUIRE_FALSE(state.power_state);
  REQUIRE_FALSE(state.max_power_state);
}

TEST_CASE("Of two engines the number, and the power of the one that runs") {
  CleanMac mac;
  mac->edit()->registry = {engine(0), engine(1), balancer(2)};
  AneState state;
  REQUIRE(open_ane_registry()->read(state) == ReadStatus::ok);
  REQUIRE(state.engines == 2);
  REQUIRE(state.power_state == 1);
}

TEST_CASE("The number of engines is found in the balancer's own properties too") {
  CleanMac mac;
  mac->edit()->registry = {
      engine(0),
      {"H1xANELoadBalancer", "ANEDriverRoot", {{"ANEDevicePropertyNumANEs", number(2)}}, {}, {}}};
  AneState state;
  REQUIRE(open_ane_registry()->read(state) == ReadStatus::ok);
  REQUIRE(state.engines == 2);
}

TEST_CASE("There are no fewer engines than are found") {
  CleanMac mac;
  mac->edit()->registry = {engine(0), engine(0)};
  const auto registry = open_ane_registry();
  AneState state;
  REQUIRE(registry->read(state) == ReadStatus::ok);
  REQUIRE(state.engines == 2);
  mac->edit()->registry.push_back(balancer(1));
  REQUIRE(registry->read(state) == ReadStatus::ok);
  REQUIRE(state.engines == 2);
}

TEST_CASE("Every connection is listed once, wherever it hangs") {
  CleanMac mac;
  RegistryEntry top = engine(1);
  RegistryEntry middle = balancer(1);
  middle.children = {client("pid 512, aned", "H1xANELoadBalancerClient"),
                     client("pid 900, python3.12"), client("pid 900, python3.12")};
  top.children = {middle,
                  client("pid 77, an app, with comma", "H11ANEInDirectPathClient"),
                  client("someone"),
                  {"Other", "other", {}, {client("pid 5, deep")}, {}}};
  mac->edit()->registry = {top};
  const auto registry = open_ane_registry();
  AneState state;
  REQUIRE(registry->read(state) == ReadStatus::ok);
  REQUIRE(state.clients == std::vector<AneClient>{{512, "aned"},
                                                  {900, "python3.12"},
                                                  {900, "python3.12"},
                                                  {77, "an app, with comma"},
                                                  {5, "deep"}});
  mac->edit()->registry[0].children = {client("pid 900, python3.12")};
  REQUIRE(registry->read(state) == ReadStatus::ok);
  REQUIRE(state.clients == std::vector<AneClient>{{900, "python3.12"}});
}

TEST_CASE("An engine that vanishes leaves nothing behind") {
  CleanMac mac;
  mac->edit()->registry = {engine(1), balancer(1)};
  mac->edit()->registry[1].children = {client("pid 512, aned")};
  const auto registry = open_ane_registry();
  AneState state;
  REQUIRE(registry->read(state) == ReadStatus::ok);
  mac->edit()->registry.clear();
  REQUIRE(registry->read(state) == ReadStatus::absent);
  REQUIRE(state.architecture.empty());
  REQUIRE_FALSE(state.power_state);
  REQUIRE_FALSE(state.engines);
}

TEST_CASE("The machine's facts tell of its Neural Engine, where it has one") {
  CleanMac mac;
  mac->edit()->host.set_sysctl("machdep.cpu.brand_string", "Apple M4 Pro");
  const auto devices = open_apple_devices();
  REQUIRE(devices->host_facts().chip == "Apple M4 Pro");
  REQUIRE(devices->host_facts().ane_architecture.empty());
  REQUIRE(devices->host_facts().ane_cores.empty());
  mac->edit()->registry = {engine(1)};
  REQUIRE(devices->host_facts().ane_architecture == "h16");
  REQUIRE(devices->host_facts().ane_cores == "16");
}

TEST_CASE("A virtual machine has none of the devices, and no error") {
  CleanMac mac;
  const auto devices = open_apple_devices();
  REQUIRE(devices->open_ioreport({}) == nullptr);
  REQUIRE(devices->open_smc() == nullptr);
  REQUIRE(devices->open_ane_registry() == nullptr);
  REQUIRE(devices->clock_tables().tables.empty());
  std::vector<HidTemperature> temperatures;
  REQUIRE(devices->open_hid_temperatures()->read(temperatures) == ReadStatus::absent);
}

TEST_CASE("The power manager's tables are read by exact prefix, whole entries only") {
  CleanMac mac;
  std::vector<uint8_t> cut = words({{600, 700}});
  cut.pop_back();
  mac->edit()->registry = {
      device("uart", {{"voltage-states8", table({{1, 1}})}}),
      device("pmgr",
             {{"voltage-states8", table({{432000000, 593}, {492000000, 0xffffffff}})},
              {"voltage-states5-sram", table({{600000000, 790}})},
              {"voltage-states9", {cut}},
              {"voltage-states-note", text("no table")},
              {"my-voltage-states1", table({{1, 1}})},
              {"acc-clusters",
               {std::vector<uint8_t>{1, 0, 9, 9, 9, 9, 9, 9, 22, 1, 0, 0, 0, 0, 0, 0, 5}}}})};
  const ClockTables tables = read_clock_tables();
  REQUIRE(tables.tables ==
          std::vector<ClockTable>{{"voltage-states5-sram", {{600000000, 790}}},
                                  {"voltage-states8", {{432000000, 593}, {492000000, 0xffffffff}}},
                                  {"voltage-states9", {}}});
  REQUIRE(tables.clusters == std::vector<ClusterEntry>{{1, 0}, {22, 1}});
}

TEST_CASE("Where the power manager shows no tables, the performance controller may") {
  CleanMac mac;
  mac->edit()->registry = {device("clpc", {{"voltage-states1-sram", table({{1, 2}})}}),
                           device("pmgr", {{"compatible", text("pmgr1")}})};
  REQUIRE(read_clock_tables().tables.size() == 1);
  mac->edit()->registry.clear();
  REQUIRE(read_clock_tables().tables.empty());
}
