#include "collectors/cpu.h"

#include <random>

#include "collectors/counter_floor.h"
#include "tests/catch.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using anemon::test::CollectorRun;

namespace {

std::string core(int number, const std::string& ticks) {
  return "cpu" + std::to_string(number) + " " + ticks + "\n";
}

std::string seconds_of(int number, const char* mode) {
  return "anemon_cpu_seconds_total{cpu=\"" + std::to_string(number) + "\",mode=\"" + mode + "\"}";
}

}  // namespace

TEST_CASE("Seconds by core and mode come from ticks, load from its file") {
  CollectorRun run(make_cpu);
  run.tree.write("proc/stat",
                 "cpu  9 9 9 9 9 9 9 9 9 9\n" + core(0, "100 200 300 400 5 6 7 8 9 9") +
                     core(1, "1 2 3 4 5 6 7 8 0 0") + "intr 5 0 0\nbtime 1700000000\n");
  run.tree.write("proc/loadavg", "0.52 1.25 12.07 2/300 4242\n");
  run.collect();
  CHECK(run.value(seconds_of(0, "user")) == 1.0);
  CHECK(run.value(seconds_of(0, "idle")) == 4.0);
  CHECK(run.value(seconds_of(0, "steal")) == Approx(0.08));
  CHECK(run.value(seconds_of(1, "softirq")) == Approx(0.07));
  CHECK(run.value("anemon_load1") == Approx(0.52));
  CHECK(run.value("anemon_load5") == Approx(1.25));
  CHECK(run.value("anemon_load15") == Approx(12.07));
  CHECK(run.current_series() == 2 * 8 + 3);
}

TEST_CASE("The active ratio is of the last interval, and absent in a new baseline") {
  CollectorRun run(make_cpu);
  const std::string ratio = "anemon_active_ratio{domain=\"cpu\"}";
  run.tree.write("proc/stat", core(0, "0 0 0 1000 0 0 0 0") + core(1, "0 0 0 1000 0 0 0 0"));
  run.collect();
  CHECK_FALSE(run.value(ratio));
  run.tree.write("proc/stat", core(0, "50 0 10 1030 10 0 0 0") + core(1, "0 0 0 1100 0 0 0 0"));
  run.collect();
  CHECK(run.value(ratio) == Approx(0.3));
  run.tree.write("proc/stat", core(0, "80 0 10 1030 10 0 0 0") + core(1, "0 0 0 1200 0 0 0 0"));
  run.collect(true);  // the machine slept
  CHECK_FALSE(run.value(ratio));
  run.collect();  // no time has passed in the kernel's eyes
  CHECK_FALSE(run.value(ratio));
  run.tree.write("proc/stat", core(0, "180 0 10 1030 10 0 0 0") + core(1, "0 0 0 1300 0 0 0 0"));
  run.collect();
  CHECK(run.value(ratio) == Approx(0.5));
}

TEST_CASE("Cores leave and come back without a jump of the active ratio") {
  CollectorRun run(make_cpu);
  run.tree.write("proc/stat", core(0, "0 0 0 100 0 0 0 0") + core(9, "0 0 0 100 0 0 0 0"));
  run.collect();
  run.tree.write("proc/stat", core(0, "0 0 0 200 0 0 0 0"));
  run.collect();
  CHECK(run.value(seconds_of(0, "idle")) == 2.0);
  CHECK_FALSE(run.value(seconds_of(9, "idle")));
  CHECK(run.value("anemon_active_ratio{domain=\"cpu\"}") == 0.0);
  // A core that was away used time nobody knows when: not part of this interval.
  run.tree.write("proc/stat", core(0, "0 0 0 300 0 0 0 0") + core(9, "5000 0 0 100 0 0 0 0"));
  run.collect();
  CHECK(run.value(seconds_of(9, "user")) == 50.0);
  CHECK(run.value("anemon_active_ratio{domain=\"cpu\"}") == 0.0);
  run.tree.write("proc/stat", core(0, "0 0 0 400 0 0 0 0") + core(4, "7 0 0 1 0 0 0 0") +
                                  core(9, "5100 0 0 100 0 0 0 0"));
  run.collect();
  CHECK(run.value(seconds_of(4, "user")) == Approx(0.07));
  CHECK(run.value("anemon_active_ratio{domain=\"cpu\"}") == Approx(0.5));
}

