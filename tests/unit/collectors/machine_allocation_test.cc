#include "collectors/cpu.h"
#include "collectors/memory.h"
#include "collectors/self.h"
#include "collectors/tasks.h"
#include "tests/catch.h"
#include "tests/counting_new.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using anemon::test::CollectorRun;

TEST_CASE("Passes in the steady state do not allocate") {
  for (const auto factory : {make_memory, make_cpu, make_self}) {
    CollectorRun run(factory);
    run.root = HostRoot{};
    for (int pass = 0; pass < 3; ++pass) run.collect();
    // These read the real machine, which may change between two passes, but not again and again.
    uint64_t allocated = 1;
    for (int attempt = 0; attempt < 3 && allocated > 0; ++attempt) {
      const uint64_t before = anemon::test::allocations();
      for (int pass = 0; pass < 5; ++pass) run.collect();
      allocated = anemon::test::allocations() - before;
    }
    CHECK(allocated == 0);
  }
}

TEST_CASE("Passes over unchanged processes do not allocate") {
  CollectorRun run(make_tasks);
  run.tree.write("proc/stat", "cpu0 1 1 1 1\nbtime 1700000000\n");
  for (int pid = 1; pid <= 50; ++pid) {
    const std::string directory = "proc/" + std::to_string(pid) + "/";
    run.tree.write(directory + "stat", std::to_string(pid) +
                                           " (worker) S 1 1 1 0 -1 0 0 0 0 0 5 6 0 0 20 0 7 0 " +
                                           std::to_string(pid) + " 8192000 30 0\n");
    run.tree.write(directory + "status", "VmHWM: 5 kB\nVmRSS: 4 kB\nVmSwap: 0 kB\n");
    run.tree.write(directory + "fd/0", "");
  }
  for (int pass = 0; pass < 3; ++pass) run.collect();
  const uint64_t before = anemon::test::allocations();
  for (int pass = 0; pass < 5; ++pass) run.collect();
  CHECK(anemon::test::allocations() == before);
}
