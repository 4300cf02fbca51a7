#include "platform/apple_host.h"

#include <sys/sysctl.h>
#include <sys/time.h>
#include <unistd.h>

#include "platform/boot_time.h"
#include "platform/host_facts.h"
#include "platform/memory.h"
#include "platform/processor.h"
#include "platform/thermal_pressure.h"
#include "tests/catch.h"
#include "tests/fake_darwin/fake_mac.h"

using namespace anemon;
using namespace anemon::fake;
using namespace std::chrono_literals;

namespace {

const char* const kThermalPressure = "com.apple.system.thermalpressurelevel";

const uint64_t kPage = static_cast<uint64_t>(::getpagesize());

void set_levels(HostState& host, std::vector<std::pair<const char*, int32_t>> levels) {
  host.set_sysctl("hw.nperflevels", static_cast<int32_t>(levels.size()));
  for (size_t i = 0; i < levels.size(); ++i) {
    const std::string level = "hw.perflevel" + std::to_string(i);
    host.set_sysctl(level + ".name", levels[i].first);
    host.set_sysctl(level + ".physicalcpu", levels[i].second);
  }
}

}  // namespace

TEST_CASE("The machine tells its chip, model and system") {
  FakeMac mac;
  mac.edit()->host.set_sysctl("machdep.cpu.brand_string", "Apple M1 Ultra");
  mac.edit()->host.set_sysctl("hw.model", "Mac13,2");
  mac.edit()->host.set_sysctl("kern.osproductversion", "27.0");
  mac.edit()->host.set_sysctl("kern.osversion", "26A428");
  mac.edit()->host.set_sysctl("kern.hv_vmm_present", int32_t{0});
  mac.edit()->host.set_sysctl("kern.boottime", timeval{1'790'000'000, 250'000});
  const HostFacts facts = read_host_facts({});
  CHECK(facts.chip == "Apple M1 Ultra");
  CHECK(facts.model == "Mac13,2");
  CHECK(facts.os == "macOS");
  CHECK(facts.os_version == "27.0");
  CHECK(facts.os_build == "26A428");
  CHECK_FALSE(facts.arch.empty());
  CHECK(facts.virtual_machine == false);
  CHECK(boot_wall({}) == 1'790'000'000'250ms);
}

TEST_CASE("What the machine does not tell about itself stays empty") {
  FakeMac mac;
  const HostFacts facts = read_host_facts({});
  CHECK(facts.chip.empty());
  CHECK(facts.os_build.empty());
  CHECK_FALSE(facts.virtual_machine);
  CHECK_FALSE(boot_wall({}));
  const AppleHostState host = open_apple_host()->read();
  CHECK(host.levels.empty());
  CHECK_FALSE(host.on_battery);
  CHECK_FALSE(host.low_power_mode);
  CHECK_FALSE(host.virtual_machine);
}

TEST_CASE("Performance levels come with the names of the chip's own tiers") {
  FakeMac mac;
  set_levels(mac.edit()->host, {{"Performance", 16}, {"Efficiency", 4}});
  CHECK(open_apple_host()->read().levels ==
        std::vector<PerformanceLevel>{{"Performance", 16}, {"Efficiency", 4}});
  set_levels(mac.edit()->host, {{"Super", 6}, {"Performance", 12}});  // M5 Max
  CHECK(open_apple_host()->read().levels ==
        std::vector<PerformanceLevel>{{"Super", 6}, {"Performance", 12}});
  set_levels(mac.edit()->host, {{"Super", 4}, {"Performance", 2}, {"Efficiency", 4}});
  CHECK(open_apple_host()->read().levels.size() == 3);
}

