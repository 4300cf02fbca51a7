#include "collectors/task_table.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/catch.h"

using namespace anemon;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

ProcessRecord process(pid_t pid, int64_t cpu_ms, uint64_t resident, std::string_view name = "p",
                      Duration started = {}) {
  return {pid, started, milliseconds(cpu_ms), resident, 1, ProcessName(name)};
}

std::set<pid_t> shown_pids(const TaskTable& table, const std::vector<ProcessRecord>& records) {
  std::set<pid_t> pids;
  for (const uint32_t position : table.shown()) pids.insert(records[position].pid);
  return pids;
}

}  // namespace

TEST_CASE("Shown are the asked-for and the greatest, the rest is summed") {
  TaskTable table;
  table.select({{"python3"}, {40}, 1, 1});
  std::vector<ProcessRecord> records = {
      process(10, 100, 5000), process(20, 100, 90'000, "big"), process(30, 100, 10, "python3"),
      process(40, 100, 20),   process(50, 100, 30, "busy"),    process(60, 100, 40, "python"),
  };
  table.update(records, seconds(1), true);
  CHECK(shown_pids(table, records) == std::set<pid_t>{20, 30, 40});  // no load is known yet
  CHECK(table.rest().processes == 3);
  CHECK(table.rest().resident_bytes == 5070);
  CHECK(table.rest().cpu == Duration::zero());
  records[4].cpu += milliseconds(500);
  records[0].cpu += milliseconds(7);
  table.update(records, seconds(1), false);
  CHECK(shown_pids(table, records) == std::set<pid_t>{20, 30, 40, 50});
  CHECK(table.rest().processes == 2);
  CHECK(table.rest().threads == 2);
  CHECK(table.rest().cpu == milliseconds(7));
}

TEST_CASE("The processes of sessions are shown before all others") {
  TaskTable table;
  TaskSelection selection{{"p"}, {}, 100, 100, {}};
  std::vector<ProcessRecord> records;
  for (pid_t pid = 1; pid <= 400; ++pid) {
    records.push_back(process(pid, 10 * pid, static_cast<uint64_t>(1'000'000 - pid)));
    if (pid <= 64) selection.pids.push_back(pid);
  }
  for (pid_t pid = 400 - static_cast<pid_t>(TaskTable::kMaxShown) + 1; pid <= 400; ++pid) {
    selection.session_pids.push_back(pid);
  }
  table.select(selection);
  for (int pass = 0; pass < 2; ++pass) {
    table.update(records, seconds(1), pass == 0);
    const auto shown = shown_pids(table, records);
    CHECK(shown == std::set<pid_t>(selection.session_pids.begin(), selection.session_pids.end()));
  }
}

TEST_CASE("A name longer than the kernel keeps is matched as the kernel cuts it") {
  TaskTable table;
  table.select({{"a_rather_long_program_name"}, {}, 0, 0});
  const std::vector<ProcessRecord> records = {process(1, 0, 1, "a_rather_long_p"),
                                              process(2, 0, 1, "a_rather_long_"),
                                              process(3, 0, 1, "a_rather_long_program_name")};
  table.update(records, seconds(1), true);
  CHECK(shown_pids(table, records) == std::set<pid_t>{1, 3});
}

TEST_CASE("A pid that is used again is another process and does not move the rest") {
  TaskTable table;
  table.select({{}, {}, 0, 0});
  std::vector<ProcessRecord> records = {process(7, 1000, 1, "old", seconds(1)),
                                        process(8, 0, 1, "steady", seconds(1))};
  table.update(records, seconds(1), true);
  records[0] = process(7, 5'000'000, 1, "new", seconds(2));
  records[1].cpu += milliseconds(3);
  table.update(records, seconds(1), false);
  CHECK(table.rest().cpu == milliseconds(3));
  CHECK(table.cpu(0) == milliseconds(5'000'000));
  records[0].cpu = milliseconds(5'000'010);
  table.update(records, seconds(1), false);
  CHECK(table.rest().cpu == milliseconds(13));
}

TEST_CASE("After sleep no change of processor time is counted") {
  TaskTable table;
  table.select({{}, {}, 0, 1});
  std::vector<ProcessRecord> records = {process(1, 0, 1), process(2, 0, 1)};
  table.update(records, seconds(1), true);
  records[0].cpu = records[1].cpu = seconds(100);
  table.update(records, seconds(1), true);
  CHECK(table.rest().cpu == Duration::zero());
  CHECK(table.shown().empty());
  records[1].cpu += milliseconds(1);
  table.update(records, seconds(1), false);
  CHECK(shown_pids(table, records) == std::set<pid_t>{2});
}

TEST_CASE("Neighbours in rank do not take turns") {
  TaskTable table;
  table.select({{}, {}, 1, 0});
  std::vector<ProcessRecord> records = {process(1, 0, 1000), process(2, 0, 990)};
  table.update(records, seconds(1), true);
  for (int pass = 0; pass < 10; ++pass) {
    std::swap(records[0].resident_bytes, records[1].resident_bytes);
    table.update(records, seconds(1), false);
    CHECK(shown_pids(table, records) == std::set<pid_t>{1});
  }
  records[0].resident_bytes = 1000;
  records[1].resident_bytes = 1200;
  table.update(records, seconds(1), false);
  CHECK(shown_pids(table, records) == std::set<pid_t>{2});
}

TEST_CASE("A bounded number is shown, pids that were asked for first") {
  TaskTable table;
  TaskSelection selection{{"p"}, {}, 1000, 1000};
  for (pid_t pid = 9000; pid < 9050; ++pid) selection.pids.push_back(pid);
  table.select(selection);
  std::vector<ProcessRecord> records;
  for (pid_t pid = 1; pid <= 10'000; ++pid) {
    records.push_back(process(pid, 0, static_cast<uint64_t>(20'000 - pid)));
  }
  table.update(records, seconds(1), true);
  CHECK(table.shown().size() == TaskTable::kMaxShown);
  const auto pids = shown_pids(table, records);
  for (pid_t pid = 9000; pid < 9050; ++pid) CHECK(pids.count(pid) == 1);
  CHECK(pids.count(1) == 1);
  CHECK(table.rest().processes == 10'000 - TaskTable::kMaxShown);
}

// The table against a reference that keeps everything: random machines whose processes start, end,
// work, grow, reuse pids, while the selection changes and the machine sleeps.
TEST_CASE("The rest's counter never falls or jumps and totals are conserved") {
  std::mt19937 random(2026);
  const auto roll = [&](int below) { return static_cast<int>(random() % below); };
  for (int machine = 0; machine < 60; ++machine) {
    TaskTable table;
    std::map<pid_t, ProcessRecord> running;
    using Identity = std::pair<pid_t, Duration>;
    std::map<Identity, Duration> cpu_before;
    std::set<Identity> rest_before;
    Duration reference{};
    Duration last{};
    for (int pass = 0; pass < 60; ++pass) {
      if (pass % 10 == 0) {
        TaskSelection selection{
            {}, {}, static_cast<uint32_t>(roll(6)), static_cast<uint32_t>(roll(6))};
        for (int i = roll(4); i > 0; --i) selection.pids.push_back(1 + roll(40));
        if (roll(2) == 0) selection.names.push_back("name3");
        table.select(selection);
      }
      for (auto at = running.begin(); at != running.end();) {
        at = roll(12) == 0 ? running.erase(at) : std::next(at);
      }
      for (int births = roll(8); births > 0; --births) {
        const pid_t pid = 1 + roll(40);
        if (running.count(pid) != 0) continue;
        running[pid] = process(pid, roll(100'000), static_cast<uint64_t>(roll(1000)),
                               "name" + std::to_string(roll(5)), seconds(pass));
      }
      Duration used_by_all{};
      for (auto& [pid, record] : running) {
        const Duration used = milliseconds(roll(3) == 0 ? roll(1000) : 0);
        record.cpu += used;
        used_by_all += used;
        if (roll(4) == 0) record.resident_bytes = static_cast<uint64_t>(roll(1000));
      }
      const bool rebaseline = pass == 0 || roll(15) == 0;
      std::vector<ProcessRecord> records;
      for (const auto& [pid, record] : running) records.push_back(record);
      table.update(records, seconds(1), rebaseline);

      const std::set<pid_t> shown = shown_pids(table, records);
      std::map<Identity, Duration> cpu;
      std::set<Identity> rest;
      uint64_t resident = 0;
      uint64_t shown_resident = 0;
      for (const ProcessRecord& record : records) {
        const Identity identity{record.pid, record.started};
        cpu[identity] = record.cpu;
        resident += record.resident_bytes;
        if (shown.count(record.pid) != 0) {
          shown_resident += record.resident_bytes;
          continue;
        }
        rest.insert(identity);
        if (!rebaseline && rest_before.count(identity) != 0) {
          reference += record.cpu - cpu_before.at(identity);
        }
      }
      REQUIRE(table.rest().cpu == reference);
      REQUIRE(table.rest().cpu >= last);
      REQUIRE(table.rest().cpu - last <= used_by_all);
      REQUIRE(table.rest().resident_bytes + shown_resident == resident);
      REQUIRE(table.rest().processes + shown.size() == records.size());
      last = table.rest().cpu;
      cpu_before = std::move(cpu);
      rest_before = std::move(rest);
    }
    REQUIRE(last > Duration::zero());
  }
}
