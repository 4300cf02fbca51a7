#include "collectors/energy.h"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "collectors/apple/energy_rails.h"
#include "collectors/apple/report_meter.h"
#include "tests/catch.h"
#include "tests/conformance/trace_data.h"
#include "tests/scripted_apple_devices.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using namespace anemon::test;
using nlohmann::json;
using std::chrono::milliseconds;

namespace {

json read_json(const std::filesystem::path& file) {
  std::ifstream stream(file);
  REQUIRE(stream.good());
  return json::parse(stream);
}

std::vector<Channel> inventory(const std::filesystem::path& file) {
  std::vector<Channel> channels;
  for (const auto& row : tsv_rows(file)) {
    if (row[0] != "Energy Model") continue;
    channels.push_back(
        {row[0], row[1], row[2], row.size() > 3 ? row[3] : "", ChannelFormat::simple, {}});
  }
  return channels;
}

std::map<EnergyKind, int> kinds(const std::vector<Channel>& channels) {
  std::map<EnergyKind, int> counts;
  for (const Channel& channel : channels) ++counts[parse_energy_channel(channel.name).kind];
  return counts;
}

std::map<std::string, std::string> rails(const std::vector<Channel>& channels) {
  std::map<std::string, std::string> found;
  for (const EnergyRail& rail : energy_rails(channels, EnergyGroup::energy_model)) {
    std::string& names = found[rail.component];
    for (const uint32_t index : rail.channels) {
      names += (names.empty() ? "" : ", ") + channels[index].name;
    }
  }
  return found;
}

// No channel in two components, apart from dies and engines, which are shown beside their sum.
void check_nothing_counts_twice(const std::vector<Channel>& channels) {
  std::set<uint32_t> counted;
  std::set<std::string> names;
  for (const EnergyRail& rail : energy_rails(channels, EnergyGroup::energy_model)) {
    if (rail.component.find_first_of("0123456789") != std::string::npos) continue;
    for (const uint32_t index : rail.channels) {
      INFO(channels[index].name);
      CHECK(counted.insert(index).second);
      CHECK(names.insert(channels[index].name).second);
      CHECK(channels[index].name.find("DTL") == std::string::npos);
    }
  }
}

// A machine of the recorded channels, read every 120 ms of its own time.
class Recorded {
 public:
  Recorded() : run_(make_energy) { run_.apple = &devices_; }

  void list(const std::string& name, const std::string& unit) {
    ScriptedChannel& channel = machine_.simple("Energy Model", name, unit);
    channel.value = 1'000'000;
    channel.stamp = now_;
    energy_[name] = 0;
  }
  // A publication `age` before the time of the next reading.
  void publish(const std::string& name, double units, Duration stamp) {
    energy_[name] += units;
    ScriptedChannel& channel = machine_.simple("Energy Model", name, "");
    channel.value = 1'000'000 + std::llround(energy_[name]);
    channel.stamp = stamp;
  }
  void read_until(Duration end, const std::function<void()>& check = {}) {
    while (now_ + milliseconds(120) < end) {
      now_ += milliseconds(120);
      read();
      if (check) check();
    }
  }
  void read_at(Duration at) {
    now_ = at;
    read();
  }
  Duration now() const { return now_; }
  std::optional<double> watts(const std::string& component) const {
    return run_.value("anemon_power_watts{component=\"" + component + "\",source=\"ioreport\"}");
  }
  std::optional<double> joules(const std::string& component) const {
    return run_.value("anemon_energy_joules_total{component=\"" + component +
                      "\",source=\"ioreport\"}");
  }

 private:
  void read() {
    machine_.now = now_;
    run_.collect();
  }

  ScriptedMachine machine_;
  ScriptedAppleDevices devices_{machine_};
  CollectorRun run_;
  Duration now_ = std::chrono::hours(10);
  std::map<std::string, double> energy_;
};

Duration of_ms(double ms) { return Duration(static_cast<int64_t>(ms * 1e6)); }

constexpr double kOnePercent = 0.01;

}  // namespace

