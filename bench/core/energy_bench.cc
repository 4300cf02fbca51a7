// What decoding Apple's energy counters costs: a machine that lists as many channels as an M5 Max
// does, of which those that make rails are kept.
#include <benchmark/benchmark.h>

#include <array>
#include <utility>
#include <vector>

#include "bench/core/counted_allocations.h"
#include "collectors/apple/energy.h"
#include "core/series_store.h"
#include "core/signal_board.h"
#include "tests/recording_log.h"
#include "tests/scripted_apple_devices.h"

namespace anemon::bench {
namespace {

constexpr int kListed = 4606;  // what an M5 Max lists under PMP0 alone

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
  machine.state("PMP0", "DCS Floor", "ANE-DCS-BW", {"F1", "F2", "F3", "F4"});
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
    for (test::ScriptedChannel& listed : machine.channels) {
      if (is_energy_counter(listed.channel)) counters_.push_back(&listed);
      if (is_energy_counter(listed.channel) || is_ane_floor(listed.channel)) ++kept;
      if (listed.channel.name == "GPU Energy") graphics_ = &listed;
    }
  }

  Instant move() {
    now_.awake += std::chrono::milliseconds(100);
    now_.wall += std::chrono::milliseconds(100);
    machine.now = now_.awake;
    if (++steps_ % 20 == 0) {
      for (test::ScriptedChannel* counter : counters_) publish(*counter);
    } else {
      publish(*graphics_);
    }
    return now_;
  }

  test::ScriptedMachine machine;
  test::ScriptedAppleDevices devices{machine};
  size_t kept = 0;

 private:
  // Clusters are parts of the processor's total.
  void publish(test::ScriptedChannel& counter) const {
    const bool part = parse_energy_channel(counter.channel.name).component.empty();
    *counter.value += part ? 300 : 1000;
    counter.stamp = now_.awake;
  }

  Instant now_ = SystemClock().now();
  std::vector<test::ScriptedChannel*> counters_;
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
  for (auto _ : state) {
    machine.move();
    const IoReportSample& sample = ioreport->sample();
    for (const ChannelValue& value : sample.values) {
      meters[static_cast<size_t>(meter_of_channel[value.channel])].feed(value.value, value.stamp,
                                                                        sample.at);
    }
    benchmark::DoNotOptimize(meters.data());
  }
  const auto samples = static_cast<double>(state.iterations());
  state.counters["allocations_per_sample"] = static_cast<double>(allocations() - before) / samples;
  state.counters["seconds_per_channel"] =
      benchmark::Counter(samples * static_cast<double>(meters.size()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(decode_sample);

// A whole pass of the collector: decoding, judging, and every series and signal set.
void energy_pass(benchmark::State& state) {
  Machine machine;
  test::RecordingLog log;
  const SystemClock clock;
  SeriesStore store;
  SeriesGroup& group = store.add_group("energy", std::chrono::milliseconds(100), 128);
  SignalBoard signals;
  Pass pass(group, signals);
  AppleEnergyCollector collector(machine.devices, clock, log, PowermetricsMode::off);
  bool first = true;
  const auto run = [&] {
    const Instant now = machine.move();
    pass.begin(now, std::exchange(first, false));
    collector.collect(pass);
    group.commit(now);
  };
  for (int i = 0; i < 200; ++i) run();
  const uint64_t before = allocations();
  for (auto _ : state) run();
  const auto passes = static_cast<double>(state.iterations());
  state.counters["allocations_per_pass"] = static_cast<double>(allocations() - before) / passes;
  state.counters["seconds_per_pass"] =
      benchmark::Counter(passes, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["kept_channels"] = static_cast<double>(machine.kept);
}
BENCHMARK(energy_pass);

}  // namespace
}  // namespace anemon::bench
