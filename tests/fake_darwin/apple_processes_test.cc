#include <sys/time.h>
#include <unistd.h>

#include "platform/own_process.h"
#include "platform/process_usage_apple.h"
#include "platform/processes.h"
#include "tests/catch.h"
#include "tests/fake_darwin/fake_mac.h"

using namespace anemon;
using namespace anemon::fake;
using namespace std::chrono_literals;

namespace {

constexpr uint64_t kBoot = 1'790'000'000;

class Mac : public FakeMac {
 public:
  explicit Mac(const char* release = "24.4.0") {
    edit()->host.set_sysctl("kern.boottime", timeval{kBoot, 0});
    edit()->host.set_sysctl("kern.osrelease", release);
    add(512, "python3", 100);
    add(513, "", 101);
    add(700, "WindowServer", 10).refused = true;
  }

  HostProcess& add(pid_t pid, const char* name, uint64_t seconds_after_boot) {
    HostProcess& process = state(pid);
    process = {};
    process.name = name;
    process.command = "command";
    process.started_at = kBoot + seconds_after_boot;
    process.start_ticks = seconds_after_boot * 24'000'000;
    process.user_ticks = 24'000'000;
    process.system_ticks = 12'000'000;
    process.resident_bytes = 800'000'000;
    process.threads = 7;
    process.footprint_bytes = 700'000'000;
    process.peak_footprint_bytes = 900'000'000;
    process.neural_bytes = 250'000'000;
    process.peak_neural_bytes = 300'000'000;
    process.energy_nanojoules = 5'000'000'000;
    return process;
  }
  HostProcess& state(pid_t pid) { return edit()->host.processes[pid]; }
};

std::vector<pid_t> pids(const std::vector<ProcessRecord>& records) {
  std::vector<pid_t> found;
  for (const ProcessRecord& record : records) found.push_back(record.pid);
  return found;
}

const ProcessRecord& find(const std::vector<ProcessRecord>& records, pid_t pid) {
  for (const ProcessRecord& record : records) {
    if (record.pid == pid) return record;
  }
  throw std::runtime_error("no such process in the list");
}

}  // namespace

TEST_CASE("A process's record is in seconds since boot, processor time and bytes") {
  Mac mac;
  const auto processes = open_processes({});
  std::vector<ProcessRecord> records;
  processes->list(records);
  REQUIRE(pids(records) == std::vector<pid_t>{512, 513});
  const ProcessRecord& python = find(records, 512);
  CHECK(python.started == 100s);
  CHECK(python.cpu == 1500ms);
  CHECK(python.resident_bytes == 800'000'000);
  CHECK(python.threads == 7);
  CHECK(python.name.view() == "python3");
  CHECK(python.neural_footprint_bytes == 250'000'000);
  CHECK(find(records, 513).name.view() == "command");
}

TEST_CASE("A name is cut where the kernel cuts it") {
  Mac mac;
  mac.state(512).name = std::string(100, 'x');
  const auto processes = open_processes({});
  std::vector<ProcessRecord> records;
  processes->list(records);
  CHECK(find(records, 512).name.view() == std::string(ProcessName::kKernelBytes, 'x'));
}

TEST_CASE("Processes of other users are counted and left out") {
  Mac mac;
  const auto processes = open_processes({});
  std::vector<ProcessRecord> records;
  processes->list(records);
  CHECK(processes->refused() == 1);
  mac.state(513).refused = true;
  processes->list(records);
  CHECK(processes->refused() == 2);
  CHECK(pids(records) == std::vector<pid_t>{512});
  mac.state(513).refused = mac.state(700).refused = false;
  processes->list_active(records, {});
  CHECK(processes->refused() == 0);
  CHECK(pids(records) == std::vector<pid_t>{512, 513, 700});
}

TEST_CASE("The kernel itself is no process") {
  Mac mac;
  mac.add(0, "kernel_task", 0);
  const auto processes = open_processes({});
  std::vector<ProcessRecord> records;
  processes->list(records);
  CHECK(pids(records) == std::vector<pid_t>{512, 513});
}

TEST_CASE("A process that ends between the list and its reading is left out") {
  Mac mac;
  mac.state(513).vanishes = true;
  const auto processes = open_processes({});
  std::vector<ProcessRecord> records;
  processes->list(records);
  CHECK(pids(records) == std::vector<pid_t>{512});
  CHECK(processes->refused() == 1);
}

TEST_CASE("More processes than expected are all listed") {
  Mac mac;
  for (pid_t pid = 1000; pid < 6000; ++pid) mac.add(pid, "worker", 200);
  const auto processes = open_processes({});
  std::vector<ProcessRecord> records;
  processes->list(records);
  CHECK(records.size() == 5002);
  CHECK(std::is_sorted(records.begin(), records.end(),
                       [](auto& left, auto& right) { return left.pid < right.pid; }));
}

TEST_CASE("That the processes cannot be listed at all is an error with its cause") {
  Mac mac;
  mac.edit()->host.list_fails = true;
  const auto processes = open_processes({});
  std::vector<ProcessRecord> records;
  CHECK_THROWS_WITH(processes->list(records), Catch::Contains("Cannot allocate memory"));
}

