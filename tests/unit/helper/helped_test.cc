// The daemon's end, against a real server on another thread.
#include "helper/helped.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>
#include <optional>

#include "core/mutex.h"
#include "helper/client.h"
#include "platform/sockets.h"
#include "tests/catch.h"
#include "tests/manual_clock.h"
#include "tests/scratch_directory.h"
#include "tests/unit/helper/running_helper.h"
#include "tests/unit/helper/scripted_processes.h"

using namespace anemon;
using namespace std::chrono_literals;
using State = RootHelperStatus::State;

namespace {

struct RunningServer : test::RunningHelper {
  RunningServer(const std::filesystem::path& path, const test::ScriptedTable& table,
                uid_t account = ::geteuid())
      : RunningHelper(path, std::make_unique<test::ScriptedProcesses>(table, true),
                      {account, "/nonexistent", true}) {}
};

// The daemon's side of a machine with processes of its own and of others. The table may be changed
// while nothing is asked.
struct Daemon {
  void start() { server.emplace(path, table); }
  std::unique_ptr<Processes> open() {
    auto own = std::make_unique<test::ScriptedProcesses>(table, false);
    return make_helped_processes(std::move(own), path, clock, ::geteuid());
  }

  test::ScratchDirectory directory;
  std::filesystem::path path = directory / "s";
  test::ScriptedTable table;
  test::ManualClock clock;
  std::optional<RunningServer> server;
  std::vector<ProcessRecord> records;
};

std::vector<pid_t> pids(const std::vector<ProcessRecord>& records) {
  std::vector<pid_t> found;
  for (const ProcessRecord& record : records) found.push_back(record.pid);
  return found;
}

}  // namespace

TEST_CASE("Processes that are refused are filled in by the helper, in order of pid") {
  Daemon daemon;
  test::add(daemon.table, 10, true);
  test::add(daemon.table, 11, false);
  test::add(daemon.table, 12, true);
  test::add(daemon.table, 13, false);
  daemon.start();
  const auto processes = daemon.open();
  processes->list(daemon.records);
  CHECK(pids(daemon.records) == std::vector<pid_t>{10, 11, 12, 13});
  CHECK(daemon.records[0] == daemon.table[10].record);
  CHECK(processes->refused() == 0);
  CHECK(processes->helper()->state == State::live);

  const auto watched = processes->watch(daemon.records[2]);
  REQUIRE(watched);
  ProcessDetails details;
  for (int pass = 0; pass < 2; ++pass) {
    REQUIRE(watched->read(details));
    CHECK(details.footprint_bytes == 120);
    CHECK(details.energy_nanojoules == 5);
    CHECK_FALSE(details.open_files_refused);
    processes->list(daemon.records);
  }
  daemon.table.erase(12);
  processes->list(daemon.records);
  CHECK(pids(daemon.records) == std::vector<pid_t>{10, 11, 13});
  CHECK_FALSE(watched->read(details));
}

TEST_CASE("More processes than fit into one request are all filled in") {
  Daemon daemon;
  const int count = 2 * static_cast<int>(kMaxWanted) + 5;
  for (pid_t pid = 1; pid <= count; ++pid) test::add(daemon.table, pid, true);
  daemon.start();
  const auto processes = daemon.open();
  processes->list(daemon.records);
  CHECK(daemon.records.size() == static_cast<size_t>(count));
}

TEST_CASE("A settled process of others is asked for now and then, a fresh one always") {
  Daemon daemon;
  test::add(daemon.table, 10, true);
  test::add(daemon.table, 11, true);
  daemon.start();
  const auto processes = daemon.open();
  for (int i = 0; i <= Processes::kSettledReadings; ++i) processes->list_active(daemon.records, {});
  daemon.table[10].record.threads = daemon.table[11].record.threads = 99;
  const pid_t fresh[] = {11};
  int until = 0;
  do {
    processes->list_active(daemon.records, fresh);
    REQUIRE(daemon.records.size() == 2);
    CHECK(daemon.records[1].threads == 99);
    ++until;
  } while (daemon.records[0].threads != 99 && until <= Processes::kIdleInterval);
  CHECK(until <= Processes::kIdleInterval);
}

TEST_CASE("A file count that is refused is the helper's; what the daemon reads itself stays") {
  Daemon daemon;
  test::add(daemon.table, 10, false).files_refused = true;
  daemon.start();
  const auto processes = daemon.open();
  processes->list(daemon.records);
  const auto watched = processes->watch(daemon.records[0]);
  ProcessDetails details;
  for (int pass = 0; pass < 2; ++pass) {
    REQUIRE(watched->read(details));
    CHECK(details.open_files == 12);
    CHECK_FALSE(details.open_files_refused);
    processes->list(daemon.records);
  }
  daemon.table[10].record.started += 1s;  // the pid is another process's now
  CHECK_FALSE(watched->read(details));
}

