// What is accepted as a trace, and how what is not is explained.
#include "platform/trace_reader.h"

#include <zlib.h>

#include "core/error.h"
#include "tests/catch.h"
#include "tests/unit/platform/trace/temporary_trace.h"

namespace anemon::test {
namespace {

std::vector<TraceRecord> read_all(const TemporaryTrace& trace) {
  TraceReader reader(trace.path);
  std::vector<TraceRecord> records;
  for (TraceRecord record; reader.next(record);) records.push_back(record);
  return records;
}

// What is said of the file, without its folder; "accepted" when nothing is.
std::string complaint(const std::string& text) {
  const TemporaryTrace trace(text);
  try {
    read_all(trace);
  } catch (const Error& error) {
    return std::string(error.what()).substr(trace.path.parent_path().string().size() + 1);
  }
  return "accepted";
}

std::string after_channels(const std::string& line) {
  return complaint(kHeader + kChannels + line + "\n");
}

std::string compressed(const std::string& text) {
  const TemporaryTrace packed("", "packed.gz");
  gzFile file = gzopen(packed.path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  std::ifstream in(packed.path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("a trace is read record by record, whatever it has beside") {
  const TemporaryTrace trace(
      kHeader + kChannels + "\n" +
      R"({"t":5,"source":"later","x":[{}]})"
      "\n" +
      R"({"t":5,"source":"ioreport","values":[[0,12,-3],[7,[24000000,120],null]],"why":null})"
      "\n"
      R"({"t":6,"source":"ioreport","refused":["AMC Stats"]})"
      "\n"
      R"({"t":7,"source":"smc","keys":{"TCMb":["flt ","0050e641"],"Gone":null}})"
      "\n"
      R"({"t":8,"source":"hid","celsius":{"ANE MTR Temp Sensor1":41.2,"gas gauge battery":[30,31.5]}})"
      "\n"
      R"({"t":9,"source":"pmgr","tables":{"voltage-states8":[[432000000,593]]},"acc_clusters":[[1,2]]})"
      "\n"
      R"({"t":9,"source":"registry","ane":{"power_state":1,"clients":[{"pid":512,"name":"aned"}]}})"
      "\n"
      R"({"t":9,"source":"thermal_pressure","level":4})"
      "\n"
      R"({"t":9,"source":"host","perflevels":[{"name":"Super","cores":6}],)"
      R"("memory":{"total":68719476736,"used":21474836480},"on_battery":false})"
      "\n"
      R"({"t":9,"source":"powermetrics","milliwatts":{"ane":3378,"cpu":204.5},"elapsed_ns":1004})"
      "\n"
      R"({"t":9,"source":"tasks","tasks":[{"pid":9,"name":"b","cpu_ns":2},{"pid":3,"name":"a",)"
      R"("neural_footprint":25,"footprint":73}]})"
      "\n"
      R"({"t":10,"event":"wake","slept_ns":3600})"
      "\n"
      R"({"t":11,"event":"end"})");
  const TraceReader reader(trace.path);
  CHECK(reader.header().machine.chip == "Apple M5 Max");
  CHECK(reader.header().machine.replay);
  CHECK(reader.header().recorded == "2026-09-20T10:00:00Z");

  const auto records = read_all(trace);
  REQUIRE(records.size() == 14);
  const auto& channels = std::get<TraceChannels>(records[0].data).channels;
  CHECK(channels[1].number == 7);
  CHECK(channels[1].channel.states == std::vector<std::string>{"F1", "F2"});
  CHECK(std::holds_alternative<TraceOther>(records[1].data));
  const auto& values = std::get<TraceIoReport>(records[2].data).values;
  CHECK(values[0].value == 12);
  CHECK(values[0].stamp == Duration(-3));
  CHECK(values[1].parts == std::vector<int64_t>{24000000, 120});
  CHECK_FALSE(values[1].stamp);
  CHECK(std::get<TraceIoReport>(records[3].data).refused.front() == "AMC Stats");
  const auto& keys = std::get<TraceSmc>(records[4].data).keys;
  CHECK(keys[0].first == SmcKey{"TCMb", "flt ", 4});
  CHECK(keys[0].second.bytes[1] == 0x50);
  CHECK(keys[1].second.size == 0);
  CHECK(std::get<TraceHid>(records[5].data).temperatures.size() == 3);
  CHECK(std::get<TracePmgr>(records[6].data).tables.clusters.front() == ClusterEntry{1, 2});
  CHECK(std::get<TraceRegistry>(records[7].data).ane->clients.front().process == "aned");
  CHECK(std::get<TraceThermalPressure>(records[8].data).level == 4);
  CHECK(std::get<TraceHost>(records[9].data).memory->available == 68719476736 - 21474836480);
  CHECK(std::get<TracePowermetrics>(records[10].data).report.cpu_milliwatts == 204.5);
  CHECK(std::get<TraceTasks>(records[11].data).tasks.front().record.pid == 3);
  CHECK(std::get<TraceWake>(records[12].data).slept == Duration(3600));
}

TEST_CASE("a trace of another format, and what is none, are refused") {
  CHECK(complaint("") == "trace.jsonl:1:1: the file is empty, a trace begins with its format");
  CHECK(complaint("[]\n") == "trace.jsonl:1:1: expected an object, found a list");
  CHECK(complaint("{\"a\":1}\n") ==
        "trace.jsonl:1:1: the first line does not say that this is an anemon-trace/1");
  CHECK(complaint("{ \"format\" : \"anemon-trace/2\"}\n") ==
        "trace.jsonl:1:14: the format is anemon-trace/2, only anemon-trace/1 can be read");
  CHECK(complaint("{\"format\":1}\n") == "trace.jsonl:1:11: expected a text, found a whole number");
  CHECK_THROWS_AS(TraceReader("/nonexistent/trace"), Error);
  CHECK_THROWS_AS(TraceReader(std::filesystem::temp_directory_path()), Error);
}

TEST_CASE("bad lines are named with line, column and reason") {
  const std::string value = R"({"t":1,"source":"ioreport","values":[)";
  CHECK(after_channels("[1]") == "trace.jsonl:3:1: expected an object, found a list");
  CHECK(after_channels(R"({"source":"smc","keys":{}})") ==
        "trace.jsonl:3:1: a line without its time, t");
  CHECK(
      after_channels(R"({"t":-1,"source":"x"})").starts_with("trace.jsonl:3:6: -1 is not between"));
  CHECK(after_channels("{\"t\":9,\"event\":\"x\"}\n{\"t\":8,\"event\":\"x\"}") ==
        "trace.jsonl:4:6: the time goes back");
  CHECK(after_channels(value + "[3,1,null]]}") ==
        "trace.jsonl:3:39: channel 3 was not defined before");
  CHECK(after_channels(value + "[-1,1,null]]}").starts_with("trace.jsonl:3:39: -1 is not between"));
  CHECK(after_channels(value + "[0, [1] ,null]]}") ==
        "trace.jsonl:3:42: expected a whole number, found a list");
  CHECK(after_channels(value + "[7,[1],null]]}") ==
        "trace.jsonl:3:41: channel 7 has 2 states, here are 1");
  CHECK(after_channels(value + "[0,1]]}") ==
        "trace.jsonl:3:38: a value is a list of channel, raw value and driver stamp");
  CHECK(after_channels(value + "[0,1.5,null]]}") ==
        "trace.jsonl:3:41: expected a whole number, found a number");
  CHECK(after_channels(value + "[0,9223372036854775808,null]]}") ==
        "trace.jsonl:3:41: the number does not fit 64 signed bits");
  CHECK(after_channels(value + "[0,99999999999999999999999,null]]}") ==
        "trace.jsonl:3:41: the number does not fit 64 signed bits");
  CHECK(after_channels(value + "[0,NaN,null]]}").starts_with("trace.jsonl:3:4"));
  CHECK(after_channels(value + "[0,1e999,null]]}").starts_with("trace.jsonl:3:4"));
  CHECK(after_channels(value + "[0,-9223372036854775808,null]]}") == "accepted");
  CHECK(after_channels(R"({"t":1,"source":"smc","keys":{"TCMb":["flt ","0g"]}})") ==
        "trace.jsonl:3:46: the bytes of a key are hexadecimal digits");
  CHECK(after_channels(value + "[7,[-9223372036854775808,0],null]]}") == "accepted");
  CHECK(after_channels(value + "[7,[0,-1],null]]}") ==
        "trace.jsonl:3:44: residencies and hits are not negative");
  CHECK(after_channels(R"({"t":1,"source":"smc","keys":{"TCMb5":null}})") ==
        "trace.jsonl:3:39: the name of a key has four characters");
  CHECK(after_channels(R"({"t":1,"source":"tasks","tasks":[{"pid":1,"started_ns":-5}]})") ==
        "accepted");
  CHECK(after_channels(R"({"t":1,"source":"powermetrics","milliwatts":{},"elapsed_ns":)"
                       "86400000000001}")
            .starts_with("trace.jsonl:3:61: 86400000000001 is not between"));
  CHECK(after_channels(R"({"t":1,"source":"tasks","tasks":[{"pid":1},{"pid":1}]})") ==
        "trace.jsonl:3:1: process 1 is listed twice");
}

TEST_CASE("a channel never changes its meaning") {
  CHECK(after_channels(kChannels) == "accepted");
  CHECK(
      after_channels(R"({"channels":[{"i":0,"group":"Energy Model","name":"ANE","unit":"mJ"}]})") ==
      "trace.jsonl:3:14: channel 0 was another one before");
}

TEST_CASE("a cut off trace is an error where it ends") {
  const std::string whole =
      kHeader + kChannels + R"({"t":1,"source":"ioreport","values":[[0,1,2]]})";
  CHECK(complaint(whole) == "accepted");
  const std::string cut = complaint(whole.substr(0, whole.size() - 4));
  CHECK(cut.starts_with("trace.jsonl:3:"));
  CHECK(cut.ends_with("the file is cut off here"));
}

TEST_CASE("a compressed trace is read alike, and one that is cut off or damaged is not") {
  std::string text = kHeader + kChannels;
  for (int i = 0; i < 2000; ++i) {
    text += R"({"t":)" + std::to_string(i) + R"(,"source":"ioreport","values":[[0,)" +
            std::to_string(int64_t{i} * i * 7919 % 100'003) + ",null]]}\n";
  }
  const std::string packed = compressed(text);
  CHECK(complaint(packed) == "accepted");
  CHECK(read_all(TemporaryTrace(packed)).size() == 2001);
  const std::string cut = complaint(packed.substr(0, packed.size() / 2));
  CHECK(cut.ends_with("the compressed file is cut off"));
  std::string damaged = packed;
  damaged[damaged.size() / 2] = static_cast<char>(~damaged[damaged.size() / 2]);
  damaged[damaged.size() / 2 + 1] = static_cast<char>(~damaged[damaged.size() / 2 + 1]);
  CHECK(complaint(damaged) != "accepted");
}

TEST_CASE("endless lines and deep nesting are refused before they take memory") {
  const std::string endless = complaint(kHeader + std::string(17 << 20, ' '));
  CHECK(endless == "trace.jsonl:2:16777217: the line is longer than 16 MiB");
  CHECK(complaint(kHeader + std::string(1 << 20, '[')) == "trace.jsonl:2:17: nested too deeply");
  std::string many = kHeader + "{\"channels\":[";
  for (uint32_t i = 0; i <= TraceReader::kMaxChannels; ++i) {
    many += (i == 0 ? "" : ",") + (R"({"i":)" + std::to_string(i)) + R"(,"group":"g","name":"n"})";
  }
  CHECK(complaint(many + "]}\n").ends_with("more than 65536 channels"));

  const auto repeated = [](const std::string& before, size_t count, auto&& item) {
    std::string text = before;
    for (size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + item(i);
    return text;
  };
  const auto four = [](size_t i) { return std::to_string(1000 + i); };
  CHECK(complaint(kHeader +
                  repeated(R"({"t":1,"x":[)", JsonLine::kMaxNodes,
                           [](size_t) { return std::string("1"); }) +
                  "]}\n")
            .ends_with("more than 1000000 values in a line"));
  for (const size_t over : {0, 1}) {
    const auto judged = [&](const std::string& reason, const std::string& text) {
      CAPTURE(reason, over);
      CHECK(complaint(kHeader + text + "\n").ends_with(over == 0 ? "accepted" : reason));
    };
    judged("2:70: more than 1024 states",
           repeated(R"({"channels":[{"i":0,"group":"g","name":"n","format":"state","states":[)",
                    TraceReader::kMaxStates + over, [&](size_t) { return std::string("\"s\""); }) +
               "]}]}");
    judged("2:1: more than 4096 keys",
           repeated(R"({"t":1,"source":"smc","keys":{)", TraceReader::kMaxKeys + over,
                    [&](size_t i) { return '"' + four(i) + "\":null"; }) +
               "}}");
    judged("more than 256 refused groups",
           repeated(R"({"t":1,"source":"ioreport","refused":[)", TraceReader::kMaxRefused + over,
                    [&](size_t i) { return '"' + four(i) + '"'; }) +
               "]}");
  }
}

}  // namespace
}  // namespace anemon::test
