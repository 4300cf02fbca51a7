// Fault injection: collectors that hang, throw and fall silent, on a clock that the test moves.
#include "daemon/scheduler.h"

#include <functional>
#include <map>
#include <thread>

#include "core/error.h"
#include "core/series_store.h"
#include "tests/catch.h"
#include "tests/manual_clock.h"
#include "tests/recording_log.h"

namespace anemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A device under the test's control.
struct Device {
  Mutex mutex;
  CondVar changed;
  bool hang ANEMON_GUARDED_BY(mutex) = false;
  bool hanging ANEMON_GUARDED_BY(mutex) = false;
  bool fail ANEMON_GUARDED_BY(mutex) = false;
  bool silent ANEMON_GUARDED_BY(mutex) = false;
  int passes ANEMON_GUARDED_BY(mutex) = 0;
  int rebaselined ANEMON_GUARDED_BY(mutex) = 0;
  int opened ANEMON_GUARDED_BY(mutex) = 0;
  int closed ANEMON_GUARDED_BY(mutex) = 0;

  void set(bool Device::*what, bool value) {
    const Lock lock(mutex);
    this->*what = value;
    changed.notify_all();
  }
  int get(int Device::*what) {
    const Lock lock(mutex);
    return this->*what;
  }
};

class DeviceCollector final : public Collector {
 public:
  explicit DeviceCollector(Device& device) : device_(device) {
    const Lock lock(device_.mutex);
    ++device_.opened;
  }
  ~DeviceCollector() override {
    const Lock lock(device_.mutex);
    ++device_.closed;
  }

  void collect(Pass& pass) override {
    const Lock lock(device_.mutex);
    ++device_.passes;
    device_.rebaselined += pass.rebaseline();
    device_.hanging = device_.hang;
    while (device_.hang) device_.changed.wait(device_.mutex);
    device_.hanging = false;
    if (device_.fail) throw Error("the device says no");
    if (!device_.silent) pass.set(series_, device_.passes);
  }

 private:
  Device& device_;
  Series series_{Metric::kTemperature, {"cpu", "test"}};
};

// Real time passes while a thread gets there; nothing is asserted about how long.
void eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + seconds(20);
  while (!condition()) {
    REQUIRE(std::chrono::steady_clock::now() < until);
    std::this_thread::sleep_for(milliseconds(1));
  }
}

struct Fixture {
  test::ManualClock clock;
  test::RecordingLog log;
  Instruments instruments;
  SignalBoard signals;
  SeriesStore store;
  Device blocking, first, second;
  std::vector<CollectorSpec> specs = {{"blocking", true, seconds(1), true, 4, ""},
                                      {"first", true, seconds(1), false, 4, ""},
                                      {"second", true, seconds(1), false, 4, ""}};
  std::vector<std::unique_ptr<CollectorRunner>> runners;
  std::map<std::string, Config::Collector, std::less<>> settings;
  std::unique_ptr<Scheduler> scheduler;

  Fixture() {
    Device* devices[] = {&blocking, &first, &second};
    std::vector<CollectorRunner*> table;
    for (size_t i = 0; i < specs.size(); ++i) {
      Device* device = devices[i];
      auto& group = store.add_group(std::string(specs[i].name), seconds(1), 4);
      runners.push_back(std::make_unique<CollectorRunner>(
          specs[i], [device] { return std::make_unique<DeviceCollector>(*device); }, group, signals,
          instruments, clock, log));
      table.push_back(runners.back().get());
      settings[std::string(specs[i].name)] = {true, seconds(1), 4};
    }
    scheduler = std::make_unique<Scheduler>(table, instruments, clock, log);
  }

  ~Fixture() {
    blocking.set(&Device::hang, false);
    first.set(&Device::hang, false);
    scheduler->stop(seconds(20));
  }

  void start() {
    scheduler->apply(settings);
    await_passes(1);
  }

  // Until the passes are over: a clock that moves during one would make it late.
  void await_passes(int passes) {
    eventually([&] { return blocking.get(&Device::passes) >= passes; });
    eventually([&] { return !runners[0]->running(); });
    await_shared_passes(passes);
  }
  void await_shared_passes(int passes) {
    for (Device* device : {&first, &second}) {
      eventually([&] { return device->get(&Device::passes) >= passes; });
    }
    for (size_t i : {1, 2}) eventually([&] { return !runners[i]->running(); });
  }

  // The next pass of the blocking collector hangs until the test lets it go.
  void hang() {
    blocking.set(&Device::hang, true);
    clock.advance(seconds(1));
    eventually([&] {
      const Lock lock(blocking.mutex);
      return blocking.hanging;
    });
  }

