#include "collectors/tasks.h"

#include <sys/wait.h>
#include <unistd.h>

#include "core/utf8.h"
#include "tests/acting_as_nobody.h"
#include "tests/catch.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using anemon::test::CollectorRun;

namespace {

struct FakeProcess {
  int64_t pid = 1;
  std::string name = "worker";
  int64_t user_ticks = 0, system_ticks = 0, start_ticks = 100;
  int64_t resident_pages = 10;
  int64_t threads = 1;
};

void write(CollectorRun& run, const FakeProcess& process) {
  const std::string directory = "proc/" + std::to_string(process.pid) + "/";
  std::string stat = std::to_string(process.pid) + " (" + process.name +
                     ") S 1 1 1 0 -1 4194304 0 0 0 0 " + std::to_string(process.user_ticks) + " " +
                     std::to_string(process.system_ticks) + " 0 0 20 0 " +
                     std::to_string(process.threads) + " 0 " + std::to_string(process.start_ticks) +
                     " 8192000 " + std::to_string(process.resident_pages) + " 0 0\n";
  run.tree.write(directory + "stat", stat);
}

std::string series(const std::string& metric, int64_t pid, const std::string& name) {
  return "anemon_task_" + metric + "{pid=\"" + std::to_string(pid) + "\",process=\"" + name + "\"}";
}
std::string other(const std::string& metric) {
  return "anemon_task_" + metric + "{process=\"other\"}";
}

const double kPage = static_cast<double>(::sysconf(_SC_PAGESIZE));

}  // namespace

TEST_CASE("A shown process has its detail, the rest its sums") {
  CollectorRun run(make_tasks);
  run.select({{"model"}, {}, 0, 0});
  run.tree.write("proc/stat", "btime 1700000000\n");
  write(run, {.pid = 10, .name = "model", .user_ticks = 150, .system_ticks = 50, .threads = 4});
  run.tree.write("proc/10/status",
                 "Name:\tmodel\nVmHWM:\t   900 kB\nVmRSS:\t   800 kB\nVmSwap:\t   7 kB\n");
  run.tree.write("proc/10/fd/0", "");
  run.tree.write("proc/10/fd/1", "");
  write(run, {.pid = 11, .name = "a", .resident_pages = 3, .threads = 2});
  write(run, {.pid = 12, .name = "b", .resident_pages = 4, .threads = 3});
  run.tree.write("proc/self/stat", "not a pid");
  run.collect();
  CHECK(run.value(series("resident_bytes", 10, "model")) == 800 * 1024.0);
  CHECK(run.value(series("peak_resident_bytes", 10, "model")) == 900 * 1024.0);
  CHECK(run.value(series("swap_bytes", 10, "model")) == 7 * 1024.0);
  CHECK(run.value(series("cpu_seconds_total", 10, "model")) == 2.0);
  CHECK(run.value(series("threads", 10, "model")) == 4);
  CHECK(run.value(series("open_files", 10, "model")) == 2);
  CHECK(run.value(series("start_timestamp_seconds", 10, "model")) == 1700000001.0);
  CHECK(run.value(other("resident_bytes")) == 7 * kPage);
  CHECK(run.value(other("threads")) == 5);
  CHECK(run.value(other("cpu_seconds_total")) == 0);
  CHECK(run.value("anemon_tasks") == 3);
  CHECK(run.current_series() == 7 + 3 + 1);
  CHECK(run.signal(Metric::kTaskOpenFiles) == "live: ");
  CHECK(run.signal(Metric::kTaskNeuralFootprint) == "absent: not counted by this kernel");
}

