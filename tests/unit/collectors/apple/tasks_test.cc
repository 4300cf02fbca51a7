#include "collectors/tasks.h"

#include "tests/catch.h"
#include "tests/unit/collectors/apple/apple_run.h"

using namespace anemon;
using anemon::test::AppleRun;

namespace {

struct Script {
  std::vector<ProcessRecord> records;
  ProcessDetails details;
  uint64_t refused = 0;
  const RootHelperStatus* helper = nullptr;
};

class ScriptedWatch final : public WatchedProcess {
 public:
  explicit ScriptedWatch(const Script& script) : script_(script) {}
  bool read(ProcessDetails& details) override {
    details = script_.details;
    return true;
  }

 private:
  const Script& script_;
};

class ScriptedProcesses final : public Processes {
 public:
  explicit ScriptedProcesses(const Script& script) : script_(script) {}
  void list(std::vector<ProcessRecord>& records) override { records = script_.records; }
  void list_active(std::vector<ProcessRecord>& records, std::span<const pid_t>) override {
    records = script_.records;
  }
  uint64_t refused() const noexcept override { return script_.refused; }
  const RootHelperStatus* helper() const noexcept override { return script_.helper; }
  std::unique_ptr<WatchedProcess> watch(const ProcessRecord&) override {
    return std::make_unique<ScriptedWatch>(script_);
  }

 private:
  const Script& script_;
};

ProcessRecord process(pid_t pid, uint64_t neural) {
  ProcessRecord record;
  record.pid = pid;
  record.name = ProcessName("model");
  record.resident_bytes = 1000;
  record.neural_footprint_bytes = neural;
  return record;
}

}  // namespace

TEST_CASE("A process on a Mac shows its footprints, its neural footprint and its energy") {
  Script script;
  script.records = {process(10, 700), process(11, 62), process(12, 0)};
  script.details.footprint_bytes = 5000;
  script.details.neural_footprint_bytes = 700;
  script.details.peak_neural_footprint_bytes = 900;
  script.details.energy_nanojoules = 2'500'000'000;
  script.refused = 3;
  AppleRun run(make_tasks);
  run.machine.processes = [&] { return std::make_unique<ScriptedProcesses>(script); };
  TaskSelection selection;
  selection.pids = {10};
  selection.top_by_memory = selection.top_by_cpu = 0;
  run.run.select(selection);
  run.collect();
  const std::string labels = "{pid=\"10\",process=\"model\"}";
  CHECK(run.value("anemon_task_footprint_bytes" + labels) == 5000);
  CHECK(run.value("anemon_task_neural_footprint_bytes" + labels) == 700);
  CHECK(run.value("anemon_task_neural_footprint_peak_bytes" + labels) == 900);
  CHECK(run.value("anemon_task_energy_joules_total" + labels) == Approx(2.5));
  // The sum is over all that may be read, shown or not.
  CHECK(run.value("anemon_ane_neural_footprint_bytes") == 762);
  CHECK(run.signal(Metric::kTaskNeuralFootprint, "", "rusage") == "live: ");
  CHECK(run.signal(Metric::kTaskSwap, "", "rusage") == "absent: not counted by this kernel");
  CHECK(run.signal(Metric::kAneNeuralFootprint, "other users", "rusage") ==
        "refused: not permitted for other users");
}

TEST_CASE("A system that does not count the neural footprint tells none") {
  Script script;
  script.records = {process(10, 0)};
  script.records[0].neural_footprint_bytes.reset();
  AppleRun run(make_tasks);
  run.machine.processes = [&] { return std::make_unique<ScriptedProcesses>(script); };
  run.collect();
  CHECK_FALSE(run.value("anemon_ane_neural_footprint_bytes"));
  CHECK(run.signal(Metric::kAneNeuralFootprint, "", "rusage") ==
        "absent: not counted by this kernel");
}

namespace {

class ScriptedHelper final : public RootHelper {
 public:
  explicit ScriptedHelper(Script& script) : script_(script) {}
  std::unique_ptr<Processes> complete(std::unique_ptr<Processes> own) override {
    script_.helper = &status;
    return own;
  }
  std::unique_ptr<Powermetrics> open_powermetrics() override { return nullptr; }

  RootHelperStatus status;

 private:
  Script& script_;
};

}  // namespace

TEST_CASE("How the root helper does is a signal of what it is for; refusals go when it comes") {
  Script script;
  script.records = {process(10, 700)};
  script.refused = 3;
  script.details.open_files_refused = true;
  ScriptedHelper helper(script);
  helper.status = {RootHelperStatus::State::absent, "no root helper installed"};
  AppleRun run(make_tasks);
  run.run.helper = &helper;
  run.machine.processes = [&] { return std::make_unique<ScriptedProcesses>(script); };
  run.collect();
  for (const Metric metric : {Metric::kTaskFootprint, Metric::kTaskEnergy}) {
    CHECK(run.signal(metric, "other users", "helper") == "absent: no root helper installed");
  }
  CHECK(run.signal(Metric::kTaskOpenFiles, "", "rusage") ==
        "refused: not permitted for other users");

  helper.status = {RootHelperStatus::State::live, ""};
  script.refused = 0;
  script.details.open_files_refused = false;
  run.collect();
  CHECK(run.signal(Metric::kTaskFootprint, "other users", "helper") == "live: ");
  CHECK(run.signal(Metric::kAneNeuralFootprint, "other users", "rusage") == "live: ");
  CHECK(run.signal(Metric::kTaskOpenFiles, "", "rusage") == "live: ");

  helper.status = {RootHelperStatus::State::stale, "the root helper does not answer"};
  script.refused = 3;
  run.collect();
  CHECK(run.signal(Metric::kTaskEnergy, "other users", "helper") ==
        "stale: the root helper does not answer");
  CHECK(run.signal(Metric::kAneNeuralFootprint, "other users", "rusage") ==
        "refused: not permitted for other users");
}

TEST_CASE("Without a root helper to ask there is no signal of it") {
  Script script;
  script.records = {process(10, 700)};
  AppleRun run(make_tasks);
  run.machine.processes = [&] { return std::make_unique<ScriptedProcesses>(script); };
  run.collect();
  CHECK(run.signal(Metric::kTaskFootprint, "other users", "helper") == "unknown");
}
