#include "collectors/energy.h"
#include "tests/catch.h"
#include "tests/scripted_apple_devices.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using namespace anemon::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// A Mac whose power manager publishes every two seconds, and its graphics driver at each pass.
class Mac {
 public:
  Mac() : run(make_energy) {
    run.apple = &devices;
    machine.facts.chip = "Apple M4";
  }

  // Makes a counter, published now.
  void counter(const std::string& name, int64_t value, const std::string& group = "Energy Model",
               const std::string& subgroup = "") {
    machine.channel(
        {group, subgroup, name, name == "GPU Energy" ? "nJ" : "mJ", ChannelFormat::simple, {}});
    set(name, value);
    stamp(name);
  }
  void add(const std::string& name, int64_t amount) {
    find(name).value = find(name).value.value_or(0) + amount;
  }
  void set(const std::string& name, int64_t value) { find(name).value = value; }
  void stamp(const std::string& name) { find(name).stamp = run.clock.now().awake; }
  ScriptedChannel& find(const std::string& name) {
    for (ScriptedChannel& channel : machine.channels) {
      if (channel.channel.name == name) return channel;
    }
    throw Error("no such channel: " + name);
  }

  // One second; the graphics driver publishes, and the power manager every other second unless it
  // is `gated`.
  void second() {
    ++seconds_;
    const Duration next = run.clock.now().awake + seconds(1);
    for (ScriptedChannel& channel : machine.channels) {
      if (channel.channel.format != ChannelFormat::simple) continue;
      const bool graphics = channel.channel.name == "GPU Energy";
      if (graphics ? graphics_silent : gated || seconds_ % 2 != 0) continue;
      channel.stamp = next;
    }
    if (on_second) on_second();
    machine.now = next;
    run.collect();
  }
  void pass(int count) {
    while (count-- > 0) second();
  }

  std::optional<double> watts(const std::string& component,
                              const std::string& source = "ioreport") {
    return run.value("anemon_power_watts{component=\"" + component + "\",source=\"" + source +
                     "\"}");
  }
  std::optional<double> joules(const std::string& component,
                               const std::string& source = "ioreport") {
    return run.value("anemon_energy_joules_total{component=\"" + component + "\",source=\"" +
                     source + "\"}");
  }
  std::string state(const std::string& component, const std::string& source = "ioreport") {
    for (const Signal& signal : run.signals.signals()) {
      if (signal.metric == Metric::kPowerWatts && signal.component == component &&
          signal.source == source) {
        return std::string(to_string(signal.state));
      }
    }
    return "unknown";
  }

  ScriptedMachine machine;
  ScriptedAppleDevices devices{machine};
  CollectorRun run;
  bool gated = false;
  bool graphics_silent = false;
  std::function<void()> on_second;

 private:
  int seconds_ = 0;
};

// An M4 with a counter for everything; the processor runs at 1 W, the memory at 0.5 W.
void furnish(Mac& mac) {
  mac.counter("CPU Energy", 100000);
  mac.counter("ANE", 5000);
  mac.counter("DRAM", 7000);
  mac.counter("ISP", 0);
  mac.counter("GPU Energy", 3'000'000'000);
  mac.on_second = [&mac, batch = false]() mutable {
    if (batch && !mac.gated) mac.add("CPU Energy", 2000);
    if (batch && !mac.gated) mac.add("DRAM", 1000);
    mac.add("GPU Energy", 250'000'000);
    batch = !batch;
  };
}

}  // namespace

TEST_CASE("Watts and joules of an Apple machine are its drivers' publications") {
  Mac mac;
  furnish(mac);
  mac.pass(10);
  CHECK(*mac.watts("cpu") == Approx(1.0));
  CHECK(*mac.watts("dram") == Approx(0.5));
  CHECK(*mac.watts("gpu") == Approx(0.25));
  CHECK(mac.run.value("anemon_power_span_seconds{component=\"cpu\",source=\"ioreport\"}") == 2.0);
  CHECK(*mac.joules("cpu") == Approx(10.0));
  CHECK(mac.run.value("anemon_power_peak_watts{component=\"cpu\",window=\"15s\"}") == Approx(1.0));
  CHECK(mac.state("cpu") == "live");
  for (int i = 0; i < 20; ++i) {
    mac.second();
    CHECK(*mac.watts("cpu") == Approx(1.0));  // neither zero nor a spike in between
  }
}

