#include "collectors/ane.h"

#include "tests/acting_as_nobody.h"
#include "tests/catch.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using anemon::test::CollectorRun;

namespace {

const std::string kAccel = "sys/class/accel/accel0/device/";

void intel(CollectorRun& run, long long busy_us) {
  run.tree.write(kAccel + "npu_busy_time_us", busy_us);
  run.tree.write(kAccel + "npu_memory_utilization", 268435456);
  run.tree.write(kAccel + "npu_current_frequency_mhz", 1400);
  run.tree.write(kAccel + "npu_max_frequency_mhz", 1950);
  run.tree.write(kAccel + "power/runtime_status", "active\n");
}

std::optional<double> ratio(const CollectorRun& run) {
  return run.value("anemon_ane_activity_ratio{engine=\"ane0\",signal=\"busy\"}");
}

std::optional<double> active(const CollectorRun& run) {
  return run.value("anemon_ane_active_seconds_total{engine=\"ane0\",signal=\"busy\"}");
}

}  // namespace

TEST_CASE("An Intel NPU gives activity, memory, clock and power state") {
  CollectorRun run(make_ane);
  intel(run, 5'000'000);
  run.collect();
  CHECK(active(run) == 5.0);
  CHECK_FALSE(ratio(run));
  CHECK(run.value("anemon_ane_memory_bytes{engine=\"ane0\"}") == 268435456.0);
  CHECK(run.value("anemon_frequency_hertz{domain=\"ane0\"}") == 1.4e9);
  CHECK(run.value("anemon_frequency_limit_hertz{domain=\"ane0\",limit=\"max\"}") == 1.95e9);
  CHECK_FALSE(run.value("anemon_frequency_limit_hertz{domain=\"ane0\",limit=\"min\"}"));
  CHECK(run.value("anemon_ane_powered{engine=\"ane0\"}") == 1.0);
  CHECK(run.signal(Metric::kAneActivity, "ane0") == "live: ");

  run.tree.write(kAccel + "npu_busy_time_us", 5'250'000);
  run.collect();
  CHECK(ratio(run) == Approx(0.25));
  CHECK(active(run) == 5.25);
  run.collect();
  CHECK(ratio(run) == 0.0);
}

TEST_CASE("A busy time that never moved is not trusted") {
  CollectorRun run(make_ane);
  intel(run, 0);
  for (int pass = 0; pass < 3; ++pass) run.collect();
  CHECK_FALSE(active(run));
  CHECK_FALSE(ratio(run));
  CHECK(run.signal(Metric::kAneActivity, "ane0") == "unproven: has not moved yet");
  CHECK(run.signal(Metric::kAneActiveSeconds, "ane0") == "unproven: has not moved yet");
  run.tree.write(kAccel + "npu_busy_time_us", 500'000);
  run.collect();
  CHECK(ratio(run) == Approx(0.5));
  CHECK(run.signal(Metric::kAneActivity, "ane0") == "live: ");
}

TEST_CASE("No activity is derived across a sleep, a reset or an impossible step") {
  CollectorRun run(make_ane);
  intel(run, 1'000'000);
  run.collect();
  run.tree.write(kAccel + "npu_busy_time_us", 1'900'000);
  run.collect(true);
  CHECK_FALSE(ratio(run));
  run.tree.write(kAccel + "npu_busy_time_us", 100'000);  // the driver was loaded anew
  run.collect();
  CHECK_FALSE(ratio(run));
  CHECK(active(run) == Approx(2.0));
  run.tree.write(kAccel + "npu_busy_time_us", 3'000'000);  // 2.9 s in one
  run.collect();
  CHECK_FALSE(ratio(run));
  CHECK(run.pass.rejected().at("busy_range") == 1);
  run.tree.write(kAccel + "npu_busy_time_us", 4'050'000);  // clocks differ a little
  run.collect();
  CHECK(ratio(run) == 1.0);
}

TEST_CASE("A sleeping engine has no clock") {
  CollectorRun run(make_ane);
  intel(run, 1'000'000);
  run.tree.write(kAccel + "npu_current_frequency_mhz", 0);
  run.tree.write(kAccel + "power/runtime_status", "suspended\n");
  run.tree.write(kAccel + "freq/hw_min_freq", 800);
  run.collect();
  CHECK_FALSE(run.value("anemon_frequency_hertz{domain=\"ane0\"}"));
  CHECK(run.value("anemon_frequency_limit_hertz{domain=\"ane0\",limit=\"min\"}") == 8e8);
  CHECK(run.value("anemon_ane_powered{engine=\"ane0\"}") == 0.0);
}

TEST_CASE("An AMD NPU gives its power state and says what its driver does not offer") {
  CollectorRun run(make_ane);
  run.tree.write(kAccel + "vbnv", "NPU Strix\n");
  run.tree.write(kAccel + "power/runtime_status", "active\n");
  run.tree.link(kAccel + "driver", "../../../bus/pci/drivers/amdxdna");
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.value("anemon_ane_powered{engine=\"ane0\"}") == 1.0);
  CHECK(run.current_series() == 1);
  CHECK(run.signal(Metric::kAneActivity, "ane0") == "absent: driver does not offer it");
  CHECK(run.signal(Metric::kAneMemory, "ane0") == "absent: driver does not offer it");
  CHECK(run.signal(Metric::kFrequency, "ane0") == "absent: driver does not offer it");
}

TEST_CASE("A machine without accelerators says so and is no failure") {
  CollectorRun run(make_ane);
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.signal(Metric::kAneActivity) == "absent: no neural accelerator");
}

TEST_CASE("An engine may be refused") {
  CollectorRun run(make_ane);
  intel(run, 1'000'000);
  run.tree.mode(kAccel + "npu_busy_time_us", 0);
  const test::ActingAsNobody nobody;
  run.collect();
  CHECK(run.signal(Metric::kAneActivity, "ane0") == "refused: permission denied");
  CHECK(run.value("anemon_ane_powered{engine=\"ane0\"}") == 1.0);
}

TEST_CASE("An engine that goes away and comes back is followed") {
  CollectorRun run(make_ane);
  run.collect();
  REQUIRE(run.signal(Metric::kAneActivity) == "absent: no neural accelerator");
  intel(run, 1'000'000);
  for (int second = 0; second < 61; ++second) run.collect();
  CHECK(active(run) == 1.0);
  CHECK(run.signal(Metric::kAneActivity) == "live: ");
  run.tree.remove("sys/class/accel/accel0");
  for (int second = 0; second < 61; ++second) run.collect();
  CHECK_FALSE(active(run));
  CHECK(run.signal(Metric::kAneActivity, "ane0") == "absent: device is gone");
  CHECK(run.pass.good());
}

TEST_CASE("Odd contents make no activity") {
  for (const std::string& content :
       {std::string(), std::string("x\n"), std::string("-1\n"), std::string(5000, '9')}) {
    CollectorRun run(make_ane);
    for (const char* file :
         {"npu_busy_time_us", "npu_memory_utilization", "npu_current_frequency_mhz",
          "npu_max_frequency_mhz", "power/runtime_status"}) {
      run.tree.write(kAccel + file, content);
    }
    for (int pass = 0; pass < 3; ++pass) run.collect();
    CHECK(run.current_series() == 0);
  }
}