TEST_CASE("All 321 channels of an M1 Ultra are what the reference says") {
  const auto data = trace_data();
  if (!data) return;
  const auto channels = inventory(*data / "m1_ultra_mac13-2_macos27.0_energy_inventory.tsv");
  REQUIRE(channels.size() == 321);
  CHECK(kinds(channels) == std::map<EnergyKind, int>{{EnergyKind::cpu_die, 2},
                                                     {EnergyKind::cpu_cluster, 6},
                                                     {EnergyKind::cpu_core, 20},
                                                     {EnergyKind::cpu_fabric, 6},
                                                     {EnergyKind::gpu_total, 1},
                                                     {EnergyKind::gpu, 1},
                                                     {EnergyKind::gpu_sram, 1},
                                                     {EnergyKind::ane, 2},
                                                     {EnergyKind::dram, 2},
                                                     {EnergyKind::block, 20},
                                                     {EnergyKind::telemetry, 260}});
  std::map<double, int> units;
  for (const Channel& channel : channels) ++units[joules_per_unit(channel.unit).value()];
  CHECK(units == std::map<double, int>{{1e-3, 310}, {1e-6, 10}, {1e-9, 1}});
  const auto found = rails(channels);
  CHECK(found.at("cpu") == "DIE_0_CPU Energy, DIE_1_CPU Energy");
  CHECK(found.at("gpu") == "GPU Energy");
  CHECK(found.at("ane") == "ANE0_0, ANE0_1");
  CHECK(found.at("dram") == "DRAM0_0, DRAM0_1");
  CHECK(found.at("gpu_sram") == "GPU SRAM0_0");
  CHECK(found.at("amcc") == "AMCC0_0, AMCC0_1");
  CHECK(found.at("cpu_die1") == "DIE_1_CPU Energy");
  CHECK(found.at("ane_die1") == "ANE0_1");
  check_nothing_counts_twice(channels);
}

TEST_CASE("All 364 channels of an M5 Max are what the reference says") {
  const auto data = trace_data();
  if (!data) return;
  const auto channels = inventory(*data / "m5_max_mac17-7_macos27.0_energy_inventory.tsv");
  REQUIRE(channels.size() == 364);
  CHECK(kinds(channels) == std::map<EnergyKind, int>{{EnergyKind::cpu_total, 1},
                                                     {EnergyKind::cpu_cluster, 3},
                                                     {EnergyKind::cpu_core, 18},
                                                     {EnergyKind::cpu_fabric, 3},
                                                     {EnergyKind::cpu_sram, 21},
                                                     {EnergyKind::gpu_total, 1},
                                                     {EnergyKind::gpu, 1},
                                                     {EnergyKind::ane, 1},
                                                     {EnergyKind::dram, 1},
                                                     {EnergyKind::block, 14},
                                                     {EnergyKind::telemetry, 300}});
  const auto found = rails(channels);
  CHECK(found.at("cpu") == "CPU Energy");
  CHECK(found.at("gpu") == "GPU Energy");
  CHECK(found.at("ane") == "ANE0");
  CHECK(found.at("dram") == "DRAM0");
  CHECK(found.at("pcie") == "apciec2 Energy, apciec1 Energy, apciec0 Energy");
  check_nothing_counts_twice(channels);
}

TEST_CASE("Channels of other listings are known as well") {
  const auto data = trace_data();
  if (!data) return;
  for (const Channel& channel : inventory(*data / "m5_max_macos26.5.2_inventory_partial.tsv")) {
    INFO(channel.name);
    CHECK(parse_energy_channel(channel.name).kind != EnergyKind::unknown);
  }
  const json ultra = read_json(*data / "m2_ultra_gpu_load_snapshot.json");
  for (const auto& [name, watts] : ultra["energy_watts_mJ_channels"].items()) {
    INFO(name);
    CHECK(parse_energy_channel(name).kind != EnergyKind::unknown);
  }
  const json pro = read_json(*data / "m1_pro_8c14g_raw_counters.json");
  for (const auto& [name, value] : pro["energy_model_mJ_cumulative"].items()) {
    INFO(name);
    CHECK(parse_energy_channel(name).kind == EnergyKind::telemetry);
  }
}

TEST_CASE("Publications of a loaded M1 Ultra give the published watts, held in between") {
  const auto data = trace_data();
  if (!data) return;
  const json series = read_json(*data / "m1_ultra_mac13-2_macos27.0_energy_series.json");
  Recorded machine;
  machine.list("DIE_0_CPU Energy", "mJ");
  machine.list("DIE_1_CPU Energy", "mJ");
  Duration stamp = machine.now();
  machine.read_at(stamp);
  std::optional<double> expected;
  double energy = 0;
  int checked = 0;
  for (const json& row : series["cpu_publications_loaded"]["rows"]) {
    const Duration next = stamp + of_ms(row[2]);
    machine.read_until(next, [&] {
      if (!expected) return;
      CHECK(*machine.watts("cpu") == Approx(*expected).epsilon(kOnePercent));
      ++checked;
    });
    stamp = next;
    machine.publish("DIE_0_CPU Energy", row[0], stamp);
    machine.publish("DIE_1_CPU Energy", row[1], stamp);
    energy += row[0].get<double>() + row[1].get<double>();
    machine.read_at(stamp + milliseconds(5));
    expected = row[3].get<double>();
    REQUIRE(machine.watts("cpu"));
    CHECK(*machine.watts("cpu") == Approx(*expected).epsilon(kOnePercent));
    CHECK(*machine.joules("cpu") == Approx(energy * 1e-3));
  }
  CHECK(checked > 40);
}