TEST_CASE("The energy model is an estimate, and says when it was published") {
  Mac mac;
  furnish(mac);
  mac.pass(5);
  for (const Signal& signal : mac.run.signals.signals()) {
    if (signal.metric != Metric::kPowerWatts || signal.component != "cpu") continue;
    CHECK(signal.provenance == Provenance::estimated);
    REQUIRE(signal.published);
    CHECK(*signal.published == mac.run.clock.now().wall - seconds(1));
  }
}

TEST_CASE("An idle engine that has counted before and is published is at zero watts") {
  Mac mac;
  furnish(mac);
  mac.pass(5);
  CHECK(mac.watts("ane") == 0.0);
  CHECK(mac.state("ane") == "live");
}

TEST_CASE("A counter that never counted has no watts") {
  Mac mac;
  furnish(mac);
  mac.pass(5);
  CHECK_FALSE(mac.watts("isp"));
  CHECK_FALSE(mac.joules("isp"));
  CHECK(mac.state("isp") == "unproven");
  mac.add("ISP", 4);
  mac.pass(5);
  CHECK(mac.state("isp") == "live");
  CHECK(mac.watts("isp"));
}

TEST_CASE("What a machine has no counter for is absent and says so") {
  Mac mac;
  mac.counter("CPU Energy", 5);
  mac.counter("GPU Energy", 5);
  mac.pass(5);
  CHECK(mac.state("ane") == "absent");
  CHECK_FALSE(mac.watts("ane"));
}

TEST_CASE("A refused group is refused, not absent") {
  Mac mac;
  furnish(mac);
  mac.machine.refused_groups = {"Energy Model"};
  mac.pass(3);
  CHECK(mac.state("cpu") == "refused");
  CHECK(mac.state("ane") == "refused");
}

TEST_CASE("The freeze of macOS 27 is named and leaves no watts") {
  Mac mac;
  furnish(mac);
  mac.pass(6);
  mac.gated = true;
  mac.pass(9);
  CHECK(*mac.watts("cpu") == Approx(1.0));  // held
  mac.pass(4);
  CHECK(mac.state("cpu") == "gated");
  CHECK(mac.state("ane") == "gated");
  CHECK_FALSE(mac.watts("cpu"));
  CHECK_FALSE(mac.watts("ane"));
  CHECK(*mac.watts("gpu") == Approx(0.25));
  CHECK(mac.state("gpu") == "live");

  SECTION("and ends when somebody samples") {
    mac.gated = false;
    mac.pass(4);
    CHECK(mac.state("cpu") == "live");
    CHECK(mac.watts("cpu"));
  }
  SECTION("silence of the graphics driver as well is no freeze") {
    mac.graphics_silent = true;
    mac.on_second = {};
    mac.pass(12);
    CHECK(mac.state("cpu") == "stale");
  }
}

