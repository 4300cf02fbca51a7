#include "collectors/frequency.h"

#include "tests/acting_as_nobody.h"
#include "tests/catch.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using anemon::test::CollectorRun;

namespace {

const std::string kPolicies = "sys/devices/system/cpu/cpufreq/";

void policy(CollectorRun& run, int number, const std::string& cpus, long long khz) {
  const std::string path = kPolicies + "policy" + std::to_string(number) + "/";
  run.tree.write(path + "related_cpus", cpus + "\n");
  run.tree.write(path + "scaling_cur_freq", khz);
  run.tree.write(path + "cpuinfo_min_freq", 400000);
  run.tree.write(path + "cpuinfo_max_freq", 4400000);
}

std::optional<double> hertz(const CollectorRun& run, const std::string& domain) {
  return run.value("anemon_frequency_hertz{domain=\"" + domain + "\"}");
}

std::optional<double> limit(const CollectorRun& run, const std::string& domain,
                            const std::string& which) {
  return run.value("anemon_frequency_limit_hertz{domain=\"" + domain + "\",limit=\"" + which +
                   "\"}");
}

std::optional<double> residency(const CollectorRun& run, const std::string& domain,
                                const std::string& state, const std::string& frequency) {
  return run.value("anemon_state_residency_seconds_total{domain=\"" + domain + "\",state=\"" +
                   state + "\",frequency_hertz=\"" + frequency + "\"}");
}

}  // namespace

TEST_CASE("Domains are named by their processors") {
  CHECK(FrequencyCollector::domain_name("0") == "cpu0");
  CHECK(FrequencyCollector::domain_name("0 1 2 3\n") == "cpu0-3");
  CHECK(FrequencyCollector::domain_name("0 1 2 3 8 10 11") == "cpu0-3,8,10-11");
  CHECK(FrequencyCollector::domain_name("4 0") == "cpu4,0");
  for (const char* odd : {"", "\n", "x", "0 x", "0-3"}) {
    CHECK(FrequencyCollector::domain_name(odd).empty());
  }
}

TEST_CASE("Clocks, limits and residencies of every policy are given in base units") {
  CollectorRun run(make_frequency);
  policy(run, 0, "0 1", 1200000);
  policy(run, 2, "2 3", 3000000);
  run.tree.write(kPolicies + "policy2/stats/time_in_state", "400000 150\n3000000 50\n");
  run.collect();
  CHECK(hertz(run, "cpu0-1") == 1.2e9);
  CHECK(hertz(run, "cpu2-3") == 3e9);
  CHECK(limit(run, "cpu0-1", "min") == 4e8);
  CHECK(limit(run, "cpu2-3", "max") == 4.4e9);
  CHECK(residency(run, "cpu2-3", "0", "400000000") == 1.5);
  CHECK(residency(run, "cpu2-3", "1", "3000000000") == 0.5);
  CHECK(run.signal(Metric::kFrequency, "cpu") == "live: ");
  CHECK(run.signal(Metric::kFrequencyLimit, "cpu") == "live: ");
  CHECK(run.signal(Metric::kStateResidency, "cpu") == "live: ");
}

TEST_CASE("The kernel's average is preferred, and an idle processor falls back to the moment") {
  CollectorRun run(make_frequency);
  policy(run, 0, "0", 1200000);
  run.tree.write(kPolicies + "policy0/cpuinfo_avg_freq", 2500000);
  run.collect();
  CHECK(hertz(run, "cpu0") == 2.5e9);
  run.tree.write(kPolicies + "policy0/cpuinfo_avg_freq", "");  // as a read that fails
  run.collect();
  CHECK(hertz(run, "cpu0") == 1.2e9);
}

TEST_CASE("A machine without cpufreq says so and is no failure") {
  CollectorRun run(make_frequency);
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.current_series() == 0);
  CHECK(run.signal(Metric::kFrequency, "cpu") == "absent: no cpufreq policies");
  CHECK(run.signal(Metric::kStateResidency, "cpu") == "absent: no cpufreq policies");
}

TEST_CASE("A driver without statistics leaves residencies absent") {
  CollectorRun run(make_frequency);
  policy(run, 0, "0", 1200000);
  run.collect();
  CHECK(run.signal(Metric::kStateResidency, "cpu") == "absent: driver keeps no statistics");
}

