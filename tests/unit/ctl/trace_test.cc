// Recording and decoding, on recorded machines.
#include <algorithm>
#include <fstream>

#include "collectors/apple/recorded_channels.h"
#include "core/error.h"
#include "ctl/apple_evidence.h"
#include "ctl/trace_decoding.h"
#include "ctl/trace_recorder.h"
#include "platform/replay_devices.h"
#include "tests/catch.h"
#include "tests/scripted_apple_devices.h"
#include "tests/unit/platform/trace/temporary_trace.h"

namespace anemon::test {
namespace {

const std::filesystem::path kFixtures =
    std::filesystem::path(__FILE__).parent_path() / "../../fixtures/traces";

class PlayedClock final : public Clock {
 public:
  explicit PlayedClock(TracePlayer& player) : player_(player) {}
  Instant now() const override { return now_; }
  void wait_until(CondVar&, Mutex& mutex, Duration) ANEMON_REQUIRES(mutex) override {
    static_cast<void>(mutex);
  }
  // To the next recorded instant; false at the end.
  bool advance() {
    const auto at = player_.next_moment();
    if (!at) return false;
    const Duration slept = player_.advance(*at);
    now_ = {*at, *at + slept, *at + slept};
    return true;
  }

 private:
  TracePlayer& player_;
  Instant now_;
};

void record_again(const std::filesystem::path& from, const std::filesystem::path& to, bool tasks) {
  TracePlayer player(from);
  PlayedClock clock(player);
  const auto devices = open_replay_devices(player);
  TraceWriter writer(to, {devices->host_facts(), player.header().recorded, ""});
  REQUIRE(clock.advance());
  TraceRecorder recorder(*devices, recorded_channels(), {tasks}, writer);
  do {
    recorder.record(clock.now());
  } while (clock.advance());
  recorder.finish(clock.now());
  CHECK(recorder.troubles().empty());
}

std::vector<std::string> decoded(const std::filesystem::path& file) {
  std::vector<std::string> lines;
  const auto place = [](Duration at) { return std::to_string(at.count()) + " "; };
  DecodingEvents events;
  events.reading = [&](Duration at, const SeriesDescription& series, double value) {
    lines.push_back(place(at) + series.exposition_name + std::to_string(value));
  };
  events.state = [&](Duration at, const Signal& signal) {
    lines.push_back(place(at) + std::string(info(signal.metric).name) + signal.component +
                    signal.source + std::string(to_string(signal.state)) + signal.reason);
  };
  events.failure = [&](Duration at, std::string_view collector, const std::string& reason) {
    lines.push_back(place(at) + std::string(collector) + reason);
  };
  decode_trace(file, events);
  return lines;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("recording a replayed machine gives an equivalent trace") {
  for (const std::string name :
       {"energy_gated_macos27", "batched_publications_m5_max", "idle_ane_is_zero_m3_pro",
        "amc_sentinel_m3_max", "gated_sensors_m2_max", "efficiency_table_absent_m5_max",
        "ane_power_state_pinned_m5", "powermetrics_m4", "neural_footprint", "virtual_machine",
        "parts_exceed_system_m2_pro"}) {
    CAPTURE(name);
    const auto original = kFixtures / (name + ".jsonl");
    const TemporaryTrace once("", "once.jsonl");
    const TemporaryTrace twice("", "twice.jsonl.gz");
    record_again(original, once.path, true);
    record_again(once.path, twice.path, true);
    const auto lines = decoded(original);
    CHECK(lines.size() > 5);
    CHECK(decoded(once.path) == lines);
    CHECK(decoded(twice.path) == lines);
  }
}

TEST_CASE("a recording of sleep wakes at the same place") {
  const TemporaryTrace again("", "again.jsonl");
  record_again(kFixtures / "sleep_m4.jsonl", again.path, false);
  CHECK_THAT(text_of(again.path),
             ANEMON_CONTAINS(R"({"t":1014500000000,"event":"wake","slept_ns":3600000000000})"));
}

TEST_CASE("names of processes are recorded only when asked for") {
  const TemporaryTrace quiet("", "quiet.jsonl");
  record_again(kFixtures / "ane_power_state_pinned_m5.jsonl", quiet.path, false);
  CHECK_THAT(text_of(quiet.path), ANEMON_CONTAINS("aned"));
  CHECK_THAT(text_of(quiet.path), !ANEMON_CONTAINS("python3"));
  const TemporaryTrace silent("", "silent.jsonl");
  record_again(kFixtures / "neural_footprint.jsonl", silent.path, false);
  CHECK_THAT(text_of(silent.path), !ANEMON_CONTAINS("tasks"));
}

TEST_CASE("texts of the SMC, which may be serial numbers, are not recorded") {
  const TemporaryTrace trace(
      kHeader +
      R"({"t":1,"source":"smc","keys":{"B0SN":["ch8*","4631"],"TCMb":["flt ","0050e641"]}})"
      "\n");
  const TemporaryTrace again("", "again.jsonl");
  record_again(trace.path, again.path, true);
  CHECK_THAT(text_of(again.path), ANEMON_CONTAINS("TCMb"));
  CHECK_THAT(text_of(again.path), !ANEMON_CONTAINS("B0SN"));
}

TEST_CASE("only numbers of the SMC are recorded, under names that a trace can hold") {
  ScriptedMachine mac;
  mac.set_smc("TCMb", 40.0f);
  mac.set_smc("F0Ac", "fpe2", {1, 2});
  mac.set_smc("RSN1", "hex_", {0x46, 0x31});
  mac.set_smc("B0SN", "ch8*", {0x46, 0x31});
  mac.set_smc("SECR", "{jst", {0x46, 0x31});
  mac.set_smc("UUID", "ui64", {1, 2, 3, 4, 5, 6, 7, 8});
  mac.set_smc("T\xff\x01x", 40.0f);
  ScriptedAppleDevices devices(mac);
  const TemporaryTrace trace("");
  TraceWriter writer(trace.path, {});
  TraceRecorder recorder(devices, recorded_channels(), {}, writer);
  recorder.record({Duration(1), Duration(1), Duration(1)});
  recorder.finish({Duration(2), Duration(2), Duration(2)});
  CHECK_THAT(text_of(trace.path),
             ANEMON_CONTAINS(R"("keys":{"F0Ac":["fpe2","0102"],"TCMb":["flt ","00002042"]})"));
}

TEST_CASE("channels keep their numbers when IOReport had to be opened again") {
  ScriptedMachine mac;
  mac.simple("Energy Model", "CPU Energy", "mJ").value = 10;
  mac.simple("Energy Model", "GPU Energy", "nJ").value = 20;
  mac.simple("Energy Model", "ANE", "mJ").value = 30;
  ScriptedAppleDevices devices(mac);
  const TemporaryTrace trace("");
  TraceWriter writer(trace.path, {});
  constexpr ChannelSelection kEnergy[] = {{"Energy Model"}};
  TraceRecorder recorder(devices, kEnergy, {}, writer);
  const auto record = [&](int64_t at) {
    mac.now = Duration(at);
    recorder.record({mac.now, mac.now, mac.now});
  };
  record(1);
  mac.sampling_fails = true;
  record(2);
  CHECK(recorder.troubles().size() == 1);
  // The new subscription has one that is as it was, one in another unit, one more, and not the
  // third.
  mac.sampling_fails = false;
  std::swap(mac.channels[0], mac.channels[2]);
  mac.channels[0].value = 31;
  mac.channels[1].channel.unit = "uJ";
  mac.channels.pop_back();
  mac.simple("Energy Model", "DRAM", "mJ").value = 40;
  record(3);
  CHECK(mac.ioreports_opened == 2);
  record(4);
  recorder.finish({Duration(5), Duration(5), Duration(5)});
  CHECK(recorder.channels() == 5);
  const std::string text = text_of(trace.path);
  CHECK_THAT(text, ANEMON_CONTAINS(R"({"t":1,"source":"ioreport","values":[[0,10,null],)"
                                   R"([1,20,null],[2,30,null]]})"));
  CHECK_THAT(text,
             ANEMON_CONTAINS(R"({"channels":[{"i":3,"group":"Energy Model","subgroup":"",)"
                             R"("name":"GPU Energy","unit":"uJ","format":"simple"},{"i":4,)"));
  CHECK_THAT(text, ANEMON_CONTAINS(R"({"t":3,"source":"ioreport","values":[[2,31,null],)"
                                   R"([3,20,null],[4,40,null],[0,-9223372036854775808,null],)"
                                   R"([1,-9223372036854775808,null]]})"));
  CHECK_THAT(text, ANEMON_CONTAINS(R"({"t":4,"source":"ioreport","values":[]})"));
}

TEST_CASE("a source that fails is told and does not end the recording") {
  const TemporaryTrace trace(kHeader + kChannels +
                             R"({"t":1,"source":"ioreport","values":[[0,1,null]]})"
                             "\n");
  TracePlayer player(trace.path);
  player.advance(Duration(1));
  const auto devices = open_replay_devices(player);
  const TemporaryTrace again("", "again.jsonl");
  TraceWriter writer(again.path, {});
  TraceRecorder recorder(*devices, recorded_channels(), {}, writer);
  recorder.record({Duration(1), Duration(1), Duration(1)});
  player.advance(std::chrono::hours(1));  // the recording has ended
  recorder.record({Duration(2), Duration(2), Duration(2)});
  recorder.finish({Duration(3), Duration(3), Duration(3)});
  REQUIRE_FALSE(recorder.troubles().empty());
  CHECK_THAT(text_of(again.path), ANEMON_CONTAINS(R"({"t":3,"event":"end"})"));
}

TEST_CASE("what is good of a bad trace is decoded, then its mistake is told") {
  const TemporaryTrace trace(text_of(kFixtures / "gated_sensors_m2_max.jsonl") +
                             "{\"t\":9999999999999,\"source\":\"smc\"}\n");
  // The beginning is looked through first: a mistake there is told before anything is decoded.
  CHECK_THROWS_WITH(decoded(trace.path), ANEMON_CONTAINS("trace.jsonl:9:1: a line of this source"));
}

TEST_CASE("a bug report holds a short trace and the channels") {
  TracePlayer player(kFixtures / "amc_refused_m4_pro.jsonl");
  PlayedClock clock(player);
  clock.advance();
  const auto devices = open_replay_devices(player);
  const auto files = apple_evidence(*devices, clock, [&] { clock.advance(); });
  REQUIRE(files.size() == 2);
  CHECK(files[0].first == "trace.jsonl");
  const TemporaryTrace trace(files[0].second);
  CHECK_FALSE(decoded(trace.path).empty());
  CHECK(files[1].first == "channels.tsv");
  CHECK_THAT(files[1].second, ANEMON_CONTAINS("PMP0\tDCS BW\tANE0 RD\tevents\t1GB/s,2GB/s"));
}

}  // namespace
}  // namespace anemon::test
