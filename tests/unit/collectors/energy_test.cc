#include "collectors/energy.h"

#include "collectors/sensor_name.h"
#include "tests/acting_as_nobody.h"
#include "tests/catch.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using anemon::test::CollectorRun;

namespace {

const std::string kPowercap = "sys/class/powercap/";
const std::string kHwmon = "sys/class/hwmon/";

void zone(CollectorRun& run, const std::string& id, const std::string& name, long long energy_uj) {
  run.tree.write(kPowercap + id + "/name", name + "\n");
  run.tree.write(kPowercap + id + "/max_energy_range_uj", 262143328850);
  run.tree.write(kPowercap + id + "/energy_uj", energy_uj);
}

void energy(CollectorRun& run, const std::string& id, long long energy_uj) {
  run.tree.write(kPowercap + id + "/energy_uj", energy_uj);
}

std::optional<double> joules(const CollectorRun& run, const std::string& component,
                             const std::string& source) {
  return run.value("anemon_energy_joules_total{component=\"" + component + "\",source=\"" + source +
                   "\"}");
}

std::optional<double> watts(const CollectorRun& run, const std::string& component,
                            const std::string& source) {
  return run.value("anemon_power_watts{component=\"" + component + "\",source=\"" + source + "\"}");
}

std::string state(const CollectorRun& run, Metric metric, const std::string& component,
                  const std::string& source) {
  for (const Signal& signal : run.signals.signals()) {
    if (signal.metric != metric || signal.component != component || signal.source != source) {
      continue;
    }
    return std::string(to_string(signal.state)) + ": " + signal.reason;
  }
  return "unknown";
}

std::string state(const CollectorRun& run, const std::string& component,
                  const std::string& source) {
  return state(run, Metric::kEnergyJoules, component, source);
}

// An Intel desktop: one package with its parts, and the platform.
void desktop(CollectorRun& run) {
  run.tree.write(kPowercap + "intel-rapl/enabled", "1\n");
  zone(run, "intel-rapl:0", "package-0", 1'000'000);
  zone(run, "intel-rapl:0:0", "core", 2'000'000);
  zone(run, "intel-rapl:0:1", "uncore", 0);
  zone(run, "intel-rapl:0:2", "dram", 3'000'000);
  zone(run, "intel-rapl:1", "psys", 4'000'000);
}

}  // namespace

TEST_CASE("RAPL zones become components, and each is trusted once it moved") {
  CollectorRun run(make_energy);
  desktop(run);
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.current_series() == 0);
  CHECK(state(run, "cpu", "rapl") == "unproven: has not moved yet");

  energy(run, "intel-rapl:0", 21'000'000);
  energy(run, "intel-rapl:0:0", 12'000'000);
  energy(run, "intel-rapl:0:2", 4'000'000);
  energy(run, "intel-rapl:1", 44'000'000);
  run.collect();
  CHECK(joules(run, "package-0", "rapl") == Approx(20));
  CHECK(joules(run, "cpu", "rapl") == Approx(10));
  CHECK(joules(run, "dram", "rapl") == Approx(1));
  CHECK(joules(run, "system", "rapl") == Approx(40));
  CHECK(watts(run, "system", "rapl") == Approx(40));
  CHECK(run.value("anemon_power_span_seconds{component=\"cpu\",source=\"rapl\"}") == Approx(1));
  CHECK(state(run, "cpu", "rapl") == "live: ");
  CHECK(state(run, Metric::kPowerWatts, "cpu", "rapl") == "live: ");
  // The graphics have not moved: absent, not zero.
  CHECK_FALSE(joules(run, "gpu", "rapl"));
  CHECK_FALSE(watts(run, "gpu", "rapl"));
  CHECK(state(run, "gpu", "rapl") == "unproven: has not moved yet");

  run.collect();
  CHECK(joules(run, "cpu", "rapl") == Approx(10));
  CHECK(watts(run, "cpu", "rapl") == 0.0);
}

TEST_CASE("A machine without any source says so and is no failure") {
  CollectorRun run(make_energy);
  for (int pass = 0; pass < 3; ++pass) run.collect();
  CHECK(run.pass.good());
  CHECK(run.current_series() == 0);
  CHECK(state(run, "", "rapl") == "absent: no powercap domains");
  CHECK(state(run, "", "hwmon") == "absent: no energy or power sensors");
}