TEST_CASE("A reused pid begins a new history and the rest does not jump") {
  CollectorRun run(make_tasks);
  run.select({{}, {10}, 0, 0});
  write(run, {.pid = 10, .name = "one", .user_ticks = 500, .start_ticks = 100});
  write(run, {.pid = 11, .name = "x", .user_ticks = 9000, .start_ticks = 100});
  run.collect();
  run.collect();
  write(run, {.pid = 10, .name = "one", .user_ticks = 3, .start_ticks = 900});
  write(run, {.pid = 11, .name = "x", .user_ticks = 7, .start_ticks = 900});
  run.collect();
  CHECK(run.value(series("cpu_seconds_total", 10, "one")) == Approx(0.03));
  CHECK(run.value(other("cpu_seconds_total")) == 0);
  write(run, {.pid = 10, .name = "two", .user_ticks = 1, .start_ticks = 950});
  write(run, {.pid = 11, .name = "x", .user_ticks = 17, .start_ticks = 900});
  run.collect();
  CHECK_FALSE(run.value(series("cpu_seconds_total", 10, "one")));
  CHECK(run.value(series("cpu_seconds_total", 10, "two")) == Approx(0.01));
  CHECK(run.value(other("cpu_seconds_total")) == Approx(0.1));
}

TEST_CASE("A process that changes its name changes its series, not its counter") {
  CollectorRun run(make_tasks);
  run.select({{}, {10}, 0, 0});
  write(run, {.pid = 10, .name = "shell", .user_ticks = 500});
  run.collect();
  write(run, {.pid = 10, .name = "model", .user_ticks = 600});
  run.collect();
  CHECK_FALSE(run.value(series("cpu_seconds_total", 10, "shell")));
  CHECK(run.value(series("cpu_seconds_total", 10, "model")) == 6.0);
}

TEST_CASE("The selection can change between passes, and a process can end") {
  CollectorRun run(make_tasks);
  run.select({{}, {10, 99'999'999}, 0, 0});
  write(run, {.pid = 10, .user_ticks = 100});
  write(run, {.pid = 11, .user_ticks = 100});
  run.collect();
  CHECK(run.value(series("threads", 10, "worker")));
  run.select({{}, {11}, 0, 0});
  run.collect();
  CHECK_FALSE(run.value(series("threads", 10, "worker")));
  CHECK(run.value(series("threads", 11, "worker")));
  run.tree.remove("proc/11");
  run.collect();
  CHECK_FALSE(run.value(series("threads", 11, "worker")));
  CHECK(run.value("anemon_tasks") == 1);
  run.tree.remove("proc/10");
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.value("anemon_tasks") == 0);
}

TEST_CASE("Hostile names become valid text, and cannot be taken for another field") {
  for (const auto& [name, label] : std::vector<std::pair<std::string, std::string>>{
           {"a) R (b", "a) R (b"},
           {") S 1 1 1 0 -1 (", ") S 1 1 1 0 -1 ("},
           {"two\nlines", "two\xEF\xBF\xBDlines"},
           {"caf\xC3\xA9", "caf\xC3\xA9"},
           {"bad\xFF\xC3(", "bad\xEF\xBF\xBD\xEF\xBF\xBD("},
           {"\x1b[31m", "\xEF\xBF\xBD[31m"},
           {"quo\\te", "quo\\\\te"}}) {
    CollectorRun run(make_tasks);
    run.select({{}, {10}, 0, 0});
    write(run, {.pid = 10, .name = name, .user_ticks = 5, .threads = 3});
    run.collect();
    CHECK(run.value(series("threads", 10, label)) == 3);
    CHECK(run.value(series("cpu_seconds_total", 10, label)) == Approx(0.05));
  }
}

TEST_CASE("Records that cannot be are left out, the others stay") {
  CollectorRun run(make_tasks);
  run.select({{}, {1, 2, 3, 4, 5, 6, 7, 8}, 0, 0});
  run.tree.write("proc/1/stat", "");
  run.tree.write("proc/2/stat", "2 (cut) S 1 1 1 0");
  run.tree.write("proc/3/stat", std::string("\0\xff(\n", 4));
  run.tree.write("proc/4/stat", ")(");
  write(run, {.pid = 5, .user_ticks = -1});
  run.tree.write("proc/6/stat",
                 "6 (a) S 1 1 1 0 -1 0 0 0 0 0 18446744073709551615 1 0 0 20 0 1 0 1 1 1\n");
  std::filesystem::create_directories(run.tree.path() / "proc/7");
  std::filesystem::create_directories(run.tree.path() / "proc/99999999999999999999");
  std::filesystem::create_directories(run.tree.path() / "proc/-5");
  write(run, {.pid = 8});
  write(run, {.pid = 4'194'303});
  run.collect();
  CHECK(run.value("anemon_tasks") == 2);
  CHECK(run.value(series("threads", 8, "worker")) == 1);
}