TEST_CASE("Without a helper its processes are refused, and what was known of them is forgotten") {
  Daemon daemon;
  test::add(daemon.table, 10, true);
  test::add(daemon.table, 11, false);
  const auto processes = daemon.open();
  processes->list(daemon.records);
  CHECK(pids(daemon.records) == std::vector<pid_t>{11});
  CHECK(processes->refused() == 1);
  CHECK(processes->helper()->state == State::absent);
  CHECK(processes->helper()->reason == "no root helper installed");

  daemon.start();
  processes->list(daemon.records);
  CHECK(processes->helper()->state == State::absent);  // it is not asked again at every pass
  daemon.clock.advance(HelperClient::kFirstPause);
  processes->list(daemon.records);
  CHECK(processes->helper()->state == State::live);
  CHECK(pids(daemon.records) == std::vector<pid_t>{10, 11});
  const auto watched = processes->watch(daemon.records[0]);

  daemon.server.reset();
  processes->list_active(daemon.records, {});
  CHECK(pids(daemon.records) == std::vector<pid_t>{11});
  CHECK(processes->refused() == 1);
  ProcessDetails details;
  CHECK(watched->read(details));
  CHECK(details.open_files_refused);
  CHECK_FALSE(details.footprint_bytes);
}

TEST_CASE("A helper that is started anew is found at once by a connection that was good") {
  Daemon daemon;
  test::add(daemon.table, 10, true);
  daemon.start();
  const auto processes = daemon.open();
  processes->list(daemon.records);
  daemon.server.reset();
  daemon.start();
  processes->list(daemon.records);
  CHECK(processes->helper()->state == State::live);
  CHECK(daemon.records.size() == 1);
}

TEST_CASE("A helper that hangs costs one wait, then a pause that doubles to its bound") {
  const test::ScratchDirectory directory;
  const HelperSocket silent(directory / "s", ::getegid());  // nobody accepts
  test::ManualClock clock;
  HelperClient client(directory / "s", clock, ::geteuid());
  std::vector<HelpedProcess> found;
  Duration pause = HelperClient::kFirstPause;
  for (int i = 0; i < 8; ++i) {
    CHECK_FALSE(client.ask(0, {}, found));
    CHECK(client.status().state == State::stale);
    CHECK(client.status().reason == "the root helper does not answer");
    // Until then it is not even tried, which would change the reason.
    std::filesystem::rename(directory / "s", directory / "away");
    clock.advance(pause - 1ms);
    CHECK_FALSE(client.ask(0, {}, found));
    CHECK(client.status().state == State::stale);
    std::filesystem::rename(directory / "away", directory / "s");
    clock.advance(1ms);
    pause = std::min<Duration>(2 * pause, HelperClient::kLongestPause);
  }
}

TEST_CASE("Only a socket and a peer of the right owner are trusted") {
  Daemon daemon;
  daemon.start();
  std::vector<HelpedProcess> found;
  HelperClient another(daemon.path, daemon.clock, ::geteuid() + 1);
  CHECK_FALSE(another.ask(0, {}, found));
  CHECK(another.status().state == State::refused);
  CHECK(another.status().reason == "the root helper's socket is not root's alone");

  std::filesystem::create_symlink(daemon.path, daemon.directory / "link");
  HelperClient link(daemon.directory / "link", daemon.clock, ::geteuid());
  CHECK_FALSE(link.ask(0, {}, found));
  CHECK(link.status().state == State::refused);

  std::filesystem::permissions(daemon.directory.path(), std::filesystem::perms(0777));
  HelperClient open(daemon.path, daemon.clock, ::geteuid());
  CHECK_FALSE(open.ask(0, {}, found));
  CHECK(open.status().state == State::refused);
  std::filesystem::permissions(daemon.directory.path(), std::filesystem::perms(0700));
  daemon.clock.advance(HelperClient::kFirstPause);
  CHECK(open.ask(0, {}, found));
}

TEST_CASE("A helper that serves another account ends the connection, which is told") {
  test::ScriptedTable table;
  const test::ScratchDirectory directory;
  const RunningServer server(directory / "s", table, ::geteuid() + 1);
  test::ManualClock clock;
  HelperClient client(directory / "s", clock, ::geteuid());
  std::vector<HelpedProcess> found;
  CHECK_FALSE(client.ask(0, {}, found));
  CHECK(client.status().state == State::stale);
  CHECK(client.status().reason == "the root helper ends the connection");
}

TEST_CASE("The helper's powermetrics tells its state and how the helper does") {
  Daemon daemon;
  const auto powermetrics = make_helped_powermetrics(daemon.path, daemon.clock, ::geteuid());
  CHECK(powermetrics->status().state == PowermetricsStatus::State::absent);
  CHECK_FALSE(powermetrics->poll(daemon.clock.now()));
  CHECK(powermetrics->status().reason == "no root helper installed");
  daemon.start();
  daemon.clock.advance(HelperClient::kFirstPause);
  powermetrics->poll(daemon.clock.now());
  CHECK(powermetrics->status().state == PowermetricsStatus::State::absent);
  CHECK(powermetrics->status().reason == "no such program");  // the server's /nonexistent
  daemon.server.reset();
  daemon.clock.advance(1s);
  powermetrics->poll(daemon.clock.now());
  CHECK(powermetrics->status().state == PowermetricsStatus::State::absent);  // it was uninstalled
}