TEST_CASE("On a system that cannot have a source, it is absent") {
  CollectorRun run([](const CollectorContext& context) -> std::unique_ptr<Collector> {
    return std::make_unique<EnergyCollector>(nullptr, nullptr, context.clock);
  });
  run.collect();
  CHECK(run.pass.good());
  CHECK(state(run, "", "rapl") == "absent: not on this system");
  CHECK(state(run, "", "hwmon") == "absent: not on this system");
}

TEST_CASE("A counter only root may read is refused, not absent, and comes back when allowed") {
  CollectorRun run(make_energy);
  zone(run, "intel-rapl:0", "package-0", 1'000'000);
  run.tree.mode(kPowercap + "intel-rapl:0/energy_uj", 0);
  {
    const test::ActingAsNobody nobody;
    for (int pass = 0; pass < 3; ++pass) run.collect();
  }
  CHECK(run.pass.good());
  CHECK(run.current_series() == 0);
  CHECK(state(run, "package-0", "rapl") == "refused: permission denied");
  CHECK(state(run, Metric::kPowerWatts, "package-0", "rapl") == "refused: permission denied");
  run.tree.mode(kPowercap + "intel-rapl:0/energy_uj", 0644);
  run.collect();
  energy(run, "intel-rapl:0", 2'000'000);
  run.collect();
  CHECK(joules(run, "package-0", "rapl") == Approx(1));
}

