#include "collectors/ane.h"
#include "collectors/apple/ane_channels.h"
#include "tests/catch.h"
#include "tests/conformance/trace_data.h"
#include "tests/unit/collectors/apple/apple_run.h"

using namespace anemon;

TEST_CASE("Sentinels of a memory controller's counters yield nothing") {
  const auto folder = test::trace_data();
  if (!folder) return;
  test::AppleRun world(make_ane);
  world.machine.facts.chip = "Apple M3 Max";
  const auto add = [&](const std::string& name) {
    // A sentinel is no value: the channel is there and tells nothing.
    world.machine.channel({"AMC Stats", "Perf Counters", name, "B", ChannelFormat::simple, {}});
  };
  for (const auto& row :
       test::tsv_rows(*folder / "m3_max_mac15-9_macos27beta_amc_sentinel_partial.tsv")) {
    add(row[2]);
  }
  add("DIE0 ANE0 DCS RD");
  add("DIE0 ANE0 DCS WR");
  for (int i = 0; i < 5; ++i) world.collect();
  CHECK(world.run.current_series() == 0);
  CHECK(world.signal(Metric::kAneBytes, "ane0", "ioreport") == "unproven: has not moved yet");

  // Even one that slipped through is none.
  for (auto& channel : world.machine.channels) channel.value = INT64_MIN;
  for (int i = 0; i < 5; ++i) world.collect();
  CHECK(world.run.current_series() == 0);
}

TEST_CASE("Of an M1 Pro's counters none is the Neural Engine's") {
  for (const char* name : {"PCPU1 DCS WR", "ECPU RD", "GFX DCS RD", "ANS DCS RD", "ANS RD"}) {
    CHECK_FALSE(
        parse_ane_channel({"AMC Stats", "Perf Counters", name, "B", ChannelFormat::simple, {}}));
  }
}