TEST_CASE("A counter floor never falls and never gains what the source did not") {
  CounterFloor small;
  CHECK(small.advance(std::chrono::seconds(10)) == std::chrono::seconds(10));
  CHECK(small.advance(std::chrono::seconds(9)) == std::chrono::seconds(10));
  CHECK(small.advance(std::chrono::seconds(10)) == std::chrono::seconds(10));
  CHECK(small.advance(std::chrono::seconds(11)) == std::chrono::seconds(11));

  CounterFloor anew;
  CHECK(anew.advance(std::chrono::seconds(100)) == std::chrono::seconds(100));
  CHECK(anew.advance(std::chrono::seconds(1)) == std::chrono::seconds(100));
  CHECK(anew.advance(std::chrono::seconds(3)) == std::chrono::seconds(102));

  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    CounterFloor floor;
    Duration raw{};
    Duration last{};
    Duration gained{};  // all that the source ever advanced
    for (int step = 0; step < 50; ++step) {
      const auto move =
          Duration(std::uniform_int_distribution<int64_t>(-200, 1000)(random)) * 1'000'000;
      const Duration next =
          random() % 20 == 0 ? Duration::zero() : std::max(raw + move, Duration{});
      gained += std::max(next - raw, Duration::zero());
      raw = next;
      const Duration value = floor.advance(raw);
      REQUIRE(value >= last);
      REQUIRE(value <= gained);
      last = value;
    }
  }
}

TEST_CASE("Idle time that goes back a little does not make the counter fall") {
  CollectorRun run(make_cpu);
  run.tree.write("proc/stat", core(0, "10 0 0 1000 50 0 0 0"));
  run.collect();
  run.tree.write("proc/stat", core(0, "60 0 0 998 49 0 0 0"));
  run.collect();
  CHECK(run.value(seconds_of(0, "idle")) == 10.0);
  CHECK(run.value(seconds_of(0, "iowait")) == 0.5);
  CHECK(run.value("anemon_active_ratio{domain=\"cpu\"}") == 1.0);
}

TEST_CASE("Old kernels give fewer modes; the missing ones are absent") {
  CollectorRun run(make_cpu);
  run.tree.write("proc/stat", core(0, "1 2 3 4"));
  run.collect();
  CHECK(run.value(seconds_of(0, "idle")) == Approx(0.04));
  CHECK_FALSE(run.value(seconds_of(0, "steal")));
}

TEST_CASE("Garbage about the processor gives no reading") {
  for (const std::string& content :
       {std::string("cpu0\n"), std::string("cpu0 a b c d\n"), std::string("cpuX 1 2 3 4\n"),
        std::string("cpu99999999999999999999 1 2 3 4\n"), std::string("\xff\xfe"), std::string()}) {
    CollectorRun run(make_cpu);
    run.tree.write("proc/stat", content);
    run.tree.write("proc/loadavg", "0.1 x\n");
    run.collect();
    CHECK_FALSE(run.pass.good());
    CHECK(run.current_series() == 0);
    CHECK(run.signal(Metric::kCpuSeconds) == "stale: unreadable");
    CHECK(run.signal(Metric::kLoad1) == "stale: unreadable");
  }
}

TEST_CASE("Numbers of ticks that cannot be are left out, the others stay") {
  CollectorRun run(make_cpu);
  run.tree.write("proc/stat", core(0, "18446744073709551615 0 5 4 0 0 0 0") +
                                  core(0, "9 9 9 9 9 9 9 9"));  // a second line of the same core
  run.collect();
  CHECK_FALSE(run.value(seconds_of(0, "user")));
  CHECK(run.value(seconds_of(0, "system")) == Approx(0.05));
}

TEST_CASE("A machine without processor files is absent") {
  CollectorRun run(make_cpu);
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.signal(Metric::kCpuSeconds) == "absent: no processor statistics");
  CHECK(run.signal(Metric::kLoad15) == "absent: no load averages");
}
