// A day of passes over everything: nothing of ours is allocated, nothing of the system's is kept.
#include <malloc.h>

#include "platform/ane_registry.h"
#include "platform/hid_temperatures.h"
#include "platform/ioreport.h"
#include "platform/smc.h"
#include "tests/catch.h"
#include "tests/counting_new.h"
#include "tests/fake_darwin/clean_mac.h"
#include "tests/fake_darwin/simulated_time.h"

using namespace anemon;
using namespace anemon::fake;
using anemon::test::CleanMac;

namespace {

constexpr int kChannels = 40;

void furnish(FakeMac& mac) {
  const auto state = mac.edit();
  for (int i = 0; i < kChannels; ++i) {
    ReportChannel channel;
    channel.group = i % 2 == 0 ? "Energy Model" : "PMP0";
    channel.name = "a channel with a name of some length " + std::to_string(i);
    if (i % 2 == 1) {
      channel.format = i % 4 == 1 ? 2 : 3;
      channel.states = {"F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8"};
      channel.values.assign(8, i);
    }
    state->channels.push_back(channel);
    ReportChannel unwanted = channel;
    unwanted.name = "unwanted";
    state->channels.push_back(unwanted);
    state->smc["T" + std::to_string(100 + i)] = {"flt ", {0, 0, 0, 0x42}};
    state->hid.push_back({"a sensor of a name of some length " + std::to_string(i), 40});
  }
  const Property creator{std::string("pid 512, a process of a name of some length")};
  RegistryEntry engine{"H11ANEIn", "H11ANE", {}, {}, {}};
  engine.properties["DeviceProperties"] = {
      Properties{{"ANEDevicePropertyTypeANEArchitectureTypeStr", {std::string("h16")}},
                 {"ANEDevicePropertyNumANECores", {int64_t{16}}}}};
  for (int i = 0; i < 4; ++i) {
    engine.children.push_back(
        {"H11ANEInDirectPathClient", "client", {{"IOUserClientCreator", creator}}, {}, {}});
  }
  state->registry = {engine, {"AppleSMC", "AppleSMCKeysEndpoint", {}, {}, {}}};
}

void publish(FakeMac& mac) {
  mac.pass_time(std::chrono::seconds(1));
  const auto state = mac.edit();
  for (ReportChannel& channel : state->channels) {
    channel.stamp = state->absolute_ticks;
    for (int64_t& value : channel.values) value += 17;
  }
}

}  // namespace

TEST_CASE("A day of passes allocates nothing of ours and keeps nothing of the system's") {
  CleanMac mac;
  furnish(*mac);
  const std::vector<ChannelSelection> wanted = {
      {"Energy Model", false, [](const Channel& channel) { return channel.name != "unwanted"; }},
      {"PMP", true, [](const Channel& channel) { return channel.name != "unwanted"; }}};
  const auto report = open_ioreport(wanted);
  const auto smc = open_smc();
  const auto hid = open_hid_temperatures();
  const auto registry = open_ane_registry();
  REQUIRE(report->channels().size() == kChannels);
  REQUIRE(smc->keys().size() == kChannels + 1);
  std::vector<HidTemperature> temperatures;
  AneState state;
  SmcValue value;
  uint64_t wrong = 0;
  Duration last_at{};
  const auto pass = [&] {
    publish(*mac);
    const IoReportSample& sample = report->sample();
    if (sample.values.size() != kChannels || sample.values[0].stamp != sample.at) ++wrong;
    if (sample.at - last_at != std::chrono::seconds(1)) ++wrong;
    last_at = sample.at;
    for (size_t key = 0; key < smc->keys().size(); ++key) {
      if (smc->read(key, value) != ReadStatus::ok) ++wrong;
    }
    if (hid->read(temperatures) != ReadStatus::ok || temperatures.size() != kChannels) ++wrong;
    if (registry->read(state) != ReadStatus::ok || state.clients.size() != 4) ++wrong;
  };
  for (int i = 0; i < 3; ++i) pass();
  wrong = 0;
  const uint64_t allocations = anemon::test::allocations();
  const int64_t objects = FakeMac::live_objects();
  const size_t heap = mallinfo2().uordblks;
  for (int i = 0; i < test::kSimulatedSeconds; ++i) pass();
  REQUIRE(anemon::test::allocations() == allocations);
  REQUIRE(FakeMac::live_objects() == objects);
  REQUIRE(FakeMac::open_autorelease_pools() == 0);
  // The allocator's own caches move by some blocks; what a pass kept would be kept in every one.
  REQUIRE(mallinfo2().uordblks <= heap + 32 * 1024);
  REQUIRE(wrong == 0);
}

TEST_CASE("A subscription that ends and is opened again leaves nothing behind") {
  CleanMac mac;
  furnish(*mac);
  const std::vector<ChannelSelection> wanted = {{"Energy Model", false, nullptr},
                                                {"PMP", true, nullptr}};
  const int64_t before = FakeMac::live_objects();
  for (int i = 0; i < test::kSimulatedSeconds / 600 + 5; ++i) {
    mac->edit()->refused_groups.clear();
    if (i % 2 == 1) mac->edit()->refused_groups = {"PMP0"};
    const auto report = open_ioreport(wanted);
    report->sample();
    mac->edit()->extra_channels = 1;
    REQUIRE_THROWS(report->sample());
    mac->edit()->extra_channels = 0;
  }
  REQUIRE(FakeMac::live_objects() == before);
}
