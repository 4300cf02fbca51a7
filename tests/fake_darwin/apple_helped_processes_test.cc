// Processes that libproc refuses are filled in by a helper that libproc does not refuse.
#include <sys/time.h>
#include <unistd.h>

#include <type_traits>
#include <utility>

#include "helper/helped.h"
#include "platform/processes.h"
#include "tests/catch.h"
#include "tests/fake_darwin/fake_mac.h"
#include "tests/scratch_directory.h"
#include "tests/unit/helper/running_helper.h"

using namespace anemon;
using namespace anemon::fake;
using namespace std::chrono_literals;

namespace {

constexpr uint64_t kBoot = 1'790'000'000;

class Mac : public FakeMac {
 public:
  Mac() {
    edit()->host.set_sysctl("kern.boottime", timeval{kBoot, 0});
    edit()->host.set_sysctl("kern.osrelease", "24.4.0");
    add(512, "python3", 100, false);
    add(700, "WindowServer", 10, true);
  }
  void add(pid_t pid, const char* name, uint64_t seconds_after_boot, bool refused) {
    HostProcess& process = edit()->host.processes[pid];
    process = {};
    process.name = name;
    process.started_at = kBoot + seconds_after_boot;
    process.start_ticks = seconds_after_boot * 24'000'000;
    process.user_ticks = 24'000'000;
    process.resident_bytes = 800'000'000;
    process.threads = 7;
    process.footprint_bytes = 700'000'000;
    process.neural_bytes = 250'000'000;
    process.energy_nanojoules = 5'000'000'000;
    process.refused = refused;
  }
};

// The same libproc while nothing is refused. The daemon's end waits meanwhile.
class AsRoot final : public Processes {
 public:
  explicit AsRoot(Mac& mac) : mac_(mac), own_(open_processes({})) {}
  void list(std::vector<ProcessRecord>&) override {}
  void list_active(std::vector<ProcessRecord>&, std::span<const pid_t>) override {}
  Lookup look_up(pid_t pid, ProcessRecord& record) override {
    return as_root(pid, [&] { return own_->look_up(pid, record); });
  }
  std::unique_ptr<WatchedProcess> watch(const ProcessRecord& record) override {
    auto watched = as_root(record.pid, [&] { return own_->watch(record); });
    return watched ? std::make_unique<Watched>(*this, record.pid, std::move(watched)) : nullptr;
  }

 private:
  struct Watched final : WatchedProcess {
    Watched(AsRoot& of, pid_t process, std::unique_ptr<WatchedProcess> watched)
        : root(of), pid(process), own(std::move(watched)) {}
    bool read(ProcessDetails& details) override {
      return root.as_root(pid, [&] { return own->read(details); });
    }
    AsRoot& root;
    pid_t pid;
    std::unique_ptr<WatchedProcess> own;
  };

  template <class Ask>
  std::invoke_result_t<Ask> as_root(pid_t pid, Ask ask) {
    if (mac_.edit()->host.processes.count(pid) == 0) return ask();
    const bool before = std::exchange(mac_.edit()->host.processes[pid].refused, false);
    auto answer = ask();
    mac_.edit()->host.processes[pid].refused = before;
    return answer;
  }

  Mac& mac_;
  const std::unique_ptr<Processes> own_;
};

// The daemon's side of such a machine.
struct Helped {
  Mac mac;
  const test::ScratchDirectory directory;
  const test::RunningHelper helper{
      directory / "s", std::make_unique<AsRoot>(mac), {::geteuid(), "/nonexistent", false}};
  const SystemClock clock{};
  const std::unique_ptr<RootHelper> root_helper =
      make_root_helper(directory / "s", clock, ::geteuid());
  const std::unique_ptr<Processes> processes = root_helper->complete(open_processes({}));
  std::vector<ProcessRecord> records;
};

}  // namespace

TEST_CASE("A process of another user is listed and watched through the helper") {
  Helped helped;
  Mac& mac = helped.mac;
  Processes& processes = *helped.processes;
  std::vector<ProcessRecord>& records = helped.records;
  processes.list_active(records, {});
  REQUIRE(records.size() == 2);
  CHECK(processes.refused() == 0);
  CHECK(processes.helper()->state == RootHelperStatus::State::live);
  const ProcessRecord& server = records[1];
  CHECK(server.pid == 700);
  CHECK(server.name.view() == "WindowServer");
  CHECK(server.started == 10s);
  CHECK(server.cpu == 1s);
  CHECK(server.neural_footprint_bytes == 250'000'000);

  const auto watched = processes.watch(server);
  REQUIRE(watched);
  ProcessDetails details;
  for (int pass = 0; pass < 2; ++pass) {
    REQUIRE(watched->read(details));
    CHECK(details.footprint_bytes == 700'000'000);
    CHECK(details.neural_footprint_bytes == 250'000'000);
    CHECK(details.energy_nanojoules == 5'000'000'000);
    CHECK_FALSE(details.open_files_refused);
    processes.list(records);
  }

  mac.edit()->host.processes.erase(700);
  processes.list(records);
  CHECK(records.size() == 1);
  CHECK_FALSE(watched->read(details));
  CHECK(processes.refused() == 0);
}

TEST_CASE("A process that takes on another user's rights is followed through the helper") {
  Helped helped;
  Mac& mac = helped.mac;
  Processes& processes = *helped.processes;
  std::vector<ProcessRecord>& records = helped.records;
  processes.list(records);
  const auto watched = processes.watch(records[0]);
  mac.edit()->host.processes[512].refused = true;
  ProcessDetails details;
  REQUIRE(watched->read(details));
  CHECK(details.footprint_bytes == 700'000'000);
  processes.list(records);
  CHECK(records.size() == 2);
  CHECK(records[0].pid == 512);
}
