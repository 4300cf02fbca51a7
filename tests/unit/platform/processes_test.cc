#include "platform/processes.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "core/error.h"
#include "platform/boot_time.h"
#include "platform/open_files.h"
#include "tests/acting_as_nobody.h"
#include "tests/catch.h"
#include "tests/fixture_tree.h"

using namespace anemon;
using anemon::test::FixtureTree;

namespace {

void write_stat(FixtureTree& tree, int pid, int start_ticks) {
  tree.write("proc/" + std::to_string(pid) + "/stat",
             std::to_string(pid) + " (p) S 1 1 1 0 -1 0 0 0 0 0 150 50 0 0 20 0 3 0 " +
                 std::to_string(start_ticks) + " 4096 2 0\n");
}

class Child {
 public:
  Child() : pid_(::fork()) {
    if (pid_ == 0) {
      ::pause();
      ::_exit(0);
    }
  }
  ~Child() { end(); }
  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

const ProcessRecord* find(const std::vector<ProcessRecord>& records, pid_t pid) {
  const auto at = std::find_if(records.begin(), records.end(),
                               [&](const ProcessRecord& record) { return record.pid == pid; });
  return at == records.end() ? nullptr : &*at;
}

}  // namespace

TEST_CASE("Processes are listed in order of pid, in base units") {
  FixtureTree tree;
  for (const int pid : {300, 2, 10}) write_stat(tree, pid, 250);
  tree.write("proc/meminfo", "");
  auto processes = open_processes(tree.root());
  std::vector<ProcessRecord> records(5);
  processes->list(records);
  REQUIRE(records.size() == 3);
  CHECK(records[0].pid == 2);
  CHECK(records[1].pid == 10);
  CHECK(records[2].pid == 300);
  CHECK(records[0].cpu == std::chrono::seconds(2));
  CHECK(records[0].started == std::chrono::milliseconds(2500));
  CHECK(records[0].resident_bytes == 2 * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)));
  CHECK(records[0].threads == 3);
  CHECK(records[0].name.view() == "p");
}

TEST_CASE("Settled processes are read seldom, all others and the wanted ones always") {
  FixtureTree tree;
  for (const int pid : {1, 2, 3, 4, 5}) write_stat(tree, pid, 100);
  auto processes = open_processes(tree.root());
  std::vector<ProcessRecord> records;
  const std::vector<pid_t> fresh = {3};
  const auto start = [&](pid_t pid) {
    return find(records, pid)->started / std::chrono::milliseconds(10);
  };
  int ticks = 100;
  for (int call = 0; call < 10; ++call) {
    write_stat(tree, 5, ++ticks);  // never settles
    processes->list_active(records, fresh);
    REQUIRE(records.size() == 5);
    CHECK(start(5) == ticks);
  }
  for (const int pid : {1, 2, 3}) write_stat(tree, pid, 200);
  int seen_at_once = 0;
  std::vector<int> calls_until_seen(5);
  for (int call = 1; call <= Processes::kIdleInterval; ++call) {
    processes->list_active(records, fresh);
    CHECK(start(3) == 200);
    for (const int pid : {1, 2}) {
      if (start(pid) == 200 && calls_until_seen[static_cast<size_t>(pid)] == 0) {
        calls_until_seen[static_cast<size_t>(pid)] = call;
      }
    }
    if (call == 1) seen_at_once = (start(1) == 200) + (start(2) == 200);
  }
  CHECK(seen_at_once < 2);  // else nothing is saved
  for (const size_t pid : {1, 2}) CHECK(calls_until_seen[pid] > 0);

  for (int call = 0; call < 10; ++call) processes->list_active(records, fresh);
  for (const int pid : {1, 2, 4}) write_stat(tree, pid, 300);
  processes->list(records);
  for (const int pid : {1, 2, 4}) CHECK(start(pid) == 300);
  tree.remove("proc/4");
  processes->list_active(records, fresh);
  CHECK(find(records, 4) == nullptr);
}

TEST_CASE("A process that has another start than asked for is not watched") {
  FixtureTree tree;
  write_stat(tree, 7, 100);
  tree.write("proc/7/status", "VmRSS: 1 kB\n");
  auto processes = open_processes(tree.root());
  std::vector<ProcessRecord> records;
  processes->list(records);
  REQUIRE(records.size() == 1);
  CHECK(processes->watch(records[0]) != nullptr);
  write_stat(tree, 7, 101);
  CHECK(processes->watch(records[0]) == nullptr);
  tree.remove("proc/7");
  CHECK(processes->watch(records[0]) == nullptr);
}

TEST_CASE("A watched process that ends is told, and its handles are given back") {
  auto processes = open_processes({});
  std::vector<ProcessRecord> records;
  Child child;
  processes->list(records);
  const ProcessRecord* record = find(records, child.pid());
  REQUIRE(record != nullptr);
  auto watched = processes->watch(*record);
  REQUIRE(watched);
  ProcessDetails details;
  REQUIRE(watched->read(details));
  CHECK(details.resident_bytes.value_or(0) > 0);
  CHECK(details.peak_resident_bytes.value_or(0) >= details.resident_bytes.value_or(0));
  CHECK(details.swap_bytes.has_value());
  CHECK(details.open_files.value_or(0) >= 3);
  child.end();
  CHECK_FALSE(watched->read(details));
  processes->list(records);
  CHECK(find(records, child.pid()) == nullptr);
}

TEST_CASE("Processes that come and go leave no descriptors behind") {
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  auto processes = open_processes({});
  std::vector<ProcessRecord> records;
  const auto before = descriptors();
  ptrdiff_t largest = 0;
  for (int round = 0; round < 20; ++round) {
    Child a;
    Child b;
    processes->list(records);
    for (const pid_t pid : {a.pid(), b.pid()}) CHECK(find(records, pid) != nullptr);
    largest = std::max(largest, descriptors() - before - static_cast<ptrdiff_t>(records.size()));
  }
  CHECK(largest <= 0);
}

TEST_CASE("Open files of a directory that is not procfs are counted by their entries") {
  FixtureTree tree;
  for (int fd = 0; fd < 700; ++fd) tree.write("proc/7/fd/" + std::to_string(fd), "");
  const std::string path = (tree.path() / "proc/7/fd").string();
  const int directory = ::open(path.c_str(), O_PATH | O_DIRECTORY);
  CHECK(count_open_files(directory).count == 700);
  CHECK(count_open_files(directory).count == 700);
  tree.mode("proc/7/fd", 0);  // refuses an ordinary owner, too
  {
    const anemon::test::ActingAsNobody nobody;
    const OpenFiles files = count_open_files(directory);
    CHECK_FALSE(files.count);
    CHECK(files.refused);
  }
  tree.mode("proc/7/fd", 0700);
  ::close(directory);
  CHECK_FALSE(count_open_files(-1).count);
  CHECK_FALSE(count_open_files(-1).refused);
}

TEST_CASE("The time of boot is read once it is told") {
  FixtureTree tree;
  CHECK_FALSE(boot_wall(tree.root()));
  tree.write("proc/stat", "cpu 1 2 3 4\nbtime 1700000000\n");
  CHECK(boot_wall(tree.root()) == std::chrono::seconds(1700000000));
  tree.write("proc/stat", "btime 99999999999999999\n");
  CHECK_FALSE(boot_wall(tree.root()));
  CHECK(boot_wall({}).value() > std::chrono::seconds(1'600'000'000));
}

TEST_CASE("A missing procfs is an error with its path") {
  CHECK_THROWS_WITH(open_processes({"/nonexistent", "/sys"}), ANEMON_CONTAINS("/nonexistent"));
}
