#include "collectors/ane.h"
#include "collectors/frequency.h"
#include "collectors/memory.h"
#include "collectors/thermal.h"
#include "tests/catch.h"
#include "tests/counting_new.h"
#include "tests/unit/collectors/apple/apple_run.h"

using namespace anemon;
using anemon::test::AppleRun;
using anemon::test::clock_table;
using anemon::test::kTicks;
using anemon::test::ladder_states;

namespace {

const std::string kClusters = "CPU Complex Performance States";

void furnish(AppleRun& run) {
  run.machine.state("CPU Stats", kClusters, "ECPU", ladder_states({"IDLE"}, 3));
  run.machine.clocks.tables = {
      clock_table("voltage-states1-sram", {1'000'000, 2'000'000, 3'000'000})};
  run.machine.state("PMP", "DCS Floor", "ANE-DCS-BW", {"F1", "F2"});
  run.machine.state("SoC Stats", "Events", "ANE_PPT_TRIG", {"INACT", "ACT"});
  for (const char* name : {"GFX DCS RD", "ANE DCS WR"}) {
    run.machine.channel({"AMC Stats", "Perf Counters", name, "B", ChannelFormat::simple, {}})
        .value = 1;
  }
  run.machine.ane.emplace();
  run.machine.ane->power_state = 1;
  run.machine.ane->clients = {{512, "whisper"}};
  run.machine.set_smc("TCMb", 50.0F);
  run.machine.set_smc("Tp01", 6.7F);
  run.machine.set_smc("F0Ac", 1000.0F);
  run.machine.temperatures = {{"PMU tdie1", 40}};
  run.machine.thermal_pressure = 0;
}

// In place, as a driver does.
void advance(AppleRun& run) {
  for (auto& channel : run.machine.channels) {
    for (int64_t& part : channel.parts) part += kTicks / 4;
    if (channel.value) *channel.value += 1000;
    channel.stamp = run.run.clock.now().awake + std::chrono::seconds(1);
  }
}

}  // namespace

TEST_CASE("Passes over an Apple machine do not allocate in the steady state") {
  for (const auto factory : {make_frequency, make_ane, make_thermal, make_memory}) {
    AppleRun run(factory);
    furnish(run);
    for (int i = 0; i < 3; ++i) {
      run.collect();
      advance(run);
    }
    REQUIRE(run.run.current_series() > 1);
    const uint64_t before = anemon::test::allocations();
    for (int i = 0; i < 50; ++i) {
      run.collect();
      advance(run);
    }
    CHECK(anemon::test::allocations() == before);
  }
}

TEST_CASE("Passes over an Apple machine that has nothing do not allocate either") {
  for (const auto factory : {make_frequency, make_ane, make_thermal, make_memory}) {
    AppleRun run(factory);
    run.machine.ioreport_missing = true;
    run.machine.smc_missing = true;
    for (int i = 0; i < 3; ++i) run.collect();
    const uint64_t before = anemon::test::allocations();
    for (int i = 0; i < 50; ++i) run.collect();
    CHECK(anemon::test::allocations() == before);
  }
}
