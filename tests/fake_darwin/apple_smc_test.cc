#include <IOKit/IOKitLib.h>

#include "platform/smc.h"
#include "tests/catch.h"
#include "tests/fake_darwin/clean_mac.h"

using namespace anemon;
using namespace anemon::fake;
using anemon::test::CleanMac;

namespace {

void furnish(FakeMac& mac) {
  const auto state = mac.edit();
  state->registry = {{"AppleARMPE", "device-tree", {}, {}, {}},
                     {"AppleSMCKeysEndpoint", "AppleSMCKeysEndpoint", {}, {}, {"AppleSMC"}}};
  state->smc = {{"TCMb", {"flt ", {0x00, 0x50, 0xe6, 0x41}}},
                {"F0Ac", {"ui16", {0x12, 0x34}}},
                {"FNum", {"ui8", {2}}},
                {"PSTR", {"ioft", {0, 0, 1, 0, 0, 0, 0, 0}}}};
}

size_t place(const Smc& smc, const std::string& name) {
  for (size_t i = 0; i < smc.keys().size(); ++i) {
    if (smc.keys()[i].name == name) return i;
  }
  FAIL("no key " << name);
  return 0;
}

}  // namespace

TEST_CASE("A machine without a controller, or one that does not let us in, has no keys") {
  CleanMac mac;
  REQUIRE(open_smc() == nullptr);
  furnish(*mac);
  mac->edit()->smc_refused = true;
  REQUIRE(open_smc() == nullptr);
  mac->edit()->smc_refused = false;
  mac->edit()->registry[1].name = "smc-pmu";
  REQUIRE(open_smc() == nullptr);
}

TEST_CASE("The endpoint of keys is found as the service itself or below it") {
  CleanMac mac;
  furnish(*mac);
  const RegistryEntry endpoint{"AppleSMCKeysEndpoint", "AppleSMCKeysEndpoint", {}, {}, {}};
  mac->edit()->registry = {{"AppleSMC", "AppleSMC", {}, {endpoint}, {}}};
  REQUIRE(open_smc()->keys().size() == 5);
  mac->edit()->registry[0].children = {{"RTBuddy", "RTBuddy", {}, {endpoint}, {}}};
  REQUIRE(open_smc()->keys().size() == 5);
  mac->edit()->registry = {{"RTBuddy", "RTBuddy", {}, {endpoint}, {}}};
  REQUIRE(open_smc()->keys().size() == 5);
}

TEST_CASE("All keys are enumerated once, sorted by name") {
  CleanMac mac;
  furnish(*mac);
  const auto smc = open_smc();
  const std::vector<SmcKey> expected = {{"#KEY", "ui32", 4},
                                        {"F0Ac", "ui16", 2},
                                        {"FNum", "ui8 ", 1},
                                        {"PSTR", "ioft", 8},
                                        {"TCMb", "flt ", 4}};
  REQUIRE(std::vector<SmcKey>(smc->keys().begin(), smc->keys().end()) == expected);
}

TEST_CASE("A key's bytes come as the controller has them") {
  CleanMac mac;
  furnish(*mac);
  const auto smc = open_smc();
  SmcValue value;
  REQUIRE(smc->read(place(*smc, "TCMb"), value) == ReadStatus::ok);
  REQUIRE(std::vector<uint8_t>(value.view().begin(), value.view().end()) ==
          std::vector<uint8_t>{0x00, 0x50, 0xe6, 0x41});
  REQUIRE(smc->read(place(*smc, "F0Ac"), value) == ReadStatus::ok);
  REQUIRE(std::vector<uint8_t>(value.view().begin(), value.view().end()) ==
          std::vector<uint8_t>{0x12, 0x34});
}

TEST_CASE("A key that is gone is absent, one that the controller cannot read has failed") {
  CleanMac mac;
  furnish(*mac);
  const auto smc = open_smc();
  SmcValue value;
  mac->edit()->smc["TCMb"].read_result = 136;
  REQUIRE(smc->read(place(*smc, "TCMb"), value) == ReadStatus::failed);
  mac->edit()->smc.erase("FNum");
  REQUIRE(smc->read(place(*smc, "FNum"), value) == ReadStatus::absent);
  REQUIRE(smc->read(place(*smc, "PSTR"), value) == ReadStatus::ok);
}

TEST_CASE("A key that the kernel refuses takes no other key away") {
  CleanMac mac;
  furnish(*mac);
  const auto smc = open_smc();
  SmcValue value;
  mac->edit()->smc["F0Ac"].call_error = kIOReturnError;
  mac->edit()->smc["FNum"].call_error = kIOReturnBadArgument;
  for (int pass = 0; pass < 3; ++pass) {
    REQUIRE(smc->read(place(*smc, "F0Ac"), value) == ReadStatus::failed);
    REQUIRE(smc->read(place(*smc, "FNum"), value) == ReadStatus::failed);
    REQUIRE(smc->read(place(*smc, "TCMb"), value) == ReadStatus::ok);
  }
  mac->edit()->smc["F0Ac"].call_error = 0;
  REQUIRE(smc->read(place(*smc, "F0Ac"), value) == ReadStatus::ok);
}

TEST_CASE("Every way in which the kernel tells of a lost controller closes the connection") {
  CleanMac mac;
  furnish(*mac);
  const auto smc = open_smc();
  const size_t key = place(*smc, "TCMb");
  SmcValue value;
  for (const int error : {int{kIOReturnNotAttached}, int{kIOReturnNoDevice}, int{kIOReturnNotOpen},
                          int{kIOReturnOffline}, int{MACH_SEND_INVALID_DEST}}) {
    mac->edit()->smc_gone = true;
    mac->edit()->smc_gone_error = error;
    REQUIRE(smc->read(key, value) == ReadStatus::failed);
    mac->edit()->smc_gone = false;
    const uint64_t before = FakeMac::made_objects();
    mac->pass_time(std::chrono::seconds(11));
    REQUIRE(smc->read(key, value) == ReadStatus::ok);
    REQUIRE(FakeMac::made_objects() > before);
  }
}

TEST_CASE("A controller that vanished is asked for again, but not at every key") {
  CleanMac mac;
  furnish(*mac);
  const auto smc = open_smc();
  const size_t key = place(*smc, "TCMb");
  SmcValue value;
  mac->edit()->smc_gone = true;
  REQUIRE(smc->read(key, value) == ReadStatus::failed);
  REQUIRE(smc->read(key, value) == ReadStatus::failed);
  mac->edit()->smc_gone = false;
  const uint64_t before = FakeMac::made_objects();
  mac->pass_time(std::chrono::seconds(5));
  REQUIRE(smc->read(key, value) == ReadStatus::failed);
  REQUIRE(FakeMac::made_objects() == before);
  mac->pass_time(std::chrono::seconds(6));
  REQUIRE(smc->read(key, value) == ReadStatus::ok);
}