TEST_CASE("A publication every half hour is shown with its span, and as gated") {
  Mac mac;
  furnish(mac);
  mac.gated = true;
  mac.pass(30);
  CHECK(mac.state("cpu") == "gated");
  mac.add("CPU Energy", 1'000);
  mac.stamp("CPU Energy");
  mac.pass(70);
  mac.add("CPU Energy", 7'100);
  mac.stamp("CPU Energy");
  mac.pass(30);
  CHECK(mac.state("cpu") == "gated");
  CHECK(*mac.watts("cpu") == Approx(7.1 / 70));
}

TEST_CASE("A counter that stands still while the engine works is frozen") {
  Mac mac;
  furnish(mac);
  ScriptedChannel& floor = mac.machine.state("PMP", "DCS Floor", "ANE-DCS-BW", {"F1", "F2", "F3"});
  floor.parts = {1000, 0, 0};
  mac.pass(4);
  CHECK(mac.watts("ane") == 0.0);
  mac.on_second = [&mac, batch = false]() mutable {
    if (batch) mac.add("CPU Energy", 2000);
    batch = !batch;
    ScriptedChannel& of = mac.find("ANE-DCS-BW");
    of.parts[1] += 20'000'000;
    of.parts[0] += 4'000'000;
  };
  mac.pass(16);
  CHECK(mac.state("ane") == "frozen");
  CHECK_FALSE(mac.watts("ane"));
  CHECK(mac.state("cpu") == "live");
  mac.add("ANE", 900);
  mac.pass(3);
  CHECK(mac.state("ane") == "live");
}

TEST_CASE("A processor at zero watts is frozen: this code runs on it") {
  Mac mac;
  furnish(mac);
  mac.on_second = {};
  mac.pass(16);
  CHECK(mac.state("cpu") == "frozen");
  CHECK(mac.state("dram") == "live");
}

TEST_CASE("The base M1 counts its engine at the power management processor") {
  Mac mac;
  mac.counter("CPU Energy", 100);
  mac.counter("ANE", 50, "PMP", "Energy Counters");
  mac.on_second = [&mac, half = true]() mutable {
    half = !half;
    if (half) mac.add("ANE", 6800);
  };
  mac.pass(7);
  CHECK(mac.state("ane", "ioreport") == "absent");
  CHECK(mac.state("ane", "pmp") == "live");
  CHECK(*mac.watts("ane", "pmp") == Approx(3.4));
  CHECK_FALSE(mac.watts("ane", "ioreport"));
}

TEST_CASE("Dies of an Ultra are components beside their sum") {
  Mac mac;
  mac.counter("DIE_0_CPU Energy", 10);
  mac.counter("DIE_1_CPU Energy", 10);
  mac.on_second = [&mac, half = true]() mutable {
    half = !half;
    if (half) mac.add("DIE_0_CPU Energy", 4000);
    if (half) mac.add("DIE_1_CPU Energy", 2000);
  };
  mac.pass(7);
  CHECK(*mac.watts("cpu") == Approx(3.0));
  CHECK(*mac.watts("cpu_die0") == Approx(2.0));
  CHECK(*mac.watts("cpu_die1") == Approx(1.0));
  CHECK(*mac.joules("cpu") == Approx(*mac.joules("cpu_die0") + *mac.joules("cpu_die1")));
}

TEST_CASE("Clusters that exceed the processor's total drop the reading") {
  Mac mac;
  mac.counter("CPU Energy", 10);
  mac.counter("ECPU", 10);
  mac.counter("PCPU", 10);
  int64_t cluster = 900;
  mac.on_second = [&, half = true]() mutable {
    half = !half;
    if (!half) return;
    mac.add("CPU Energy", 2000);
    mac.add("ECPU", cluster);
    mac.add("PCPU", 1000);
  };
  mac.pass(7);
  CHECK(*mac.watts("cpu") == Approx(1.0));
  CHECK(mac.run.pass.rejected().empty());
  const double before = *mac.joules("cpu");
  cluster = 5000;
  int rejected = 0;
  for (int i = 0; i < 4; ++i) {
    mac.second();
    rejected += mac.run.pass.rejected().count("parts_exceed_whole") > 0;
  }
  CHECK(rejected == 2);  // once for each publication
  CHECK_FALSE(mac.watts("cpu"));
  cluster = 900;
  mac.pass(2);
  CHECK(*mac.watts("cpu") == Approx(1.0));
  CHECK(*mac.joules("cpu") == Approx(before + 2.0));  // without what was dropped
}

TEST_CASE("A component that takes more than the whole machine is rejected") {
  Mac mac;
  furnish(mac);
  mac.machine.set_smc("PSTR", 22.0F);
  float watts = 22;
  mac.on_second = [&] {
    watts = watts == 22 ? 22.5F : 22;  // a sensor that stands still is not trusted
    mac.machine.set_smc("PSTR", watts);
    mac.add("CPU Energy", 30'000);
  };
  mac.pass(5);
  CHECK(*mac.watts("cpu") == Approx(30.0));  // the two are not measured over the same span
  mac.add("CPU Energy", 170'000);
  mac.second();
  CHECK(mac.run.pass.rejected().at("parts_exceed_whole") == 1);
  CHECK_FALSE(mac.watts("cpu"));
  CHECK(mac.watts("system", "smc"));
}

TEST_CASE("More than a Mac can draw is rejected") {
  Mac mac;
  furnish(mac);
  mac.pass(5);
  mac.add("CPU Energy", 3'000'000);
  mac.second();
  CHECK(mac.run.pass.rejected().at("power_range") == 1);
  CHECK_FALSE(mac.watts("cpu"));
}

TEST_CASE("After sleep the first span is left out") {
  Mac mac;
  furnish(mac);
  mac.pass(6);
  const double before = *mac.joules("cpu");
  mac.add("CPU Energy", 400'000);
  mac.machine.now = mac.run.clock.now().awake + seconds(1);
  mac.run.collect(true);
  CHECK_FALSE(mac.watts("cpu"));
  CHECK(mac.joules("cpu").value_or(before) == Approx(before));
  mac.pass(4);
  CHECK(*mac.watts("cpu") == Approx(1.0));
  CHECK(*mac.joules("cpu") == Approx(before + 2.0));
}

TEST_CASE("The next source steps in when the first is not trusted, and the switch is logged once") {
  Mac mac;
  furnish(mac);
  mac.machine.facts.chip = "Apple A18 Pro";
  mac.machine.set_smc("PZC0", 2.0F);
  mac.machine.set_smc("PSTR", 6.0F);
  mac.pass(3);
  mac.machine.set_smc("PZC0", 2.5F);
  mac.machine.set_smc("PSTR", 6.5F);
  mac.pass(3);
  CHECK(*mac.watts("cpu") == Approx(1.0));
  CHECK_FALSE(mac.watts("cpu", "smc"));  // never two sources of one component
  CHECK(*mac.watts("system", "smc") == Approx(6.5));
  mac.gated = true;
  mac.pass(20);
  CHECK_FALSE(mac.watts("cpu"));
  CHECK_FALSE(mac.joules("cpu"));
  CHECK(*mac.watts("cpu", "smc") == Approx(2.5));
  CHECK(mac.run.log.count("energy source changes component=cpu from=ioreport to=smc") == 1);
  mac.gated = false;
  mac.pass(20);
  CHECK(mac.watts("cpu"));
  CHECK_FALSE(mac.watts("cpu", "smc"));
  CHECK(mac.run.log.count("energy source changes") == 2);
}

TEST_CASE("A rail that is shared is not taken for the engine's") {
  Mac mac;
  mac.counter("CPU Energy", 5);
  mac.machine.set_smc("PP0b", 3.0F);
  mac.pass(2);
  mac.machine.set_smc("PP0b", 4.0F);
  mac.pass(2);
  CHECK(mac.state("ane", "smc") == "absent");
  CHECK(*mac.watts("rail_pp0b", "smc") == Approx(4.0));
}

TEST_CASE("IOReport that fails is dropped and opened again, and the counters go on") {
  Mac mac;
  furnish(mac);
  mac.pass(6);
  const double before = *mac.joules("cpu");
  mac.machine.sampling_fails = true;
  mac.pass(3);
  CHECK_FALSE(mac.watts("cpu"));
  CHECK(mac.state("cpu") == "stale");
  CHECK(mac.run.log.count("IOReport fails") == 1);
  const int opened = mac.machine.ioreports_opened;
  CHECK(opened == 2);  // once more at once, and then with patience
  mac.machine.sampling_fails = false;
  mac.pass(8);
  CHECK(mac.machine.ioreports_opened == opened + 1);
  CHECK(mac.state("cpu") == "live");
  CHECK(*mac.joules("cpu") > before);
}

TEST_CASE("A virtual machine without IOReport has nothing, and that is no failure") {
  Mac mac;
  mac.machine.ioreport_missing = true;
  mac.machine.smc_missing = true;
  mac.pass(2);
  CHECK(mac.run.pass.good());
  CHECK(mac.state("cpu") == "absent");
  CHECK(mac.run.current_series() == 0);
}

namespace {

class ScriptedPowermetrics final : public Powermetrics {
 public:
  ScriptedPowermetrics(std::optional<PowermetricsReport>& report, PowermetricsStatus& status)
      : report_(report), status_(status) {}
  std::optional<PowermetricsReport> poll(Instant) override { return std::exchange(report_, {}); }
  const PowermetricsStatus& status() const override { return status_; }

 private:
  std::optional<PowermetricsReport>& report_;
  PowermetricsStatus& status_;
};

}  // namespace

TEST_CASE("powermetrics steps in where the counters are gated, and its cost is told") {
  Mac mac;
  furnish(mac);
  mac.gated = true;
  mac.run.powermetrics = PowermetricsMode::source;
  std::optional<PowermetricsReport> report;
  PowermetricsStatus status{PowermetricsStatus::State::running, "", seconds(2), 1};
  PowermetricsMode asked = PowermetricsMode::off;
  mac.machine.powermetrics = [&](PowermetricsMode mode) {
    asked = mode;
    return std::make_unique<ScriptedPowermetrics>(report, status);
  };
  for (int i = 0; i < 16; ++i) {
    const Duration at = mac.run.clock.now().awake;
    report = PowermetricsReport{at, milliseconds(1000), 204.0, 32.0, 3378.0, std::nullopt};
    mac.second();
  }
  CHECK(asked == PowermetricsMode::source);
  CHECK(mac.state("ane", "ioreport") == "gated");
  CHECK(*mac.watts("ane", "powermetrics") == Approx(3.378));
  CHECK(*mac.joules("ane", "powermetrics") == Approx(3.378 * 16));
  CHECK(mac.watts("gpu", "ioreport"));
  CHECK_FALSE(mac.watts("gpu", "powermetrics"));
  CHECK(mac.run.value("anemon_powermetrics_cpu_seconds_total") == 2.0);
  CHECK(mac.run.value("anemon_powermetrics_starts_total") == 1.0);

  status = {PowermetricsStatus::State::refused, "needs root", {}, 0};
  mac.pass(15);
  CHECK(mac.state("ane", "powermetrics") == "stale");
  CHECK(mac.run.signal(Metric::kPowermetricsCpuSeconds) == "refused: needs root");
}

TEST_CASE("A refresh goes through the root helper where there is one, the figures do not") {
  std::optional<PowermetricsReport> none;
  PowermetricsStatus helpers{PowermetricsStatus::State::running, "", seconds(3), 2};
  PowermetricsStatus own{PowermetricsStatus::State::refused, "needs root", {}, 0};
  struct Helper final : RootHelper {
    std::unique_ptr<Processes> complete(std::unique_ptr<Processes> processes) override {
      return processes;
    }
    std::unique_ptr<Powermetrics> open_powermetrics() override { return open(); }
    std::function<std::unique_ptr<Powermetrics>()> open;
  } helper;
  helper.open = [&] { return std::make_unique<ScriptedPowermetrics>(none, helpers); };
  for (const PowermetricsMode mode : {PowermetricsMode::refresh, PowermetricsMode::source}) {
    Mac mac;
    furnish(mac);
    mac.run.powermetrics = mode;
    mac.run.helper = &helper;
    mac.machine.powermetrics = [&](PowermetricsMode) {
      return std::make_unique<ScriptedPowermetrics>(none, own);
    };
    mac.second();
    const bool refresh = mode == PowermetricsMode::refresh;
    CHECK(mac.run.signal(Metric::kPowermetricsCpuSeconds) ==
          (refresh ? "live: " : "refused: needs root"));
    CHECK(mac.run.value("anemon_powermetrics_starts_total") ==
          (refresh ? std::optional(2.0) : std::nullopt));
  }
}
