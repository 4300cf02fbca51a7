// The whole path on a machine that is told from a recording: collectors over the live devices and
// over the replayed ones must come to the same readings and states.
#include <set>
#include <string>

#include "collectors/ane.h"
#include "collectors/energy.h"
#include "collectors/frequency.h"
#include "collectors/thermal.h"
#include "platform/replay_devices.h"
#include "tests/catch.h"
#include "tests/fake_darwin/clean_mac.h"
#include "tests/fake_darwin/trace_feed.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using namespace anemon::fake;
using anemon::test::CleanMac;
using anemon::test::CollectorRun;

namespace {

// Thermal pressure is left out where the recording has none: a running macOS always tells it.
std::set<std::string> readings(const CollectorRun& run, bool pressure) {
  std::set<std::string> lines;
  for_each_current(run.store, run.clock.now(),
                   [&](auto&, const auto& entry, Instant, double value) {
                     lines.insert(entry.description->exposition_name + std::to_string(value));
                   });
  for (const Signal& signal : run.signals.signals()) {
    lines.insert(signal.component + " by " + signal.source + " is " +
                 std::string(to_string(signal.state)) + ": " + signal.reason);
  }
  // Whether there is no client or no sensor makes no difference here.
  std::erase_if(lines,
                [](const std::string& line) { return line.starts_with(" by hid is absent"); });
  if (!pressure) {
    std::erase_if(lines, [](const std::string& line) {
      return line.find("by notify") != line.npos || line.starts_with("anemon_thermal_pressure");
    });
  }
  return lines;
}

size_t compare(const std::filesystem::path& trace, CollectorRun::Factory factory) {
  CleanMac mac;
  TracePlayer player(trace);
  if (player.contents().powermetrics) return 0;  // a child process, none of the frameworks
  feed(*mac, player.header().machine);
  const auto recorded_devices = open_replay_devices(player);
  const auto live_devices = open_apple_devices();
  CollectorRun live(factory), recorded(factory);
  live.apple = live_devices.get();
  recorded.apple = recorded_devices.get();
  const Duration start = player.first() + std::chrono::seconds(1);
  for (CollectorRun* run : {&live, &recorded}) {
    run->clock.advance(start - run->clock.now().awake - std::chrono::seconds(1));
  }
  size_t most = 0;
  constexpr int kPasses = 60;
  for (int i = 0; i < kPasses && !player.ended(); ++i) {
    const Duration now = live.clock.now().awake + std::chrono::seconds(1);
    CAPTURE(now.count());
    player.advance(now);
    if (player.ended()) break;
    player.look([&](const TraceState& state) { feed(*mac, state); });
    live.collect();
    recorded.collect();
    const bool pressure = player.contents().thermal_pressure;
    REQUIRE(readings(live, pressure) == readings(recorded, pressure));
    most = std::max(most, live.current_series());
  }
  return most;
}

}  // namespace

TEST_CASE("Collectors read of the live devices what they read of a recording") {
  size_t most = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TRACE_FIXTURES)) {
    if (entry.path().extension() != ".jsonl") continue;
    CAPTURE(entry.path());
    for (const auto factory : {make_energy, make_frequency, make_ane, make_thermal}) {
      most = std::max(most, compare(entry.path(), factory));
    }
  }
  REQUIRE(most > 5);
}