  void tick(int passes) {
    clock.advance(seconds(1));
    await_passes(passes);
  }
};

}  // namespace

TEST_CASE("collectors pass at once and then at every period") {
  Fixture fixture;
  fixture.start();
  REQUIRE(fixture.scheduler->stale_collectors(fixture.clock.now()).empty());
  for (int passes = 2; passes <= 5; ++passes) fixture.tick(passes);
  for (const auto& runner : fixture.runners) {
    REQUIRE(runner->counts().runs == 5);
    REQUIRE(runner->counts().missed_ticks == 0);
    REQUIRE(runner->counts().failures == 0);
  }
  REQUIRE(fixture.first.get(&Device::rebaselined) == 1);
}

TEST_CASE("a hung collector ages only its own series and is never started twice") {
  Fixture fixture;
  fixture.start();
  fixture.hang();
  for (int passes = 2; passes < 10; ++passes) {
    fixture.await_shared_passes(passes);
    fixture.clock.advance(seconds(1));
  }
  CollectorRunner& hung = *fixture.runners[0];
  eventually([&] { return hung.stuck(); });
  // The flag comes first, the line after it.
  eventually([&] { return fixture.log.count("collector hangs in its device") > 0; });
  REQUIRE(fixture.blocking.get(&Device::passes) == 2);
  eventually([&] {
    return fixture.scheduler->stale_collectors(fixture.clock.now()) ==
           std::vector<std::string>{"blocking"};
  });
  REQUIRE_FALSE(hung.group().newest_pass(fixture.clock.now()).has_value());

  // A reload leaves it alone.
  fixture.settings["blocking"].period = seconds(2);
  fixture.scheduler->apply(fixture.settings);
  REQUIRE(fixture.blocking.get(&Device::opened) == 1);

  // Back again: one pass, the ticks in between counted as missed.
  fixture.blocking.set(&Device::hang, false);
  eventually([&] { return !hung.running(); });
  eventually([&] { return hung.counts().missed_ticks > 0; });
  eventually([&] {
    fixture.clock.advance(seconds(1));
    return !hung.stuck();
  });
  eventually([&] { return fixture.log.count("collector returned from its device") > 0; });
  REQUIRE(fixture.log.count("collector hangs in its device") == 1);
  REQUIRE(fixture.log.count("collector returned from its device") == 1);
  REQUIRE(fixture.blocking.get(&Device::opened) == 1);
}

TEST_CASE("shutting down does not wait for a collector that hangs") {
  // Never destroyed, as in the daemon: what an abandoned thread uses lives until the process ends.
  static auto& fixture = *new Fixture;
  fixture.start();
  fixture.hang();
  REQUIRE(fixture.scheduler->stop(milliseconds(50)) == std::vector<std::string>{"blocking"});
  fixture.blocking.set(&Device::hang, false);
  eventually([&] { return !fixture.runners[0]->running(); });
}

TEST_CASE("a failing collector is counted at every pass and logged on change only") {
  Fixture fixture;
  fixture.start();
  fixture.first.set(&Device::fail, true);
  for (int passes = 2; passes <= 4; ++passes) fixture.tick(passes);
  REQUIRE(fixture.runners[1]->counts().failures == 3);
  REQUIRE(fixture.runners[1]->last_error() == "the device says no");
  REQUIRE(fixture.log.count("collector fails") == 1);
  REQUIRE(fixture.runners[2]->counts().failures == 0);

  fixture.first.set(&Device::fail, false);
  fixture.tick(5);
  REQUIRE(fixture.log.count("collector recovered") == 1);
  REQUIRE(fixture.runners[1]->last_error().empty());
  REQUIRE(fixture.first.get(&Device::rebaselined) == 1);  // a failed pass or two are bridged
}