TEST_CASE("A settled process is read now and then, a fresh one always") {
  Mac mac;
  const auto processes = open_processes({});
  std::vector<ProcessRecord> records;
  for (int i = 0; i <= Processes::kSettledReadings; ++i) processes->list_active(records, {});
  mac.state(512).threads = mac.state(513).threads = 9;
  const pid_t fresh[] = {513};
  processes->list_active(records, fresh);
  CHECK(find(records, 513).threads == 9);
  for (int i = 1; i < Processes::kIdleInterval; ++i) processes->list_active(records, fresh);
  CHECK(find(records, 512).threads == 9);
}

TEST_CASE("Details of a watched process follow it; the neural footprint is beside the footprint") {
  Mac mac;
  const auto processes = open_processes({});
  std::vector<ProcessRecord> records;
  processes->list(records);
  const auto watched = processes->watch(find(records, 512));
  REQUIRE(watched);
  mac.state(512).open_files = 1000;  // more than fit at first
  ProcessDetails details;
  REQUIRE(watched->read(details));
  CHECK(details.resident_bytes == 800'000'000);
  CHECK(details.footprint_bytes == 700'000'000);
  CHECK(details.peak_footprint_bytes == 900'000'000);
  CHECK(details.neural_footprint_bytes == 250'000'000);
  CHECK(details.peak_neural_footprint_bytes == 300'000'000);
  CHECK(details.energy_nanojoules == 5'000'000'000);
  CHECK(details.open_files == 1000);
  CHECK_FALSE(details.swap_bytes);
  mac.state(512).open_files = 0;
  REQUIRE(watched->read(details));
  CHECK(details.open_files == 0);
}

TEST_CASE("A pid that is used again is another process") {
  Mac mac;
  const auto processes = open_processes({});
  std::vector<ProcessRecord> records;
  processes->list(records);
  const ProcessRecord before = find(records, 512);
  const auto watched = processes->watch(before);
  mac.add(512, "python3", 400);
  ProcessDetails details;
  CHECK_FALSE(watched->read(details));
  CHECK(processes->watch(before) == nullptr);
  processes->list(records);
  CHECK(find(records, 512).started == 400s);
  CHECK(processes->watch(find(records, 512)) != nullptr);
}

TEST_CASE("A watched process that ends is gone; one that takes another user's rights is not") {
  Mac mac;
  const auto processes = open_processes({});
  std::vector<ProcessRecord> records;
  processes->list(records);
  const auto watched = processes->watch(find(records, 512));
  ProcessDetails details;
  mac.state(512).refused = true;
  CHECK(watched->read(details));
  CHECK(details.open_files_refused);
  CHECK_FALSE(details.footprint_bytes);
  mac.edit()->host.processes.erase(512);
  CHECK_FALSE(watched->read(details));
}

TEST_CASE("A kernel that does not count neural footprints tells none, rather than zero") {
  for (const char* release : {"22.6.0", "24.3.0", ""}) {
    Mac mac(release);
    mac.state(512).neural_bytes = mac.state(512).peak_neural_bytes = 0;
    const auto processes = open_processes({});
    std::vector<ProcessRecord> records;
    processes->list(records);
    CHECK_FALSE(find(records, 512).neural_footprint_bytes);
    ProcessDetails details;
    REQUIRE(processes->watch(find(records, 512))->read(details));
    CHECK_FALSE(details.neural_footprint_bytes);
    CHECK_FALSE(details.peak_neural_footprint_bytes);
  }
  for (const char* release : {"24.4.0", "25.0.0", "27.1.2"}) {
    Mac mac(release);
    CHECK(kernel_counts_neural_footprint());
  }
}

TEST_CASE("Neural footprints are found in the structures of older SDKs too") {
  struct Older {  // macOS 13
    uint64_t before[42] = {};
    uint64_t ri_energy_nj = 1, ri_penergy_nj = 2;
    uint64_t ri_reserved[14] = {};
  } older;
  older.ri_reserved[2] = 11;
  older.ri_reserved[3] = 12;
  CHECK(neural_footprint(older).bytes == 11);
  CHECK(neural_footprint(older).peak_bytes == 12);
  struct Between {  // names some of the reserved words
    uint64_t before[42] = {};
    uint64_t ri_energy_nj = 1, ri_penergy_nj = 2;
    uint64_t ri_secure_time_in_system = 3, ri_secure_ptime_in_system = 4;
    uint64_t ri_reserved[12] = {};
  } between;
  between.ri_reserved[0] = 31;
  between.ri_reserved[1] = 32;
  between.ri_reserved[2] = 33;
  CHECK(neural_footprint(between).bytes == 31);
  CHECK(neural_footprint(between).peak_bytes == 32);
  rusage_info_v6 newer{};
  newer.ri_neural_footprint = 21;
  newer.ri_lifetime_max_neural_footprint = 22;
  CHECK(neural_footprint(newer).bytes == 21);
  CHECK(neural_footprint(newer).peak_bytes == 22);
}

TEST_CASE("This process tells its own memory, threads, files and start") {
  Mac mac;
  HostProcess& own = mac.add(::getpid(), "anemond", 500);
  own.virtual_bytes = 400'000'000'000;
  own.open_files = 12;
  const OwnProcess seen = open_own_process({})->read();
  CHECK(seen.resident_bytes == 800'000'000);
  CHECK(seen.virtual_bytes == 400'000'000'000);
  CHECK(seen.threads == 7);
  CHECK(seen.open_files == 12);
  CHECK(seen.started_wall == std::chrono::seconds(kBoot + 500));
  CHECK(seen.cpu);
  CHECK(seen.max_open_files);
}