TEST_CASE("A refused clock is refused") {
  CollectorRun run(make_frequency);
  policy(run, 0, "0", 1200000);
  for (const char* file : {"scaling_cur_freq", "cpuinfo_min_freq", "cpuinfo_max_freq"}) {
    run.tree.mode(kPolicies + "policy0/" + file, 0);
  }
  const test::ActingAsNobody nobody;
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.current_series() == 0);
  CHECK(run.signal(Metric::kFrequency, "cpu") == "refused: permission denied");
  CHECK(run.signal(Metric::kFrequencyLimit, "cpu") == "refused: permission denied");
}

TEST_CASE("Residencies do not fall when the driver starts counting anew") {
  CollectorRun run(make_frequency);
  policy(run, 0, "0", 1200000);
  const std::string file = kPolicies + "policy0/stats/time_in_state";
  run.tree.write(file, "400000 1000\n");
  run.collect();
  run.tree.write(file, "400000 100\n");
  run.collect();
  CHECK(residency(run, "cpu0", "0", "400000000") == 11.0);
  run.tree.write(file, "500000 7\n600000 100\n");  // another driver, another table
  run.collect();
  CHECK(residency(run, "cpu0", "0", "500000000") == Approx(0.07));
  CHECK(residency(run, "cpu0", "1", "600000000") == 1.0);
  CHECK_FALSE(residency(run, "cpu0", "0", "400000000"));
}

TEST_CASE("Odd contents make no clock") {
  for (const std::string& content :
       {std::string(), std::string("x\n"), std::string("0\n"), std::string("-5\n"),
        std::string("99999999999\n"), std::string(70000, '7')}) {
    CollectorRun run(make_frequency);
    for (const char* file : {"related_cpus", "scaling_cur_freq", "cpuinfo_min_freq",
                             "cpuinfo_max_freq", "stats/time_in_state"}) {
      run.tree.write(kPolicies + "policy0/" + file, content);
    }
    for (int pass = 0; pass < 3; ++pass) run.collect();
    CHECK(run.current_series() == 0);
    CHECK_FALSE(run.pass.good());
  }
}

TEST_CASE("A table of states that is cut gives what is whole") {
  CollectorRun run(make_frequency);
  policy(run, 0, "0", 1200000);
  run.tree.write(kPolicies + "policy0/stats/time_in_state", "400000 100\n1200000");
  run.collect();
  CHECK(residency(run, "cpu0", "0", "400000000") == 1.0);
  CHECK(run.signal(Metric::kStateResidency, "cpu") == "stale: device gives no usable answer");
}

TEST_CASE("Policies come and go with their processors") {
  CollectorRun run(make_frequency);
  policy(run, 0, "0", 1000000);
  policy(run, 1, "1", 2000000);
  run.tree.write(kPolicies + "policy1/stats/time_in_state", "2000000 100\n");
  run.collect();
  REQUIRE(hertz(run, "cpu1") == 2e9);
  run.tree.remove(kPolicies + "policy1");
  for (int second = 0; second < 60; ++second) run.collect();
  CHECK_FALSE(hertz(run, "cpu1"));
  CHECK(hertz(run, "cpu0") == 1e9);
  policy(run, 1, "1", 3000000);
  for (int second = 0; second < 61; ++second) run.collect();
  CHECK(hertz(run, "cpu1") == 3e9);
}

TEST_CASE("A graphics processor's devfreq is a domain of its own") {
  CollectorRun run(make_frequency);
  policy(run, 0, "0", 1000000);
  run.tree.write("sys/class/devfreq/ff9a0000.gpu/cur_freq", 500000000);
  run.tree.write("sys/class/devfreq/ff9a0000.gpu/max_freq", 800000000);
  run.tree.write("sys/class/devfreq/dmc/cur_freq", 900000000);
  run.collect();
  CHECK(hertz(run, "gpu") == 5e8);
  CHECK(limit(run, "gpu", "max") == 8e8);
  CHECK(hertz(run, "dmc") == 9e8);
}

TEST_CASE("Too many processors for the store leave the states out, not the clocks") {
  constexpr int kCores = 256;
  CollectorRun run(make_frequency, 384);
  for (int core = 0; core < kCores; ++core) {
    policy(run, core, std::to_string(core), 1000000 + core);
    run.tree.write(kPolicies + "policy" + std::to_string(core) + "/stats/time_in_state",
                   "400000 1\n500000 2\n");
  }
  run.collect();
  CHECK(run.current_series() == 384);
  for (int core = 0; core < kCores; ++core) {
    CHECK(hertz(run, "cpu" + std::to_string(core)) == (1000000 + core) * 1e3);
  }
}