TEST_CASE("The rhythms of an M1 Ultra, idle and loaded, give neither zero nor spike") {
  const auto data = trace_data();
  if (!data) return;
  const json series = read_json(*data / "m1_ultra_mac13-2_macos27.0_energy_series.json");
  struct Case {
    const char* rhythm;
    double watts[2];
  };
  for (const Case& run : {Case{"idle", {5.638, 0.352}}, Case{"loaded_4x_yes", {14.661, 2.351}}}) {
    Recorded machine;
    machine.list("DIE_0_CPU Energy", "mJ");
    machine.list("DIE_1_CPU Energy", "mJ");
    Duration stamp = machine.now();
    machine.read_at(stamp);
    bool started = false;
    const double whole = run.watts[0] + run.watts[1];
    const auto check = [&] {
      if (started) CHECK(*machine.watts("cpu") == Approx(whole).epsilon(kOnePercent));
    };
    for (const json& span : series["publication_spans_ms"][run.rhythm]) {
      const Duration next = stamp + of_ms(span);
      machine.read_until(next, check);
      stamp = next;
      machine.publish("DIE_0_CPU Energy", run.watts[0] * span.get<double>(), stamp);
      machine.publish("DIE_1_CPU Energy", run.watts[1] * span.get<double>(), stamp);
      machine.read_at(stamp + milliseconds(3));
      started = true;
      check();
    }
  }
}

TEST_CASE("A batch with its tail of an M1 Ultra gives what was published for every rail") {
  const auto data = trace_data();
  if (!data) return;
  const json series = read_json(*data / "m1_ultra_mac13-2_macos27.0_energy_series.json");
  const json& ticks = series["run3"]["ticks"];
  const json& batch = ticks[1];
  const json& tail = ticks[2];
  Recorded machine;
  for (const auto& [name, energy] : batch["dv_mJ"].items()) machine.list(name, "mJ");
  machine.list("GPU Energy", "nJ");
  Duration stamp = machine.now();
  machine.read_at(stamp);
  for (const json& tick : {batch, tail}) {
    stamp += of_ms(tick["dts_ms"]);
    for (const auto& [name, energy] : tick["dv_mJ"].items()) machine.publish(name, energy, stamp);
    machine.read_at(stamp + of_ms(tick["age_ms"]));
    for (const char* component : {"cpu", "ane", "dram"}) {
      INFO(component);
      CHECK(std::abs(*machine.watts(component) - tick["tracker_w"][component].get<double>()) <
            0.006);  // published with two digits
    }
  }
}

TEST_CASE("The graphics driver's ticks of an idle M1 Ultra give its own spans' watts") {
  const auto data = trace_data();
  if (!data) return;
  const json series = read_json(*data / "m1_ultra_mac13-2_macos27.0_energy_series.json");
  Recorded machine;
  machine.list("GPU Energy", "nJ");
  Duration stamp = machine.now();
  machine.read_at(stamp);
  double energy = 0;
  double span = 0;
  for (const json& row : series["gpu_energy_idle_ticks_19_23"]["rows"]) {
    stamp += of_ms(row[1]);
    machine.publish("GPU Energy", row[0], stamp);
    machine.read_at(stamp + of_ms(row[2]));
    energy += row[0].get<double>();
    span += row[1].get<double>();
    if (span < 50) continue;  // a tail
    CHECK(*machine.watts("gpu") == Approx(energy * 1e-6 / span).margin(1e-9));
    energy = span = 0;
  }
}

