// Every source on a thread of its own, as the daemon has them: a driver that hangs holds up its own
// source only, and none of them shares anything.
#include <array>
#include <atomic>
#include <functional>
#include <thread>
#include <utility>

#include "core/error.h"
#include "core/worker.h"
#include "platform/ane_registry.h"
#include "platform/hid_temperatures.h"
#include "platform/ioreport.h"
#include "platform/smc.h"
#include "tests/catch.h"
#include "tests/fake_darwin/clean_mac.h"
#include "tests/fake_darwin/simulated_time.h"

using namespace anemon;
using namespace anemon::fake;
using anemon::test::CleanMac;

namespace {

void furnish(FakeMac& mac) {
  const auto state = mac.edit();
  for (const char* name : {"ANE0", "CPU Energy"}) {
    state->channels.push_back({"Energy Model", "", name, "mJ", 1, {}, {0}});
  }
  state->smc["TCMb"] = {"flt ", {0, 0, 0, 0x42}};
  state->hid.push_back({"ANE MTR Temp Sensor1", 40});
  state->registry = {{"H11ANEIn", "H11ANE", {}, {}, {}},
                     {"AppleSMC", "AppleSMCKeysEndpoint", {}, {}, {}}};
}

struct Source {
  Hang place;
  void (*pass)();  // opens the source and reads it once
};

void pass_ioreport() {
  const ChannelSelection wanted{"Energy Model", false, nullptr};
  open_ioreport({&wanted, 1})->sample();
}

void read_keys(Smc& smc) {
  SmcValue value;
  for (size_t key = 0; key < smc.keys().size(); ++key) smc.read(key, value);
}

void pass_smc() { read_keys(*open_smc()); }

void pass_hid() {
  std::vector<HidTemperature> temperatures;
  open_hid_temperatures()->read(temperatures);
}

void pass_registry() {
  AneState state;
  open_ane_registry()->read(state);
}

// The registry is last: finding the controller's service goes through it.
constexpr std::array kSources = {
    Source{Hang::ioreport_sample, pass_ioreport}, Source{Hang::hid_services, pass_hid},
    Source{Hang::smc_call, pass_smc}, Source{Hang::registry, pass_registry}};

}  // namespace

TEST_CASE("A driver that hangs holds up its own source only") {
  for (const Source& source : kSources) {
    CAPTURE(static_cast<int>(source.place));
    CleanMac mac;
    furnish(*mac);
    mac->hang(source.place);
    std::atomic<bool> done{false};
    {
      Worker hung("hung", [&](const StopFlag&) {
        source.pass();
        done = true;
      });
      mac->await_hanging();
      for (const Source& other : kSources) {
        const bool same = other.place == source.place;
        const bool through_registry =
            source.place == Hang::registry && other.place == Hang::smc_call;
        if (!same && !through_registry) other.pass();
      }
      REQUIRE_FALSE(done);
      mac->release();
    }
    REQUIRE(done);
  }
}

TEST_CASE("Sources on threads of their own share nothing, while the machine changes") {
  CleanMac mac;
  furnish(*mac);
  std::atomic<uint64_t> wrong{0};
  std::atomic<int> running{4};
  const auto sampling = [&](const std::function<void()>& body) {
    return [&, body](const StopFlag& stop) {
      bool first = true;
      while (!stop.requested()) {
        body();
        if (std::exchange(first, false)) --running;
      }
    };
  };
  {
    const ChannelSelection wanted{"Energy Model", false, nullptr};
    auto report = open_ioreport({&wanted, 1});
    const auto smc = open_smc();
    const auto hid = open_hid_temperatures();
    const auto registry = open_ane_registry();
    std::vector<HidTemperature> temperatures;
    AneState state;
    Worker first("ioreport", sampling([&] {
                   try {
                     for (const ChannelValue& value : report->sample().values) {
                       if (value.stamp && *value.stamp > std::chrono::hours(48)) ++wrong;
                     }
                   } catch (const Error&) {
                     report = open_ioreport({&wanted, 1});
                   }
                 }));
    Worker second("smc", sampling([&] { read_keys(*smc); }));
    Worker third("hid", sampling([&] { hid->read(temperatures); }));
    Worker fourth("registry", sampling([&] { registry->read(state); }));
    while (running > 0) std::this_thread::yield();
    for (int second_passed = 0; second_passed < test::kSimulatedSeconds; ++second_passed) {
      mac->pass_time(std::chrono::seconds(1));
      const auto machine = mac->edit();
      machine->channels[0].stamp = machine->absolute_ticks;
      machine->channels[0].values[0] += 5;
      machine->extra_channels = second_passed % 60 == 0 ? 1 : 0;
      machine->hid[0].answers = second_passed % 7 != 0;
      machine->smc_gone = second_passed % 90 == 0;
      machine->registry[0].children.resize(static_cast<size_t>(second_passed % 3));
    }
  }
  REQUIRE(wrong == 0);
}