TEST_CASE("A kernel thread has no peak, and a process without details keeps its record") {
  CollectorRun run(make_tasks);
  run.select({{}, {2, 3}, 0, 0});
  write(run, {.pid = 2, .name = "kthreadd", .resident_pages = 0});
  run.tree.write("proc/2/status", "Name:\tkthreadd\nThreads:\t1\n");
  write(run, {.pid = 3, .resident_pages = 5});
  run.collect();
  CHECK(run.value(series("resident_bytes", 2, "kthreadd")) == 0);
  CHECK_FALSE(run.value(series("peak_resident_bytes", 2, "kthreadd")));
  CHECK(run.value(series("resident_bytes", 3, "worker")) == 5 * kPage);
  CHECK_FALSE(run.value(series("open_files", 3, "worker")));
  CHECK_FALSE(run.value(series("start_timestamp_seconds", 3, "worker")));
  CHECK(run.signal(Metric::kTaskStartTime) == "absent: time of boot unknown");
}

TEST_CASE("Open files of other users are refused while one's own are counted") {
  CollectorRun run(make_tasks);
  run.select({{}, {10, 11}, 0, 0});
  for (const int pid : {10, 11}) {
    write(run, {.pid = pid});
    const std::string directory = "proc/" + std::to_string(pid);
    run.tree.write(directory + "/status", "VmRSS: 1 kB\n");
    run.tree.write(directory + "/fd/0", "");
  }
  run.tree.mode("proc/10/fd", 0);  // refuses an ordinary owner, too
  run.tree.mode("proc/11/fd", 0755);
  {
    const anemon::test::ActingAsNobody nobody;
    run.collect();
  }
  run.tree.mode("proc/10/fd", 0700);
  CHECK_FALSE(run.value(series("open_files", 10, "worker")));
  CHECK(run.value(series("open_files", 11, "worker")) == 1);
  CHECK(run.signal(Metric::kTaskOpenFiles) == "refused: not permitted for other users");
}

TEST_CASE("Thousands of processes make a bounded number of series and of descriptors") {
  CollectorRun run(make_tasks);
  run.select({{"worker"}, {}, 50, 50});
  write(run, {.pid = 1});
  for (int pid = 2; pid <= 1500; ++pid) run.tree.link("proc/" + std::to_string(pid), "1");
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = descriptors();
  for (int pass = 0; pass < 3; ++pass) {
    run.collect();
    CHECK(descriptors() - before < 1000);
  }
  CHECK(run.value("anemon_tasks") == 1500);
  CHECK(run.current_series() <= 1024);
  CHECK(run.store.groups().front()->refused() == 0);
}

TEST_CASE("Without procfs the collector says so") {
  CollectorRun run(make_tasks);
  run.root.procfs = run.tree.path() / "none";
  CHECK_THROWS_WITH(run.collect(), ANEMON_CONTAINS("cannot list processes in"));
}

TEST_CASE("The real machine: this process, and a child that ends") {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  CollectorRun run(make_tasks);
  run.root = HostRoot{};
  run.select({{}, {::getpid(), child}, 3, 3});
  run.collect();
  run.collect();
  std::optional<double> mine, theirs;
  for_each_current(run.store, run.clock.now(),
                   [&](auto&, const auto& entry, Instant, double value) {
                     if (entry.description->metric != Metric::kTaskOpenFiles) return;
                     if (entry.description->label("pid") == std::to_string(::getpid()))
                       mine = value;
                     if (entry.description->label("pid") == std::to_string(child)) theirs = value;
                   });
  CHECK(mine.value_or(0) > 3);
  CHECK(theirs.value_or(0) >= 1);
  CHECK(run.value("anemon_tasks").value() > 1);
  CHECK(run.value(other("resident_bytes")).has_value());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  run.collect();
  bool gone = true;
  for_each_current(run.store, run.clock.now(), [&](auto&, const auto& entry, Instant, double) {
    gone = gone && entry.description->label("pid") != std::to_string(child);
  });
  CHECK(gone);
}