TEST_CASE("A loaded M5 Max gives 36.17 W and not the naive sum of 106.68 W") {
  const auto data = trace_data();
  if (!data) return;
  const json series = read_json(*data / "m5_max_mac17-7_macos27.0_energy_series.json");
  const json& watts = series["loaded_batch_watts"];
  const auto channels = inventory(*data / "m5_max_mac17-7_macos27.0_energy_inventory.tsv");
  Recorded machine;
  std::map<std::string, double> watts_of;
  double naive = 0;
  for (const Channel& channel : channels) {
    machine.list(channel.name, channel.unit);
    const EnergyChannel parsed = parse_energy_channel(channel.name);
    double share = 0;
    if (parsed.kind == EnergyKind::cpu_total) share = watts["CPU Energy"];
    if (parsed.kind == EnergyKind::cpu_cluster) {
      share = watts["sum of MCPU0+MCPU1+PCPU clusters"].get<double>() / 3;
    }
    if (parsed.kind == EnergyKind::telemetry) share = watts["300 DTL channels"].get<double>() / 300;
    if (parsed.kind == EnergyKind::cpu_core && channel.name.starts_with("MCPU")) {
      share = watts["12 per-core MCPU channels"].get<double>() / 12;
    }
    if (parsed.kind == EnergyKind::cpu_sram && channel.name.find("CPU") != std::string::npos) {
      share = watts["18 CPU *_SRAM"].get<double>() / 18;
    }
    if (channel.name == "GPU Energy" || channel.name == "GPU0") {
      share = watts["GPU Energy ~ GPU0"];
    }
    watts_of[channel.name] = share;
    if (channel.name.find("CPU") != std::string::npos) naive += share;
  }
  CHECK(naive == Approx(watts["naive substring sum of 334 channels"].get<double>()).epsilon(1e-4));

  Duration stamp = machine.now();
  machine.read_at(stamp);
  bool started = false;
  const auto check = [&] {
    if (!started) return;
    CHECK(*machine.watts("cpu") == Approx(watts["CPU Energy"].get<double>()).epsilon(kOnePercent));
    CHECK(*machine.watts("gpu") ==
          Approx(watts["GPU Energy ~ GPU0"].get<double>()).epsilon(kOnePercent));
  };
  const auto publish = [&](double span) {
    stamp += of_ms(span);
    for (const Channel& channel : channels) {
      const double millijoules = watts_of[channel.name] * span;
      machine.publish(channel.name, millijoules * 1e-3 / joules_per_unit(channel.unit).value(),
                      stamp);
    }
    machine.read_at(stamp + milliseconds(4));
    started = true;
    check();
  };
  double tail = series["split_tail_ms_range"][0];
  for (const json& span : series["publication_spans_ms"]["loaded"]) {
    machine.read_until(stamp + of_ms(span), check);
    publish(span);
    publish(tail);
    if (++tail > series["split_tail_ms_range"][1].get<double>()) tail = 9;
  }
}

TEST_CASE("The fragments of an M5 Max fold their tail and keep rails apart that come later") {
  const auto data = trace_data();
  if (!data) return;
  const json events = read_json(*data / "m5_max_mac17-7_macos27.0_energy_series.json")["events"];
  Recorded machine;
  machine.list("CPU Energy", "mJ");
  machine.list("DRAM0", "mJ");
  const Duration begin = machine.now();
  machine.read_at(begin);
  const double cpu = events[0]["dv_mJ"].get<double>() / events[0]["span_ms"].get<double>();
  Duration stamp = begin + of_ms(events[0]["span_ms"]);
  machine.publish("CPU Energy", events[0]["dv_mJ"], stamp);
  machine.read_at(stamp);
  CHECK(*machine.watts("cpu") == Approx(cpu));
  stamp += of_ms(events[1]["span_ms"]);
  machine.publish("CPU Energy", events[1]["dv_mJ"], stamp);
  machine.read_at(stamp);
  CHECK(*machine.watts("cpu") == Approx(cpu));
  CHECK_FALSE(machine.watts("dram"));
  stamp = begin + of_ms(events[2]["span_ms"]);
  machine.publish("DRAM0", events[2]["dv_mJ"], stamp);
  machine.read_at(stamp);
  CHECK(*machine.watts("dram") ==
        Approx(events[2]["dv_mJ"].get<double>() / events[2]["span_ms"].get<double>()));
}

TEST_CASE("Reports of powermetrics on an M4 give the published average of its engine") {
  const auto data = trace_data();
  if (!data) return;
  const json series = read_json(*data / "m4_mac16-10_macos27.0_powermetrics_ane.json");
  ReportMeter meter;
  double elapsed = 0;
  Duration at = std::chrono::hours(1);
  for (const json& window : series["w8a8_conv_3x3_1024ch_128x128"]) {
    const Duration span = of_ms(window["elapsed_ms"]);
    at += span;
    REQUIRE(meter.feed(window["ane_mw"].get<double>() * 1e-3, span, at));
    elapsed += to_seconds(span);
  }
  CHECK(meter.joules() / elapsed == Approx(3.37).epsilon(kOnePercent));
}
