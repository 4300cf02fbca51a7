#include "collectors/energy.h"
#include "tests/catch.h"
#include "tests/counting_new.h"
#include "tests/scripted_apple_devices.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using namespace anemon::test;

TEST_CASE("Passes over Apple's energy counters do not allocate in the steady state") {
  ScriptedMachine machine;
  ScriptedAppleDevices devices(machine);
  machine.facts.chip = "Apple M5 Max";
  CollectorRun run(make_energy);
  run.apple = &devices;
  for (const char* name : {"CPU Energy", "MCPU0", "ANE0", "DRAM0", "ISP0", "GPU0"}) {
    machine.simple("Energy Model", name, "mJ").value = 5;
  }
  machine.simple("Energy Model", "GPU Energy", "nJ").value = 5;
  machine.state("PMP0", "DCS Floor", "ANE-DCS-BW", {"F1", "F2"});
  const auto pass = [&](int number) {
    machine.now = run.clock.now().awake + std::chrono::seconds(1);
    for (ScriptedChannel& channel : machine.channels) {
      if (channel.value) *channel.value += 1000;
      // Gated now and then, so that states change too.
      if (number % 60 < 40) channel.stamp = machine.now;
      for (int64_t& part : channel.parts) part += 24'000'000;
    }
    machine.set_smc("PSTR", static_cast<float>(10 + number % 3));
    machine.set_smc("PP2b", static_cast<float>(1 + number % 3));
    machine.set_smc("PP4b", static_cast<float>(1 + number % 3));
    const uint64_t before = allocations();
    run.collect();
    return allocations() - before;
  };
  for (int number = 0; number < 125; ++number) pass(number);
  REQUIRE(run.current_series() > 10);
  uint64_t allocated = 0;
  for (int number = 125; number < 140; ++number) allocated += pass(number);
  CHECK(allocated == 0);
}
