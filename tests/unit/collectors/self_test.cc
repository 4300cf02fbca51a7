#include "collectors/self.h"

#include <fcntl.h>
#include <unistd.h>

#include "platform/own_process.h"
#include "tests/catch.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using anemon::test::CollectorRun;

TEST_CASE("The daemon's own figures come from the real machine") {
  CollectorRun run(make_self);
  run.root = HostRoot{};
  run.collect();
  CHECK(run.value("process_cpu_seconds_total").value() > 0);
  CHECK(run.value("process_resident_memory_bytes").value() > 1e5);
  CHECK(run.value("process_virtual_memory_bytes").value() >
        run.value("process_resident_memory_bytes").value());
  CHECK(run.value("process_threads").value() >= 1);
  CHECK(run.value("process_max_fds").value() > 3);
  CHECK(run.value("process_start_time_seconds").value() > 1.6e9);
  CHECK(run.value("anemon_process_context_switches_total{kind=\"voluntary\"}").value() >= 0);

  run.collect();  // the collector's own files are open by now
  const double before = run.value("process_open_fds").value();
  const int pair[] = {::open("/dev/null", O_RDONLY), ::open("/dev/null", O_RDONLY)};
  run.collect();
  CHECK(run.value("process_open_fds").value() == before + 2);
  ::close(pair[0]);
  ::close(pair[1]);
}

TEST_CASE("Where procfs has no entry of the daemon, only what needs none is given") {
  CollectorRun run(make_self);
  run.collect();
  CHECK(run.value("process_cpu_seconds_total"));
  CHECK(run.value("process_max_fds"));
  CHECK_FALSE(run.value("process_resident_memory_bytes"));
  CHECK_FALSE(run.value("process_open_fds"));
  CHECK_FALSE(run.value("process_start_time_seconds"));
  CHECK(run.signal(Metric::kProcessOpenFds) == "absent: the system does not tell");
}

TEST_CASE("Figures of a fixture are decoded field by field") {
  CollectorRun run(make_self);
  run.tree.write("proc/stat", "cpu0 1 1 1 1\nbtime 1700000000\n");
  run.tree.write("proc/self/stat",
                 "42 (anemond) S 1 1 1 0 -1 4194304 0 0 0 0 5 6 0 0 20 0 7 0 250 8192000 30 0\n");
  run.tree.write("proc/self/fd/0", "");
  run.tree.write("proc/self/fd/17", "");
  run.tree.write("proc/self/fd/not_a_number", "");
  run.collect();
  CHECK(run.value("process_threads") == 7);
  CHECK(run.value("process_virtual_memory_bytes") == 8192000);
  CHECK(run.value("process_resident_memory_bytes") ==
        30.0 * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  CHECK(run.value("process_start_time_seconds") == 1700000002.5);
  CHECK(run.value("process_open_fds") == 2);
}
