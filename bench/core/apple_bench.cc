// What decoding Apple's channels costs: a machine that lists as many of them as an M5 Max does, of
// which the collectors keep what they need. The devices are scripted: what a real driver's call
// costs is not in it.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/core/counted_allocations.h"
#include "collectors/ane.h"
#include "collectors/apple/energy_channels.h"
#include "collectors/apple/publication_meter.h"
#include "collectors/energy.h"
#include "collectors/frequency.h"
#include "collectors/thermal.h"
#include "core/series_store.h"
#include "core/signal_board.h"
#include "tests/recording_log.h"
#include "tests/scripted_apple_devices.h"

namespace anemon::bench {
namespace {

constexpr int kListed = 4606;  // what an M5 Max lists under PMP0 alone

std::vector<std::string> levels(std::vector<std::string> idle, int count) {
  for (int i = 0; i < count; ++i) {
    idle.push_back("V" + std::to_string(i) + "P" + std::to_string(count - 1 - i));
  }
  return idle;
}

std::vector<std::string> bandwidths(int count) {
  std::vector<std::string> bins;
  for (int i = 1; i <= count; ++i) bins.push_back(std::to_string(i) + "GB/s");
  return bins;
}

// Three clusters of six cores, the graphics processor, the Neural Engine's floors, links and
// triggers.
void list_states(test::ScriptedMachine& machine) {
  const std::string clusters = "CPU Complex Performance States";
  const std::string cores = "CPU Core Performance States";
  const std::vector<std::string> states = levels({"DOWN", "IDLE"}, 20);
  for (const std::string cluster : {"PCPU", "MCPU0", "MCPU1"}) {
    machine.state("CPU Stats", clusters, cluster, states);
    for (int core = 0; core < 6; ++core) {
      machine.state("CPU Stats", cores, cluster + std::to_string(core), states);
    }
  }
  std::vector<std::string> graphics = {"OFF"};
  for (int i = 1; i <= 15; ++i) graphics.push_back("P" + std::to_string(i));
  machine.state("GPU Stats", "GPU Performance States", "GPUPH", graphics);
  machine.state("PMP0", "DCS Floor", "ANE-DCS-BW", {"F1", "F2", "F3", "F4"});
  for (const char* link : {"ANE-LNK0-AF-BW", "ANE-LNK1-AF-BW"}) {
    machine.state("PMP0", "SOC Floor", link, {"VMIN", "VNOM", "VMAX"});
  }
  for (const char* path : {"AF BW", "DCS BW"}) {
    for (const char* way : {"ANE L0 RD", "ANE L0 WR", "ANE L1 RD", "ANE L1 WR"}) {
      machine.state("PMP0", path, way, bandwidths(32));
    }
  }
  machine.state("ANE", "IOP State", "status", {"Running", "Off"});
  for (const char* trigger : {"SW", "HW", "ADCLK", "DITHER", "PPT"}) {
    const std::string name = std::string("ANE_THROTTLE_") + trigger + "_TRIG";
    machine.state("SoC Stats", "Events", name, {"INACT", "ACT"});
  }
}

void list_sensors(test::ScriptedMachine& machine) {
  for (const std::string prefix : {"Tp", "Ts", "Tg", "Tm", "TC"}) {
    for (int i = 10; i < 40; ++i) machine.set_smc(prefix + std::to_string(i), 45.0F);
  }
  for (const char* name : {"TCMb", "TCMz", "PSTR", "PDTR", "PP0b", "F0Ac", "F1Ac"}) {
    machine.set_smc(name, 50.0F);
  }
  machine.temperatures.emplace();
  for (int i = 1; i <= 30; ++i) {
    machine.temperatures->push_back({"PMU tdie" + std::to_string(i), 45.0});
  }
  machine.thermal_pressure = 0;
  machine.ane.emplace();
  machine.ane->power_state = machine.ane->max_power_state = 1;
  machine.ane->clients = {{512, "aned"}, {513, "whisper"}};
}

ClockTable clock_table(const std::string& key, uint32_t first, uint32_t step, int count) {
  ClockTable table{key, {}};
  for (int i = 0; i < count; ++i) {
    table.entries.emplace_back(first + step * static_cast<uint32_t>(i), 700);
  }
  return table;
}

void list_channels(test::ScriptedMachine& machine) {
  const auto counter = [&](const std::string& name) {
    machine.channels.push_back(
        {{"Energy Model", "", name, name == "GPU Energy" ? "nJ" : "mJ", ChannelFormat::simple, {}},
         1'000'000,
         machine.now,
         {}});
  };
  for (const char* name : {"CPU Energy",
                           "MCPU0",
                           "MCPU1",
                           "PCPU",
                           "GPU0",
                           "GPU Energy",
                           "AFR0",
                           "ANE0",
                           "ISP0",
                           "AVE0",
                           "MSR0",
                           "AMCC0",
                           "DCS0",
                           "DRAM0",
                           "DISP0",
                           "DISPEXT0",
                           "FAB0",
                           "PCIe Port 0 Energy",
                           "PCIe Port 1 Energy",
                           "apciec0 Energy",
                           "apciec1 Energy",
                           "apciec2 Energy"}) {
    counter(name);
  }
  for (int core = 0; core < 6; ++core) counter("MCPU0_" + std::to_string(core));
  for (int level = 10; level < 99; ++level) counter("PCPUDTL" + std::to_string(level));
  list_states(machine);
  for (int i = static_cast<int>(machine.channels.size()); i < kListed; ++i) {
    machine.channels.push_back({{"PMP0",
                                 "AF BW",
                                 "REQUESTOR" + std::to_string(i) + " RD",
                                 "events",
                                 ChannelFormat::state,
                                 {"1GB/s", "2GB/s"}},
                                std::nullopt,
                                machine.now,
                                {0, 0}});
  }
}

// Calls `pass` for every 100 ms of a machine whose power manager publishes each two seconds and
// whose graphics driver does each time.
class Machine {
 public:
  Machine() {
    machine.facts.chip = "Apple M5 Max";
    machine.now = now_.awake;
    list_channels(machine);
    list_sensors(machine);
    for (const char* key :
         {"voltage-states22-sram", "voltage-states23-sram", "voltage-states5-sram"}) {
      machine.clocks.tables.push_back(clock_table(key, 1'000'000, 150'000, 20));
    }
    machine.clocks.tables.push_back(clock_table("voltage-states8", 732'000'000, 248'000'000, 8));
    machine.clocks.tables.push_back(clock_table("voltage-states9", 338'000'000, 80'000'000, 16));
    std::sort(machine.clocks.tables.begin(), machine.clocks.tables.end(),
              [](const ClockTable& a, const ClockTable& b) { return a.key < b.key; });
    for (test::ScriptedChannel& listed : machine.channels) {
      if (is_energy_counter(listed.channel)) counters_.push_back(&listed);
      if (listed.channel.name == "GPU Energy") graphics_ = &listed;
      const bool idle = listed.parts.empty() || listed.channel.name.starts_with("REQUESTOR");
      if (!idle) states_.push_back(&listed);
    }
  }

  Instant move() {
    now_.awake += std::chrono::milliseconds(100);
    now_.wall += std::chrono::milliseconds(100);
    machine.now = now_.awake;
    for (test::ScriptedChannel* state : states_) {
      // Links count samples, all others 24 MHz ticks.
      const bool link = state->channel.subgroup.ends_with(" BW");
      state->parts[static_cast<size_t>(steps_) % state->parts.size()] += link ? 478 : 2'400'000;
      state->stamp = now_.awake;
    }
    if (++steps_ % 20 == 0) {
      for (test::ScriptedChannel* counter : counters_) publish(*counter);
    } else {
      publish(*graphics_);
    }
    return now_;
  }

  Instant at() const { return now_; }

  test::ScriptedMachine machine;
  test::ScriptedAppleDevices devices{machine};

 private:
  // Clusters are parts of the processor's total.
  void publish(test::ScriptedChannel& counter) const {
    const bool part = parse_energy_channel(counter.channel.name).component.empty();
    *counter.value += part ? 300 : 1000;
    counter.stamp = now_.awake;
  }

  Instant now_ = SystemClock().now();
  std::vector<test::ScriptedChannel*> counters_, states_;
  test::ScriptedChannel* graphics_ = nullptr;
  int steps_ = 0;
};

// A sample into the meters of its channels.
void decode_sample(benchmark::State& state) {
  Machine machine;
  constexpr std::array kSelection = {ChannelSelection{"Energy Model", false, is_energy_counter}};
  const auto ioreport = machine.devices.open_ioreport(kSelection);
  std::vector<PublicationMeter> meters;
  std::vector<int32_t> meter_of_channel;
  for (const Channel& channel : ioreport->channels()) {
    meter_of_channel.push_back(static_cast<int32_t>(meters.size()));
    meters.emplace_back(joules_per_unit(channel.unit).value());
  }
  const uint64_t before = allocations();
  std::chrono::nanoseconds spent{};
  for (auto _ : state) {
    machine.move();
    const IoReportSample& sample = ioreport->sample();
    const auto began = std::chrono::steady_clock::now();
    for (const ChannelValue& value : sample.values) {
      meters[static_cast<size_t>(meter_of_channel[value.channel])].feed(value.value, value.stamp,
                                                                        sample.at);
    }
    benchmark::DoNotOptimize(meters.data());
    spent += std::chrono::steady_clock::now() - began;
  }
  const auto samples = static_cast<double>(state.iterations());
  state.counters["allocations_per_sample"] = static_cast<double>(allocations() - before) / samples;
  state.counters["seconds_per_channel"] =
      std::chrono::duration<double>(spent).count() / samples / static_cast<double>(meters.size());
}
BENCHMARK(decode_sample);

// Whole passes of every collector that reads Apple's devices: decoding, judging, and each series
// and signal set.
void apple_passes(benchmark::State& state) {
  struct Run {
    std::unique_ptr<Collector> collector;
    SeriesGroup& group;
    Pass pass;
  };
  Machine machine;
  test::RecordingLog log;
  const SystemClock clock;
  const HostRoot root;
  SeriesStore store;
  SignalBoard signals;
  Published<TaskSelection> selection;
  InferenceQueue inferences;
  Instruments instruments;
  const CollectorContext context{
      root, &machine.devices,     store, selection, inferences, instruments, clock,
      log,  PowermetricsMode::off};
  std::vector<Run> runs;
  const auto add = [&](const char* name, auto make) {
    SeriesGroup& group = store.add_group(name, std::chrono::milliseconds(100), 512);
    runs.push_back({make(context), group, Pass(group, signals)});
  };
  add("energy", make_energy);
  add("frequency", make_frequency);
  add("ane", make_ane);
  add("thermal", make_thermal);
  bool first = true;
  std::chrono::nanoseconds spent{};
  const auto pass_all = [&] {
    const Instant now = machine.move();
    const auto began = std::chrono::steady_clock::now();
    for (Run& run : runs) {
      run.pass.begin(now, first);
      run.collector->collect(run.pass);
      run.group.commit(now);
    }
    first = false;
    spent += std::chrono::steady_clock::now() - began;
  };
  for (int i = 0; i < 200; ++i) pass_all();
  size_t series = 0;
  for_each_current(store, machine.at(), [&](auto&, const auto&, Instant, double) { ++series; });
  const uint64_t before = allocations();
  spent = {};
  for (auto _ : state) {
    pass_all();
  }
  const auto passes = static_cast<double>(state.iterations());
  state.counters["allocations_per_pass"] = static_cast<double>(allocations() - before) / passes;
  state.counters["seconds_per_pass"] = std::chrono::duration<double>(spent).count() / passes;
  state.counters["series"] = static_cast<double>(series);
}
BENCHMARK(apple_passes);

}  // namespace
}  // namespace anemon::bench
