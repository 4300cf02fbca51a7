// A recording as a machine: its devices, its time, its end.
#include <sys/stat.h>

#include "core/error.h"
#include "platform/replay_clock.h"
#include "platform/replay_devices.h"
#include "platform/trace_writer.h"
#include "tests/catch.h"
#include "tests/manual_clock.h"
#include "tests/unit/platform/trace/temporary_trace.h"

namespace anemon::test {
namespace {

using std::chrono::seconds;

const std::string kValues =
    R"({"t":1000000000,"source":"ioreport","values":[[0,100,990000000]]})"
    "\n"
    R"({"t":1000000000,"source":"smc","keys":{"TCMb":["flt ","0050e641"]}})"
    "\n"
    R"({"t":1000000000,"source":"host","memory":{"total":100,"used":40}})"
    "\n"
    R"({"t":2000000000,"source":"ioreport","values":[[0,300,1990000000],[7,[24,5],null]],)"
    R"("refused":["AMC Stats"]})"
    "\n"
    R"({"t":3000000000,"event":"wake","slept_ns":60000000000})"
    "\n"
    R"({"channels":[{"i":9,"group":"PMP0","name":"late","unit":"","format":"simple"}]})"
    "\n"
    R"({"t":4000000000,"source":"ioreport","values":[[0,-9223372036854775808,null],[9,1,null]]})"
    "\n";

constexpr ChannelSelection kWanted[] = {{"Energy Model"}, {"PMP", true}, {"AMC Stats"}};

TEST_CASE("a recording's devices say what the lines so far say") {
  const TemporaryTrace trace(kHeader + kChannels + kValues);
  TracePlayer player(trace.path);
  CHECK(player.first() == seconds(1));
  player.advance(seconds(1));
  const auto devices = open_replay_devices(player);
  CHECK(devices->host_facts().replay);
  const auto ioreport = devices->open_ioreport(kWanted);
  REQUIRE(ioreport);
  REQUIRE(ioreport->channels().size() == 2);
  const IoReportSample& sample = ioreport->sample();
  CHECK(sample.at == seconds(1));
  REQUIRE(sample.values.size() == 1);
  CHECK(sample.values[0].value == 100);
  CHECK(sample.values[0].stamp == std::chrono::milliseconds(990));
  CHECK(ioreport->refused_groups().empty());

  player.advance(seconds(2));
  CHECK(ioreport->sample().values.size() == 2);
  CHECK(ioreport->sample().values[1].parts[1] == 5);
  REQUIRE(ioreport->refused_groups().size() == 1);

  player.advance(seconds(4));
  ioreport->sample();
  REQUIRE(ioreport->channels().size() == 3);
  CHECK(ioreport->channels()[2].name == "late");
  // The sentinel of a channel that nobody populates is no value.
  REQUIRE(sample.values.size() == 2);
  CHECK(sample.values[0].channel == 1);

  MemorySnapshot memory;
  CHECK(devices->open_memory()->read(memory) == ReadStatus::ok);
  CHECK(memory.available == 60);
  const auto smc = devices->open_smc();
  REQUIRE(smc->keys().size() == 1);
  SmcValue value;
  CHECK(smc->read(0, value) == ReadStatus::ok);
  CHECK(value.size == 4);
}

TEST_CASE("keys of the controller keep their places when the recording adds some") {
  const TemporaryTrace trace(
      kHeader + R"({"t":1,"source":"smc","keys":{"TCMb":["flt ","0050e641"],"TCXX":null}})"
                "\n"
                R"({"t":2,"source":"smc","keys":{"TAAA":["ui8 ","07"],"TCXX":["flt ","00000000"]}})"
                "\n");
  TracePlayer player(trace.path);
  player.advance(Duration(1));
  const auto smc = open_replay_devices(player)->open_smc();
  REQUIRE(smc->keys().size() == 1);
  player.advance(Duration(2));
  SmcValue value;
  REQUIRE(smc->read(0, value) == ReadStatus::ok);
  CHECK(value.size == 4);
  REQUIRE(smc->keys().size() == 3);
  CHECK(smc->keys()[0].name == "TCMb");
  CHECK(smc->keys()[1].name == "TAAA");
  CHECK(smc->keys()[2] == SmcKey{"TCXX", "flt ", 4});
}

TEST_CASE("reports of powermetrics since the last pass are one") {
  std::string lines;
  for (int i = 1; i <= 4; ++i) {
    lines += R"({"t":)" + std::to_string(i) + R"(,"source":"powermetrics","milliwatts":{"cpu":)" +
             std::to_string(100 * i) + "},\"elapsed_ns\":1000}\n";
  }
  const TemporaryTrace trace(kHeader + lines);
  TracePlayer player(trace.path);
  player.advance(Duration(1));
  const auto powermetrics = open_replay_devices(player)->open_powermetrics(PowermetricsMode::off);
  CHECK(powermetrics->poll({})->cpu_milliwatts == 100.0);
  CHECK_FALSE(powermetrics->poll({}));
  player.advance(Duration(4));
  const auto report = powermetrics->poll({});
  REQUIRE(report);
  CHECK(report->elapsed == Duration(3000));
  CHECK(*report->cpu_milliwatts == Approx(300));
}

TEST_CASE("a recording that cannot be read twice is refused") {
  const TemporaryTrace trace("");
  std::filesystem::remove(trace.path);
  REQUIRE(mkfifo(trace.path.c_str(), 0600) == 0);
  CHECK_THROWS_WITH(TracePlayer(trace.path), ANEMON_CONTAINS("trace.jsonl: is not a regular file"));
  CHECK_THROWS_WITH(TracePlayer("/nonexistent"), ANEMON_CONTAINS("No such file"));
}

TEST_CASE("a trace is not written through a symbolic link") {
  const TemporaryTrace target("precious");
  const auto link = target.path.parent_path() / "link.jsonl";
  std::filesystem::create_symlink(target.path, link);
  CHECK_THROWS_WITH(TraceWriter(link, {}),
                    ANEMON_CONTAINS("link.jsonl: refuses to write through a symbolic link"));
  CHECK(std::filesystem::file_size(target.path) == 8);
}

TEST_CASE("what was not recorded is not there") {
  const TemporaryTrace trace(kHeader + R"({"t":1,"source":"thermal_pressure","level":0})"
                                       "\n");
  TracePlayer player(trace.path);
  player.advance(player.first());
  const auto devices = open_replay_devices(player);
  CHECK_FALSE(devices->open_ioreport(kWanted));
  CHECK_FALSE(devices->open_smc());
  CHECK_FALSE(devices->open_hid_temperatures());
  CHECK_FALSE(devices->open_ane_registry());
  CHECK_FALSE(devices->open_host());
  CHECK_FALSE(devices->open_processes());
  CHECK_FALSE(devices->open_memory());
  CHECK_FALSE(devices->open_processor());
  CHECK_FALSE(devices->open_powermetrics(PowermetricsMode::source));
  CHECK(devices->clock_tables().tables.empty());
  CHECK(devices->open_thermal_pressure());
}

TEST_CASE("a replay begins now and runs as fast as it is told") {
  const TemporaryTrace trace(kHeader + kChannels + kValues);
  const ManualClock origin;
  TracePlayer player(trace.path, origin.now().awake);
  ManualClock real;
  const ReplayClock clock(player, 10, real);
  const Instant start = clock.now();
  CHECK(start.awake == origin.now().awake);
  CHECK(start.wall == real.now().wall);
  CHECK(player.look([](const TraceState& state) { return state.sampled; }) == start.awake);

  real.advance(std::chrono::milliseconds(100));
  CHECK(clock.now().awake == start.awake + seconds(1));
  CHECK(player.look([](const TraceState& state) { return *state.channels[0].stamp; }) ==
        start.awake + std::chrono::milliseconds(990));

  SleepDetector sleep(clock.now());
  real.advance(std::chrono::milliseconds(100));
  CHECK(sleep.observe(clock.now()) == seconds(60));
  CHECK(clock.now().wall == start.wall + seconds(62));
}

TEST_CASE("after its end a recording has nothing to say") {
  const TemporaryTrace trace(kHeader + kChannels + kValues);
  TracePlayer player(trace.path);
  player.advance(seconds(4));
  const auto memory = open_replay_devices(player)->open_memory();
  MemorySnapshot snapshot;
  CHECK(memory->read(snapshot) == ReadStatus::ok);
  CHECK_FALSE(player.ended());
  player.advance(seconds(4) + TracePlayer::kHold + Duration(1));
  CHECK(player.ended());
  CHECK_THROWS_WITH(memory->read(snapshot), "the recording has ended");
}

TEST_CASE("a recording is played up to the line that is bad") {
  std::string text = kHeader + kChannels + kValues;
  for (size_t i = 0; i < TracePlayer::kForeseenLines; ++i) {
    text += R"({"t":5000000000,"event":"unknown"})"
            "\n";
  }
  const TemporaryTrace trace(text + "{\"t\":6000000000,\n");
  TracePlayer player(trace.path);
  player.advance(seconds(5));
  CHECK(player.look([](const TraceState& state) { return state.sampled; }) == seconds(4));
  player.advance(seconds(6));
  CHECK_THROWS_AS(player.look([](const TraceState&) {}), Error);
  CHECK_THAT(player.failure(), ANEMON_CONTAINS("trace.jsonl:4010:"));
  CHECK_THROWS_AS(player.next_moment(), Error);
}

TEST_CASE("a bad line near the beginning is told at once") {
  const TemporaryTrace trace(kHeader + "{\n");
  CHECK_THROWS_AS(TracePlayer(trace.path), Error);
}

TEST_CASE("what is written is read as it was, compressed or not") {
  const TemporaryTrace original(
      kHeader + kChannels + kValues +
      R"({"t":4000000001,"source":"hid","celsius":{"a":41.25,"gas":[30.5,31.5]}})"
      "\n"
      R"({"t":4000000001,"source":"pmgr","tables":{"voltage-states8":[[432000000,4294967295]]},"acc_clusters":[[1,2]]})"
      "\n"
      R"({"t":4000000001,"source":"registry","ane":{"architecture":"h16","cores":16,"engines":2,"power_state":1,"max_power_state":1,"firmware_loaded":true,"clients":[{"pid":512,"name":"aned"}]}})"
      "\n"
      R"({"t":4000000001,"source":"registry","ane":null})"
      "\n"
      R"({"t":4000000001,"source":"thermal_pressure","level":2})"
      "\n"
      R"({"t":4000000001,"source":"powermetrics","milliwatts":{"ane":3378.5},"elapsed_ns":5})"
      "\n"
      R"({"t":4000000001,"source":"tasks","refused":3,"tasks":[{"pid":3,"name":"a","started_ns":-4,"cpu_ns":5,"resident":6,"threads":7,"footprint":8,"neural_footprint":9,"energy_nj":10}]})"
      "\n"
      R"({"t":4000000002,"event":"end"})"
      "\n");
  const auto text = [](const std::filesystem::path& path) {
    std::string all;
    LineStream lines(path);
    for (std::string_view line; lines.next(line);) (all += line) += '\n';
    return all;
  };
  const auto copy = [](const std::filesystem::path& from, const std::filesystem::path& to) {
    TraceReader reader(from);
    TraceWriter writer(to, reader.header());
    for (TraceRecord record; reader.next(record);) writer.write(record);
    writer.close();
  };
  const TemporaryTrace once("");
  const TemporaryTrace packed("", "trace.jsonl.gz");
  const TemporaryTrace twice("");
  copy(original.path, once.path);
  copy(once.path, packed.path);
  copy(packed.path, twice.path);
  CHECK(text(twice.path) == text(once.path));
  std::ifstream bytes(packed.path, std::ios::binary);
  CHECK(bytes.get() == 0x1f);
  // Nothing is lost on the way: as many lines, and of each source what was there.
  const std::string written = text(once.path);
  CHECK(std::ranges::count(written, '\n') == std::ranges::count(text(original.path), '\n'));
  CHECK_THAT(written, ANEMON_CONTAINS(R"("celsius":{"a":41.25,"gas":[30.5,31.5]})"));
  CHECK_THAT(written, ANEMON_CONTAINS(R"("ane":null)"));
  CHECK_THAT(written, ANEMON_CONTAINS(R"("started_ns":-4)"));
  CHECK_THAT(written, ANEMON_CONTAINS(R"([7,[24,5],null])"));
  CHECK_THAT(written, ANEMON_CONTAINS(R"("refused":["AMC Stats"])"));
  CHECK_THAT(written, ANEMON_CONTAINS(R"([0,-9223372036854775808,null])"));
}

}  // namespace
}  // namespace anemon::test
