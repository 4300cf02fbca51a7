// One recording, told twice: by the replay devices, and by Apple's frameworks faked from it to the
// live devices. Both must say the same of every moment.
#include "platform/replay_devices.h"
#include "tests/catch.h"
#include "tests/fake_darwin/clean_mac.h"
#include "tests/fake_darwin/trace_feed.h"
#include "tests/scratch_directory.h"

using namespace anemon;
using namespace anemon::fake;
using anemon::test::CleanMac;

namespace {

// Times are whole ticks. Channels change, pause and go on; a key stops answering; clients come.
constexpr std::string_view kTrace =
    R"({"format":"anemon-trace/1","machine":{"chip":"Apple M5 Max","model":"Mac17,7"}}
{"channels":[{"i":0,"group":"Energy Model","subgroup":"","name":"ANE0","unit":"mJ","format":"simple"},{"i":1,"group":"PMP0","subgroup":"DCS Floor","name":"ANE-DCS-BW","unit":"24Mticks","format":"state","states":["F1","F2"]},{"i":2,"group":"PMP0","subgroup":"AF BW","name":"ANE L0 RD","unit":"","format":"histogram","states":["1GB/s","2GB/s","3GB/s"]},{"i":3,"group":"AMC Stats","subgroup":"Perf Counters","name":"ANE DCS RD","unit":"B","format":"simple"},{"i":4,"group":"Energy Model","subgroup":"","name":"GPU Energy","unit":"nJ","format":"simple"}]}
{"t":1000000000,"source":"ioreport","refused":["AMC Stats"]}
{"t":1000000000,"source":"ioreport","values":[[0,123456,990000000],[1,[24000000,120],1000000000],[2,[1,2,3],null]]}
{"t":1000000000,"source":"smc","keys":{"TCMb":["flt ","0050e641"],"FNum":["ui8 ","02"]}}
{"t":1000000000,"source":"hid","celsius":{"ANE MTR Temp Sensor1":41.25,"PMU tdie1":38.5}}
{"t":1000000000,"source":"pmgr","tables":{"voltage-states8":[[432000000,593],[492000000,610]]}}
{"t":1000000000,"source":"registry","ane":{"power_state":1,"max_power_state":1,"clients":[{"pid":512,"name":"aned"}]}}
{"t":1000000000,"source":"thermal_pressure","level":1}
{"t":2000000000,"source":"ioreport","values":[[0,123999,1995000000],[4,77,2000000000]]}
{"t":2000000000,"source":"smc","keys":{"TCMb":["flt ","0000f041"]}}
{"t":2000000000,"source":"hid","celsius":{"PMU tdie1":39.5}}
{"t":2000000000,"source":"registry","ane":{"power_state":0,"max_power_state":1,"clients":[{"pid":512,"name":"aned"},{"pid":900,"name":"python3.12"}]}}
{"t":2000000000,"source":"thermal_pressure","level":2}
{"t":3000000000,"source":"ioreport","values":[[1,[24000000,24000120],3000000000]]}
)";

// Every channel there is.
std::unique_ptr<IoReport> open_all(AppleDevices& devices, const TraceState& state) {
  std::vector<ChannelSelection> wanted;
  for (const auto& known : state.channels) wanted.push_back({known.channel.group, false, nullptr});
  return devices.open_ioreport(wanted);
}

