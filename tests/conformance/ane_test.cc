#include "collectors/ane.h"

#include <map>

#include "collectors/apple/ane_channels.h"
#include "tests/catch.h"
#include "tests/conformance/trace_data.h"
#include "tests/unit/collectors/apple/apple_run.h"

using namespace anemon;

namespace {

// The channels of an inventory that are decoded, by what they are.
std::map<AneRole, int> roles_of(const std::filesystem::path& inventory) {
  std::map<AneRole, int> roles;
  for (const auto& row : test::tsv_rows(inventory)) {
    const ChannelFormat format = row[0] == "AMC Stats" || row[0] == "Energy Model"
                                     ? ChannelFormat::simple
                                     : ChannelFormat::state;
    const auto channel = parse_ane_channel({row[0], row[1], row[2], "", format, {}});
    if (channel) ++roles[channel->role];
  }
  return roles;
}

}  // namespace

TEST_CASE("An M5 Max's channels of the Neural Engine are found, and no others") {
  const auto folder = test::trace_data();
  if (!folder) return;
  const auto newer =
      roles_of(*folder / "m5_max_mac17-14_macos27.0.1_pmp0_soc_inventory_partial.tsv");
  CHECK(newer == std::map<AneRole, int>{{AneRole::dcs_floor, 1},
                                        {AneRole::fabric_floor, 2},
                                        {AneRole::compute_engine, 1},
                                        {AneRole::throttle, 9}});
  const auto older = roles_of(*folder / "m5_max_macos26.5.2_inventory_partial.tsv");
  CHECK(older == std::map<AneRole, int>{{AneRole::fabric_read, 2}, {AneRole::fabric_write, 2}});
}

TEST_CASE("The shares measured on an M5 Max under load come out as they were published") {
  // 82.9 % above the lowest memory level under load, 40.7 % under a lighter one, 0 when idle.
  for (const auto& [active, share] : {std::pair{829, 0.829}, {407, 0.407}, {0, 0.0}}) {
    test::AppleRun world(make_ane);
    world.machine.facts.chip = "Apple M5 Max";
    test::ScriptedChannel& floor = world.machine.channel(
        {"PMP0", "DCS Floor", "ANE-DCS-BW", "events", ChannelFormat::state, {"F1", "F2", "F3"}});
    floor.parts = {0, 0, 0};
    world.collect();
    world.add("PMP0", "DCS Floor", "ANE-DCS-BW", {{"F1", 1000 - active}, {"F3", active}});
    world.collect();
    CHECK(world.value("anemon_ane_activity_ratio{engine=\"ane0\",signal=\"dcs_floor\"}") ==
          Approx(share));
  }
}

TEST_CASE("An M3 Pro's dead channels are told as dead while its firmware works") {
  test::AppleRun world(make_ane);
  world.machine.facts.chip = "Apple M3 Pro";
  const std::vector<std::string> floors = {"F1", "F2", "F3", "F4", "F5"};
  world.machine.channel({"PMP", "DCS Floor", "ANE0", "events", ChannelFormat::state, floors})
      .parts.resize(5);
  world.machine.state("ANE", "IOP State", "status", {"Running", "Off"});
  world.machine.channel(
      {"AMC Stats", "Perf Counters", "ANE DCS RD", "B", ChannelFormat::simple, {}});
  world.machine.refused_groups = {"AMC Stats"};
  world.collect();
  for (int i = 0; i < 15; ++i) {
    world.add("ANE", "IOP State", "status", {{"Running", test::kTicks}});
    world.collect();
  }
  CHECK(world.value("anemon_ane_activity_ratio{engine=\"ane0\",signal=\"firmware\"}") == 1);
  CHECK_FALSE(world.value("anemon_ane_activity_ratio{engine=\"ane0\",signal=\"dcs_floor\"}"));
  CHECK(world.signal(Metric::kAneActivity, "ane0/dcs_floor", "pmp") ==
        "frozen: still while another signal moves");
  CHECK(world.signal(Metric::kAneBytes, "ane0", "ioreport") ==
        "refused: the kernel refuses this group");
}