TEST_CASE("A counter that wrapped goes on, and one that was reset does not jump") {
  CollectorRun run(make_energy);
  zone(run, "intel-rapl:0", "package-0", 262143328850 - 5'000'000);
  run.collect();
  energy(run, "intel-rapl:0", 5'000'000);
  run.collect();
  CHECK(joules(run, "package-0", "rapl") == Approx(10));
  energy(run, "intel-rapl:0", 100'000);
  run.collect();
  CHECK(joules(run, "package-0", "rapl") == Approx(10));
  CHECK_FALSE(watts(run, "package-0", "rapl"));
}

TEST_CASE("Energy over a sleep is not counted and power waits for a new span") {
  CollectorRun run(make_energy);
  zone(run, "intel-rapl:0", "package-0", 0);
  run.collect();
  energy(run, "intel-rapl:0", 90'000'000);
  run.collect();
  CHECK(run.value("anemon_power_peak_watts{component=\"package-0\",window=\"60s\"}") == Approx(90));
  energy(run, "intel-rapl:0", 5'000'000'000);
  run.collect(true);
  CHECK(joules(run, "package-0", "rapl") == Approx(90));
  CHECK_FALSE(watts(run, "package-0", "rapl"));
  CHECK_FALSE(run.value("anemon_power_peak_watts{component=\"package-0\",window=\"60s\"}"));
  energy(run, "intel-rapl:0", 5'010'000'000);
  run.collect();
  CHECK(joules(run, "package-0", "rapl") == Approx(100));
  CHECK(watts(run, "package-0", "rapl") == Approx(10));
}

TEST_CASE("Peaks hold the highest power of their window") {
  CollectorRun run(make_energy);
  zone(run, "intel-rapl:0", "package-0", 0);
  long long counter = 0;
  const auto peak = [&](const char* window) {
    return run.value("anemon_power_peak_watts{component=\"package-0\",window=\"" +
                     std::string(window) + "\"}");
  };
  run.collect();
  for (int second = 1; second <= 40; ++second) {
    counter += second == 10 ? 80'000'000 : 5'000'000;
    energy(run, "intel-rapl:0", counter);
    run.collect();
    if (second == 12) CHECK(peak("15s") == Approx(80));
  }
  CHECK(peak("15s") == Approx(5));
  CHECK(peak("60s") == Approx(80));
}

TEST_CASE("The same counter behind two interfaces counts once") {
  CollectorRun run(make_energy);
  zone(run, "intel-rapl:0", "package-0", 0);
  zone(run, "intel-rapl-mmio:0", "package-0", 0);
  run.collect();
  // Only the second one works on this machine so far.
  energy(run, "intel-rapl-mmio:0", 7'000'000);
  run.collect();
  CHECK(joules(run, "package-0", "rapl-mmio") == Approx(7));
  CHECK_FALSE(joules(run, "package-0", "rapl"));
  // Then the first is seen to move: it is trusted more, and the other is shown no longer.
  energy(run, "intel-rapl:0", 3'000'000);
  energy(run, "intel-rapl-mmio:0", 10'000'000);
  run.collect();
  CHECK(joules(run, "package-0", "rapl") == Approx(3));
  CHECK(watts(run, "package-0", "rapl") == Approx(1.5));  // it stood still for a second before
  CHECK_FALSE(joules(run, "package-0", "rapl-mmio"));
  CHECK_FALSE(watts(run, "package-0", "rapl-mmio"));
}

TEST_CASE("When the trusted source is gone for long, the next one takes over") {
  CollectorRun run(make_energy);
  zone(run, "intel-rapl:0", "package-0", 0);
  zone(run, "intel-rapl-mmio:0", "package-0", 0);
  run.collect();
  long long counter = 0;
  const auto step = [&] {
    counter += 1'000'000;
    energy(run, "intel-rapl-mmio:0", counter);
    run.collect();
  };
  energy(run, "intel-rapl:0", 3'000'000);
  step();
  REQUIRE(joules(run, "package-0", "rapl"));
  run.tree.write(kPowercap + "intel-rapl:0/energy_uj", "garbage\n");
  step();
  CHECK(state(run, "package-0", "rapl") == "stale: device gives no usable answer");
  CHECK_FALSE(joules(run, "package-0", "rapl"));
  CHECK_FALSE(joules(run, "package-0", "rapl-mmio"));  // no hasty change
  for (int second = 0; second < 11; ++second) step();
  CHECK(joules(run, "package-0", "rapl-mmio") == Approx(13));
}

TEST_CASE("The packages of a server stay apart while their parts are summed") {
  CollectorRun run(make_energy);
  for (const std::string package : {"0", "1"}) {
    zone(run, "intel-rapl:" + package, "package-" + package, 0);
    zone(run, "intel-rapl:" + package + ":0", "dram", 0);
  }
  run.collect();
  energy(run, "intel-rapl:0", 50'000'000);
  energy(run, "intel-rapl:1", 70'000'000);
  energy(run, "intel-rapl:0:0", 5'000'000);
  energy(run, "intel-rapl:1:0", 6'000'000);
  run.collect();
  CHECK(joules(run, "package-0", "rapl") == Approx(50));
  CHECK(joules(run, "package-1", "rapl") == Approx(70));
  CHECK(joules(run, "dram", "rapl") == Approx(11));
  CHECK(watts(run, "dram", "rapl") == Approx(11));

  // What a part had counted stays in the sum when it goes.
  run.tree.remove(kPowercap + "intel-rapl:1:0");
  for (int second = 0; second < 61; ++second) run.collect();
  CHECK(joules(run, "dram", "rapl") == Approx(11));
}

TEST_CASE("A Mac under Linux gives the power of its rails and estimated joules") {
  CollectorRun run(make_energy);
  run.tree.write(kHwmon + "hwmon0/name", "macsmc_hwmon\n");
  const char* labels[] = {"Total System Power", "AC Input Power", "3.8 V Rail Power",
                          "Heatpipe Power"};
  for (int i = 1; i <= 4; ++i) {
    const std::string sensor = kHwmon + "hwmon0/power" + std::to_string(i);
    run.tree.write(sensor + "_label", std::string(labels[i - 1]) + "\n");
    run.tree.write(sensor + "_input", 10'000'000 * i);
  }
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.current_series() == 0);  // a value that was never seen to move is not trusted
  for (int i = 1; i <= 4; ++i) {
    run.tree.write(kHwmon + "hwmon0/power" + std::to_string(i) + "_input", 12'000'000 * i);
  }
  run.collect();
  CHECK(watts(run, "system", "hwmon") == Approx(12));
  CHECK(watts(run, "ac_input", "hwmon") == Approx(24));
  CHECK(watts(run, "rail_3v8", "hwmon") == Approx(36));
  CHECK(watts(run, "soc", "hwmon") == Approx(48));
  CHECK(joules(run, "system", "hwmon") == Approx(11));
  CHECK_FALSE(run.value("anemon_power_span_seconds{component=\"soc\",source=\"hwmon\"}"));
  for (const Signal& signal : run.signals.signals()) {
    if (signal.component != "system") continue;
    CHECK(signal.provenance ==
          (signal.metric == Metric::kEnergyJoules ? Provenance::estimated : Provenance::measured));
  }
}

TEST_CASE("A battery has power but no energy, for it flows both ways") {
  CollectorRun run(make_energy);
  run.tree.write(kHwmon + "hwmon0/name", "BAT0\n");
  run.tree.write(kHwmon + "hwmon0/power1_input", 8'000'000);
  run.collect();
  run.tree.write(kHwmon + "hwmon0/power1_input", 9'000'000);
  run.collect();
  CHECK(watts(run, "battery", "hwmon") == Approx(9));
  CHECK_FALSE(joules(run, "battery", "hwmon"));
  CHECK(state(run, "battery", "hwmon") == "unknown");
}

TEST_CASE("Graphics cards count apart from the graphics in the processor") {
  CollectorRun run(make_energy);
  zone(run, "intel-rapl:0:1", "uncore", 0);
  run.tree.write(kHwmon + "hwmon3/name", "amdgpu\n");
  run.tree.link(kHwmon + "hwmon3/device", "../../../0000:03:00.0");
  run.tree.write(kHwmon + "hwmon3/power1_label", "PPT\n");
  run.tree.write(kHwmon + "hwmon3/power1_average", 30'000'000);
  run.tree.write(kHwmon + "hwmon3/power1_input", 90'000'000);
  run.collect();
  energy(run, "intel-rapl:0:1", 2'000'000);
  run.tree.write(kHwmon + "hwmon3/power1_average", 32'000'000);
  run.collect();
  CHECK(joules(run, "gpu", "rapl") == Approx(2));
  CHECK(watts(run, "gpu1", "hwmon") == Approx(32));  // the average, where there is one
}

TEST_CASE("A card's energy counter is preferred to its power sensor") {
  CollectorRun run(make_energy);
  run.tree.write(kHwmon + "hwmon1/name", "xe\n");
  run.tree.write(kHwmon + "hwmon1/energy2_label", "pkg\n");
  run.tree.write(kHwmon + "hwmon1/power2_label", "pkg\n");
  run.tree.write(kHwmon + "hwmon1/power2_input", 1'000'000);
  for (int second = 0; second <= 3; ++second) {
    run.tree.write(kHwmon + "hwmon1/energy2_input", 25'000'000LL * second);
    run.tree.write(kHwmon + "hwmon1/power2_input", 1'000'000 + second);
    run.collect();
  }
  CHECK(joules(run, "gpu", "hwmon") == Approx(75));
  CHECK(watts(run, "gpu", "hwmon") == Approx(25));
}

TEST_CASE("Channels that no table knows keep a name of their own") {
  CollectorRun run(make_energy);
  run.tree.write(kHwmon + "hwmon0/name", "ina3221\n");
  run.tree.link(kHwmon + "hwmon0/device", "../../1-0040");
  run.tree.write(kHwmon + "hwmon0/power1_label", "VDD_\xff\nIN\n");
  run.tree.write(kHwmon + "hwmon0/power2_input", 1'000'000);
  run.tree.write(kHwmon + "hwmon0/power1_input", 1'000'000);
  run.collect();
  run.tree.write(kHwmon + "hwmon0/power1_input", 2'000'000);
  run.tree.write(kHwmon + "hwmon0/power2_input", 2'000'000);
  run.collect();
  CHECK(watts(run, "ina3221-1-0040/power2", "hwmon") == Approx(2));
  CHECK(watts(run, "ina3221-1-0040/VDD_\xEF\xBF\xBD\xEF\xBF\xBDIN", "hwmon") == Approx(2));
}

TEST_CASE("A device that vanishes takes its values along and goes on where it was") {
  CollectorRun run(make_energy);
  zone(run, "intel-rapl:0", "package-0", 0);
  zone(run, "intel-rapl:0:0", "core", 0);
  run.collect();
  energy(run, "intel-rapl:0", 10'000'000);
  energy(run, "intel-rapl:0:0", 5'000'000);
  run.collect();
  REQUIRE(joules(run, "cpu", "rapl") == Approx(5));

  run.tree.remove(kPowercap + "intel-rapl:0:0");
  for (int second = 0; second < 60; ++second) run.collect();
  CHECK(joules(run, "package-0", "rapl") == Approx(10));
  CHECK_FALSE(joules(run, "cpu", "rapl"));
  CHECK(state(run, "cpu", "rapl") == "absent: device is gone");

  zone(run, "intel-rapl:0:0", "core", 1'000'000);
  for (int second = 0; second < 60; ++second) run.collect();
  CHECK(state(run, "cpu", "rapl") == "unproven: has not moved yet");
  energy(run, "intel-rapl:0:0", 3'000'000);
  run.collect();
  CHECK(joules(run, "cpu", "rapl") == Approx(7));
  CHECK(joules(run, "package-0", "rapl") == Approx(10));
}

namespace {

// A zone whose driver answers as the test says.
class ScriptedPowercap final : public Powercap {
 public:
  struct Script {
    ReadStatus status = ReadStatus::ok;
    int64_t energy_uj = 0;
    int scans = 0;
  };
  explicit ScriptedPowercap(Script& script) : script_(script) {}
  bool rescan() override { return script_.scans++ == 0; }
  const std::vector<PowercapZone>& zones() const override { return zones_; }
  ReadStatus read_energy(size_t, int64_t& microjoules) override {
    microjoules = script_.energy_uj;
    return script_.status;
  }

 private:
  Script& script_;
  const std::vector<PowercapZone> zones_ = {{"intel-rapl:0", "intel-rapl", "package-0", 0}};
};

}  // namespace

TEST_CASE("A device that is gone is looked for again within seconds, not at every pass") {
  static ScriptedPowercap::Script script;
  script = {};
  CollectorRun run([](const CollectorContext& context) -> std::unique_ptr<Collector> {
    return std::make_unique<EnergyCollector>(std::make_unique<ScriptedPowercap>(script), nullptr,
                                             context.clock);
  });
  for (int second = 0; second < 10; ++second) {
    script.energy_uj += 1'000'000;
    run.collect();
  }
  CHECK(script.scans == 1);
  CHECK(joules(run, "package-0", "rapl") == Approx(9));
  script.status = ReadStatus::absent;
  for (int second = 0; second < 20; ++second) run.collect();
  CHECK(script.scans >= 4);
  CHECK(script.scans <= 6);
  CHECK(state(run, "package-0", "rapl") == "absent: device is gone");
  CHECK(run.current_series() == 1);  // the peak of the last minute
  script.status = ReadStatus::failed;
  run.collect();
  CHECK(state(run, "package-0", "rapl") == "stale: device gives no usable answer");
  script.status = ReadStatus::ok;
  script.energy_uj += 5'000'000;
  run.collect();
  CHECK(joules(run, "package-0", "rapl") == Approx(14));
  CHECK(state(run, "package-0", "rapl") == "live: ");
}

TEST_CASE("Sources that appear later are found and no longer called absent") {
  CollectorRun run(make_energy);
  run.collect();
  REQUIRE(state(run, "", "rapl") == "absent: no powercap domains");
  zone(run, "intel-rapl:0", "package-0", 0);
  for (int second = 0; second < 61; ++second) run.collect();
  energy(run, "intel-rapl:0", 1'000'000);
  run.collect();
  CHECK(joules(run, "package-0", "rapl") == Approx(1));
  CHECK(state(run, "", "rapl") == "live: ");
}

TEST_CASE("Impossible readings are counted as rejected and not as energy") {
  CollectorRun run(make_energy);
  zone(run, "intel-rapl:0", "package-0", 0);
  run.tree.write(kHwmon + "hwmon0/name", "power_meter\n");
  run.tree.write(kHwmon + "hwmon0/power1_average", -1);
  run.collect();
  CHECK(run.pass.rejected().at("power_range") == 1);
  energy(run, "intel-rapl:0", 200'000'000'000);
  run.collect();
  CHECK(run.pass.rejected().at("power_range") == 2);
  CHECK(run.current_series() == 0);
}

TEST_CASE("Garbage in every file makes no reading and no exception") {
  for (const std::string& content :
       {std::string(), std::string("\n"), std::string("x y z\n"), std::string(5000, '9'),
        std::string("\0\0\0\0", 4), std::string("18446744073709551616\n")}) {
    CollectorRun run(make_energy);
    for (const char* file : {"name", "max_energy_range_uj", "energy_uj"}) {
      run.tree.write(kPowercap + "intel-rapl:0/" + file, content);
    }
    for (const char* file : {"name", "power1_input", "energy1_input", "power1_label"}) {
      run.tree.write(kHwmon + "hwmon0/" + file, content);
    }
    for (int pass = 0; pass < 3; ++pass) run.collect();
    CHECK(run.current_series() == 0);
    CHECK_FALSE(run.pass.good());  // devices are there and none answers
  }
}

TEST_CASE("Sensor names tell devices, not the order in which they were found") {
  HwmonChannel channel{"hwmon4/temp1", "coretemp", "coretemp.0", "Core 0",
                       HwmonQuantity::temperature};
  CHECK(sensor_name(channel) == "coretemp.0/Core 0");
  channel.device.clear();
  CHECK(sensor_name(channel) == "coretemp/Core 0");
  channel = {"hwmon4/temp1", "amdgpu", "0000:03:00.0", "edge", HwmonQuantity::temperature};
  CHECK(sensor_name(channel) == "amdgpu-0000:03:00.0/edge");
  UniqueNames unique;
  CHECK(unique("a") == "a");
  CHECK(unique("a") == "a #2");
  CHECK(unique("b") == "b");
}