// What a source says of its channels, by their names.
std::vector<std::string> told(const std::unique_ptr<IoReport>& opened) {
  std::vector<std::string> lines;
  if (opened == nullptr) return lines;
  IoReport& report = *opened;
  for (const ChannelValue& value : report.sample().values) {
    const Channel& channel = report.channels()[value.channel];
    std::string line = channel.group + "/" + channel.subgroup + "/" + channel.name + " " +
                       channel.unit + " " + std::to_string(value.value) + " at " +
                       (value.stamp ? std::to_string(value.stamp->count()) : "?");
    for (const std::string& state : channel.states) line += " " + state;
    for (const int64_t part : value.parts) line += " " + std::to_string(part);
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> told(const std::unique_ptr<Smc>& opened) {
  std::vector<std::string> lines;
  if (opened == nullptr) return lines;
  Smc& smc = *opened;
  for (size_t key = 0; key < smc.keys().size(); ++key) {
    if (smc.keys()[key].name == "#KEY") continue;  // counts the keys; no recording needs it
    SmcValue value;
    std::string line = smc.keys()[key].name + smc.keys()[key].type;
    line += " " + std::to_string(static_cast<int>(smc.read(key, value)));
    for (const uint8_t byte : value.view()) line += " " + std::to_string(byte);
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());  // a recording has them as they came
  return lines;
}

// Both at one moment, opened anew: a recording may learn channels, a machine does not.
void compare(AppleDevices& live, AppleDevices& recorded, const TraceState& state) {
  REQUIRE(told(open_all(live, state)) == told(open_all(recorded, state)));
  REQUIRE(told(live.open_smc()) == told(recorded.open_smc()));
  if (state.hid) {
    std::vector<HidTemperature> here, there = *state.hid;
    live.open_hid_temperatures()->read(here);
    REQUIRE(here == there);
  }
  const auto ane = live.open_ane_registry();
  REQUIRE((ane != nullptr) == state.ane.has_value());
  if (ane != nullptr) {
    AneState found;
    REQUIRE(ane->read(found) == ReadStatus::ok);
    REQUIRE(found.power_state == state.ane->power_state);
    REQUIRE(found.max_power_state == state.ane->max_power_state);
    REQUIRE(found.clients == state.ane->clients);
  }
  REQUIRE(live.clock_tables().tables == state.clock_tables.tables);
}

void compare(const std::filesystem::path& trace) {
  CleanMac mac;
  TracePlayer player(trace);
  const auto recorded = open_replay_devices(player);
  const auto live = open_apple_devices();
  constexpr int kMoments = 50;
  for (int moments = 0; moments < kMoments; ++moments) {
    const auto next = player.next_moment();
    if (!next) break;
    CAPTURE(next->count());
    player.advance(*next);
    const TraceState state = player.look([](const TraceState& now) { return now; });
    feed(*mac, state);
    compare(*live, *recorded, state);
  }
}

}  // namespace

TEST_CASE("The live devices tell of a machine what a recording of it tells") {
  const test::ScratchDirectory scratch;
  std::vector<std::filesystem::path> traces = {scratch.write("trace", kTrace)};
  for (const auto& entry : std::filesystem::directory_iterator(TRACE_FIXTURES)) {
    if (entry.path().extension() == ".jsonl") traces.push_back(entry.path());
  }
  REQUIRE(traces.size() > 1);
  for (const std::filesystem::path& trace : traces) {
    CAPTURE(trace);
    compare(trace);
  }
}

TEST_CASE("Live devices that stay open follow what the recording says") {
  CleanMac mac;
  const test::ScratchDirectory scratch;
  TracePlayer player(scratch.write("trace", kTrace));
  const auto recorded = open_replay_devices(player);
  player.advance(std::chrono::seconds(1));
  const TraceState first = player.look([&](const TraceState& state) { return state; });
  feed(*mac, first);
  const auto live = open_apple_devices();
  const auto live_report = open_all(*live, first);
  const auto live_smc = live->open_smc();
  const auto live_pressure = live->open_thermal_pressure();
  const auto report = open_all(*recorded, first);
  const auto smc = recorded->open_smc();
  const auto pressure = recorded->open_thermal_pressure();
  for (int second = 1; second <= 3; ++second) {
    CAPTURE(second);
    player.advance(std::chrono::seconds(second));
    player.look([&](const TraceState& state) { feed(*mac, state); });
    REQUIRE(told(live_report) == told(report));
    REQUIRE(live_report->sample().at == report->sample().at);
    REQUIRE(live_report->refused_groups().size() == 1);
    REQUIRE(live_report->refused_groups()[0] == report->refused_groups()[0]);
    REQUIRE(told(live_smc) == told(smc));
    int level = -1, recorded_level = -2;
    REQUIRE(live_pressure->read(level) == pressure->read(recorded_level));
    REQUIRE(level == recorded_level);
  }
  REQUIRE(told(report).size() == 4);
}
