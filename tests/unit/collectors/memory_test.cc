#include "collectors/memory.h"

#include "tests/acting_as_nobody.h"
#include "tests/catch.h"
#include "tests/scripted_apple_devices.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using anemon::test::CollectorRun;
using anemon::test::ScriptedAppleDevices;
using anemon::test::ScriptedMachine;

namespace {

constexpr const char* kMeminfo =
    "MemTotal:       24737860 kB\n"
    "MemFree:        20000000 kB\n"
    "MemAvailable:   23737860 kB\n"
    "Buffers:          100000 kB\n"
    "Cached:          1000000 kB\n"
    "SwapCached:            0 kB\n"
    "SwapTotal:       2000000 kB\n"
    "SwapFree:        1500000 kB\n"
    "HugePages_Total:       0\n";

constexpr const char* kPressure =
    "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n"
    "full avg10=0.00 avg60=0.00 avg300=0.00 total=250000\n";

}  // namespace

TEST_CASE("Memory, swap and stall time are given in base units") {
  CollectorRun run(make_memory);
  run.tree.write("proc/meminfo", kMeminfo);
  run.tree.write("proc/pressure/memory", kPressure);
  run.collect();
  CHECK(run.value("anemon_memory_bytes{kind=\"total\"}") == 24737860.0 * 1024);
  CHECK(run.value("anemon_memory_bytes{kind=\"free\"}") == 20000000.0 * 1024);
  CHECK(run.value("anemon_memory_bytes{kind=\"available\"}") == 23737860.0 * 1024);
  CHECK(run.value("anemon_memory_bytes{kind=\"cached\"}") == 1000000.0 * 1024);
  CHECK(run.value("anemon_memory_bytes{kind=\"used\"}") == 1000000.0 * 1024);
  CHECK(run.value("anemon_swap_bytes{kind=\"total\"}") == 2000000.0 * 1024);
  CHECK(run.value("anemon_swap_bytes{kind=\"used\"}") == 500000.0 * 1024);
  CHECK(run.value("anemon_memory_stall_seconds_total{kind=\"some\"}") == 1.5);
  CHECK(run.value("anemon_memory_stall_seconds_total{kind=\"full\"}") == 0.25);
  CHECK(run.signal(Metric::kMemoryBytes) == "live: ");
  CHECK(run.signal(Metric::kMemoryStall) == "live: ");
  CHECK(run.signal(Metric::kMemoryPressure) == "absent: the kernel states no pressure level");
}

TEST_CASE("What the kernel does not tell about memory is absent, with its reason") {
  CollectorRun run(make_memory);
  run.tree.write("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 500 kB\n");
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.value("anemon_memory_bytes{kind=\"total\"}") == 1024000.0);
  CHECK_FALSE(run.value("anemon_memory_bytes{kind=\"available\"}"));
  CHECK_FALSE(run.value("anemon_memory_bytes{kind=\"used\"}"));
  CHECK_FALSE(run.value("anemon_swap_bytes{kind=\"total\"}"));
  CHECK_FALSE(run.value("anemon_memory_stall_seconds_total{kind=\"some\"}"));
  CHECK(run.signal(Metric::kMemoryStall) == "absent: kernel without pressure stall information");
  CHECK(run.signal(Metric::kSwapBytes) == "absent: kernel without swap");
}

TEST_CASE("An empty tree is not a failure, and nothing becomes zero") {
  CollectorRun run(make_memory);
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.current_series() == 0);
  CHECK(run.signal(Metric::kMemoryBytes) == "absent: no memory statistics");
  // It comes to life without a restart.
  run.tree.write("proc/meminfo", kMeminfo);
  run.collect();
  CHECK(run.signal(Metric::kMemoryBytes) == "live: ");
}

TEST_CASE("A memory file that may not be read is refused") {
  CollectorRun run(make_memory);
  run.tree.write("proc/meminfo", kMeminfo);
  run.tree.mode("proc/meminfo", 0);
  const anemon::test::ActingAsNobody nobody;
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.signal(Metric::kMemoryBytes) == "refused: not permitted");
}

TEST_CASE("Garbage about memory gives no reading") {
  for (const std::string& content :
       {std::string("MemTotal: lots kB\nMemFree: -1 kB\n"), std::string("\0\xff\n\n:::\n", 8),
        std::string("MemTotal: 18446744073709551615 kB\n"), std::string("MemTotal: 5 MB\n"),
        std::string(20'000, 'x')}) {
    CollectorRun run(make_memory);
    run.tree.write("proc/meminfo", content);
    run.tree.write("proc/pressure/memory", "some total=\nfull avg10=0.00\n");
    run.collect();
    CHECK_FALSE(run.pass.good());
    CHECK(run.current_series() == 0);
    CHECK(run.signal(Metric::kMemoryBytes) == "stale: unreadable");
    CHECK(run.signal(Metric::kMemoryStall) == "stale: unreadable");
  }
}

TEST_CASE("More memory available than there is gives no used memory") {
  CollectorRun run(make_memory);
  run.tree.write("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 1001 kB\n");
  run.collect();
  CHECK_FALSE(run.value("anemon_memory_bytes{kind=\"used\"}"));
  CHECK(run.pass.rejected().at("part_of_whole") == 1);
}

TEST_CASE("A Mac's memory comes with what is wired and compressed, and with its pressure level") {
  class Memory final : public MemorySource {
   public:
    explicit Memory(const MemorySnapshot& snapshot) : snapshot_(snapshot) {}
    ReadStatus read(MemorySnapshot& snapshot) override {
      snapshot = snapshot_;
      return ReadStatus::ok;
    }
    ReadStatus read(MemoryStall&) override { return ReadStatus::absent; }

   private:
    const MemorySnapshot& snapshot_;
  };
  MemorySnapshot snapshot;
  snapshot.total = 64000;
  snapshot.wired = 3000;
  snapshot.compressed = 2000;
  snapshot.pressure_level = 4;
  ScriptedMachine machine;
  machine.memory = [&] { return std::make_unique<Memory>(snapshot); };
  ScriptedAppleDevices devices(machine);
  CollectorRun run(make_memory);
  run.apple = &devices;
  run.collect();
  CHECK(run.value("anemon_memory_bytes{kind=\"wired\"}") == 3000.0);
  CHECK(run.value("anemon_memory_bytes{kind=\"compressed\"}") == 2000.0);
  CHECK(run.value("anemon_memory_pressure_level") == 4.0);
  CHECK(run.signal(Metric::kMemoryPressure) == "live: ");
  snapshot.pressure_level.reset();
  run.collect();
  CHECK(run.signal(Metric::kMemoryPressure) == "absent: the kernel states no pressure level");
}