TEST_CASE("A level count that is nonsense does no harm") {
  FakeMac mac;
  mac.edit()->host.set_sysctl("hw.nperflevels", int32_t{-1});
  CHECK(open_apple_host()->read().levels.empty());
  mac.edit()->host.set_sysctl("hw.nperflevels", int32_t{2'000'000'000});
  CHECK(open_apple_host()->read().levels.empty());
  mac.edit()->host.set_sysctl("hw.nperflevels", int16_t{2});
  CHECK(open_apple_host()->read().levels.empty());
}

TEST_CASE("The source of power and low power mode are followed; nothing is left behind") {
  const int64_t before = FakeMac::live_objects();
  {
    FakeMac mac;
    mac.edit()->host.low_power_mode = false;
    const auto host = open_apple_host();
    const std::pair<const char*, std::optional<bool>> kinds[] = {{"AC Power", false},
                                                                 {"Battery Power", true},
                                                                 {"UPS Power", true},
                                                                 {"Fusion", std::nullopt}};
    for (const auto& [name, on_battery] : kinds) {
      mac.edit()->host.power_source = name;
      CHECK(host->read().on_battery == on_battery);
    }
    CHECK(host->read().low_power_mode == false);
    mac.edit()->host.low_power_mode = true;
    CHECK(host->read().low_power_mode == true);
  }
  CHECK(FakeMac::live_objects() == before);
  CHECK(FakeMac::open_autorelease_pools() == 0);
}

TEST_CASE("A virtual machine says so") {
  FakeMac mac;
  mac.edit()->host.set_sysctl("kern.hv_vmm_present", int32_t{1});
  CHECK(open_apple_host()->read().virtual_machine == true);
  CHECK(read_host_facts({}).virtual_machine == true);
}

TEST_CASE("Memory is told in bytes, with swap and pressure level") {
  const int64_t before = FakeMac::live_objects();
  {
    FakeMac mac;
    mac.edit()->host.set_sysctl("hw.memsize", uint64_t{64} << 30);
    mac.edit()->host.set_sysctl("vm.swapusage", xsw_usage{2'000'000, 500'000, 1'500'000, 16384, 1});
    mac.edit()->host.set_sysctl("kern.memorystatus_vm_pressure_level", int32_t{2});
    mac.edit()->host.memory = {1000, 200, 300, 40, 500, 60};
    const auto memory = open_memory({});
    MemorySnapshot seen;
    REQUIRE(memory->read(seen) == ReadStatus::ok);
    CHECK(seen.total == uint64_t{64} << 30);
    CHECK(seen.free == 800 * kPage);
    CHECK(seen.cached == 560 * kPage);
    CHECK(seen.available == 1360 * kPage);
    CHECK(seen.wired == 300 * kPage);
    CHECK(seen.compressed == 40 * kPage);
    CHECK(seen.swap_total == 2'000'000);
    CHECK(seen.swap_free == 500'000);
    CHECK(seen.pressure_level == 2);
    MemoryStall stall;
    CHECK(memory->read(stall) == ReadStatus::absent);
  }
  CHECK(FakeMac::live_objects() == before);
}

TEST_CASE("Memory that cannot be read fails; its parts that are not told are absent") {
  FakeMac mac;
  const auto memory = open_memory({});
  MemorySnapshot seen;
  REQUIRE(memory->read(seen) == ReadStatus::ok);
  CHECK_FALSE(seen.total);
  CHECK_FALSE(seen.swap_total);
  CHECK_FALSE(seen.pressure_level);
  mac.edit()->host.memory_words_missing = 4;  // pages of files among them
  CHECK(memory->read(seen) == ReadStatus::failed);
  mac.edit()->host.memory_words_missing = 3;  // an older kernel than the SDK's
  CHECK(memory->read(seen) == ReadStatus::ok);
  mac.edit()->host.memory_words_missing = 0;
  mac.edit()->host.memory_fails = true;
  CHECK(memory->read(seen) == ReadStatus::failed);
}

TEST_CASE("Cores tell their time by mode, beyond the kernel's 32-bit counts") {
  const int64_t before = FakeMac::live_objects();
  {
    FakeMac mac;
    const auto processor = open_processor({});
    std::vector<CoreTimes> cores;
    CHECK(processor->read(cores) == ReadStatus::failed);  // no core is no answer
    mac.edit()->host.core_ticks = {{100, 200, 300, 4}, {UINT32_MAX, 0, 0, 0}};
    REQUIRE(processor->read(cores) == ReadStatus::ok);
    REQUIRE(cores.size() == 2);
    const auto time = [&](size_t core, CoreMode mode) {
      REQUIRE(cores[core].has(static_cast<size_t>(mode)));
      return cores[core].by_mode[static_cast<size_t>(mode)];
    };
    CHECK(time(0, CoreMode::user) == 1s);
    CHECK(time(0, CoreMode::system) == 2s);
    CHECK(time(0, CoreMode::idle) == 3s);
    CHECK(time(0, CoreMode::nice) == 40ms);
    CHECK_FALSE(cores[0].has(static_cast<size_t>(CoreMode::iowait)));
    const Duration wrapped = time(1, CoreMode::user);
    mac.edit()->host.core_ticks[1][0] = 9;
    REQUIRE(processor->read(cores) == ReadStatus::ok);
    CHECK(time(1, CoreMode::user) - wrapped == 100ms);
    mac.edit()->host.cores_fail = true;
    CHECK(processor->read(cores) == ReadStatus::failed);
  }
  CHECK(FakeMac::live_objects() == before);
}

TEST_CASE("A core's count that steps back holds, rather than being 497 days ahead") {
  FakeMac mac;
  const auto processor = open_processor({});
  std::vector<CoreTimes> cores;
  const auto user_time = [&](uint32_t ticks) {
    mac.edit()->host.core_ticks = {{ticks, 0, 0, 0}};
    REQUIRE(processor->read(cores) == ReadStatus::ok);
    return cores[0].by_mode[static_cast<size_t>(CoreMode::user)];
  };
  const uint32_t half = uint32_t{1} << 31;
  const Duration before = user_time(half);
  CHECK(user_time(half - 1) == before);
  CHECK(user_time(5) == before);
  CHECK(user_time(half + 100) == before + 1s);
  const Duration end = user_time(UINT32_MAX);
  CHECK(user_time(UINT32_MAX - 1) == end);
  CHECK(user_time(99) == end + 1s);
  CHECK(user_time(UINT32_MAX) == end + 1s);
  CHECK(user_time(199) == end + 2s);
}

TEST_CASE("Load averages come from the system") {
  FakeMac mac;
  const auto processor = open_processor({});
  LoadAverages loads{};
  CHECK(processor->read(loads) == ReadStatus::failed);
  mac.edit()->host.loads = {1.5, 2.25, 3.0};
  REQUIRE(processor->read(loads) == ReadStatus::ok);
  CHECK(loads == LoadAverages{1.5, 2.25, 3.0});
}

TEST_CASE("On a virtual machine no thermal pressure is none, until one is announced") {
  FakeMac mac;
  mac.edit()->host.set_sysctl("kern.hv_vmm_present", int32_t{1});
  const auto pressure = open_thermal_pressure();
  int level = -1;
  CHECK(pressure->read(level) == ReadStatus::absent);
  CHECK(level == -1);
  mac.edit()->host.notifications[kThermalPressure] = 1;
  REQUIRE(pressure->read(level) == ReadStatus::ok);
  CHECK(level == 1);
  mac.edit()->host.notifications[kThermalPressure] = 0;
  REQUIRE(pressure->read(level) == ReadStatus::ok);
  CHECK(level == 0);
}

TEST_CASE("Thermal pressure is what was announced, through notifyd's absence") {
  const int64_t before = FakeMac::live_objects();
  {
    FakeMac mac;
    mac.edit()->host.notifyd_gone = true;
    const auto pressure = open_thermal_pressure();
    int level = -1;
    CHECK(pressure->read(level) == ReadStatus::failed);
    CHECK(level == -1);
    mac.edit()->host.notifyd_gone = false;
    REQUIRE(pressure->read(level) == ReadStatus::ok);
    CHECK(level == 0);
    mac.edit()->host.notifications[kThermalPressure] = 4;
    REQUIRE(pressure->read(level) == ReadStatus::ok);
    CHECK(level == 4);
    mac.edit()->host.notifications[kThermalPressure] = 40;  // another system's scale
    CHECK(pressure->read(level) == ReadStatus::failed);
    mac.edit()->host.notifications[kThermalPressure] = 1;
    mac.edit()->host.notifyd_gone = true;
    CHECK(pressure->read(level) == ReadStatus::failed);
    mac.edit()->host.notifyd_gone = false;
    REQUIRE(pressure->read(level) == ReadStatus::ok);
    CHECK(level == 1);
  }
  CHECK(FakeMac::live_objects() == before);
}