TEST_CASE("a collector that fails or is disabled has stale signals until its next good pass") {
  Fixture fixture;
  fixture.signals.report(Metric::kTemperature, "cpu", "test", SignalState::live, "",
                         Provenance::measured, {}, "first");
  const auto reason = [&] { return fixture.signals.signals()[0].reason; };
  fixture.start();
  fixture.first.set(&Device::fail, true);
  fixture.tick(2);
  REQUIRE(fixture.signals.signals()[0].state == SignalState::stale);
  REQUIRE(reason() == "collector fails");
  fixture.first.set(&Device::fail, false);
  fixture.tick(3);
  REQUIRE(fixture.signals.signals()[0].state == SignalState::live);

  const uint64_t version = fixture.signals.version();
  fixture.tick(4);
  REQUIRE(fixture.signals.version() == version);  // a good pass leaves the board alone

  fixture.settings["first"].enabled = false;
  fixture.scheduler->apply(fixture.settings);
  REQUIRE(reason() == "collector is disabled");
  REQUIRE(fixture.first.get(&Device::closed) == 1);
  REQUIRE(fixture.second.get(&Device::closed) == 0);
  const int passes = fixture.first.get(&Device::passes);
  fixture.settings["first"].enabled = true;
  fixture.scheduler->apply(fixture.settings);
  eventually([&] { return fixture.first.get(&Device::passes) > passes; });
  eventually([&] { return fixture.signals.signals()[0].state == SignalState::live; });
}

TEST_CASE("a collector that returns nothing has failed") {
  Fixture fixture;
  fixture.start();
  fixture.first.set(&Device::silent, true);
  fixture.tick(2);
  fixture.tick(3);
  REQUIRE(fixture.runners[1]->counts().failures == 2);
  REQUIRE(fixture.log.count("collector fails") == 1);
}

TEST_CASE("a collector that was told to stop while it hung samples again after a reload") {
  Fixture fixture;
  fixture.start();
  fixture.hang();
  fixture.settings["blocking"].period = seconds(2);
  fixture.scheduler->apply(fixture.settings);  // its thread is told to stop, and does not
  fixture.settings["blocking"].period = seconds(1);
  fixture.blocking.set(&Device::hang, false);
  eventually([&] { return !fixture.runners[0]->running(); });
  fixture.scheduler->apply(fixture.settings);  // as before: but that thread has ended
  const int passes = fixture.blocking.get(&Device::passes);
  eventually([&] { return !fixture.runners[0]->running(); });
  fixture.clock.advance(seconds(1));
  eventually([&] { return fixture.blocking.get(&Device::passes) > passes; });
}

TEST_CASE("the first pass after sleep is a new baseline") {
  Fixture fixture;
  fixture.start();
  fixture.tick(2);
  REQUIRE(fixture.first.get(&Device::rebaselined) == 1);
  fixture.clock.sleep(std::chrono::hours(8));
  fixture.tick(3);
  REQUIRE(fixture.first.get(&Device::rebaselined) == 2);
  REQUIRE(fixture.runners[1]->counts().missed_ticks == 0);  // sleep is no missed tick
  fixture.tick(4);
  REQUIRE(fixture.first.get(&Device::rebaselined) == 2);
}

TEST_CASE("a stall is missed ticks, never a burst") {
  Fixture fixture;
  fixture.start();
  fixture.clock.advance(milliseconds(10'500));  // ticks 1 to 10 were due
  fixture.await_passes(2);
  eventually([&] { return fixture.runners[1]->counts().missed_ticks == 9; });
  REQUIRE(fixture.runners[1]->counts().runs == 2);
  fixture.clock.advance(milliseconds(500));
  fixture.await_passes(3);
  REQUIRE(fixture.runners[1]->counts().runs == 3);
}

TEST_CASE("a reload moves, stops and starts collectors and keeps the others running") {
  Fixture fixture;
  fixture.start();
  fixture.settings["second"].enabled = false;
  fixture.settings["blocking"].period = seconds(10);
  fixture.scheduler->apply(fixture.settings);
  eventually([&] { return fixture.blocking.get(&Device::passes) == 2; });  // the new thread's first
  const int second_passes = fixture.second.get(&Device::passes);
  const int first_passes = fixture.first.get(&Device::passes);
  for (const auto& runner : fixture.runners) eventually([&] { return !runner->running(); });
  fixture.clock.advance(seconds(1));
  eventually([&] { return fixture.first.get(&Device::passes) > first_passes; });
  REQUIRE(fixture.second.get(&Device::passes) == second_passes);
  REQUIRE(fixture.blocking.get(&Device::passes) == 2);
  REQUIRE(fixture.runners[0]->group().period() == seconds(10));
  REQUIRE(fixture.scheduler->stale_collectors(fixture.clock.now()).empty());

  fixture.settings["second"].enabled = true;
  fixture.scheduler->apply(fixture.settings);
  eventually([&] { return fixture.second.get(&Device::passes) > second_passes; });
  for (Device* device : {&fixture.blocking, &fixture.first, &fixture.second}) {
    const bool was_disabled = device == &fixture.second;
    REQUIRE(device->get(&Device::opened) == (was_disabled ? 2 : 1));
  }
}

}  // namespace anemon
