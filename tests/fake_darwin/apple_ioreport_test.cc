#include "core/error.h"
#include "platform/ioreport.h"
#include "tests/catch.h"
#include "tests/fake_darwin/clean_mac.h"

using namespace anemon;
using namespace anemon::fake;
using anemon::test::CleanMac;

namespace {

using Wanted = std::vector<ChannelSelection>;

ReportChannel energy(const std::string& name, int64_t value = 0, uint64_t stamp = 0) {
  ReportChannel channel;
  channel.group = "Energy Model";
  channel.name = name;
  channel.values = {value};
  channel.stamp = stamp;
  return channel;
}

ReportChannel floors(const std::string& group, const std::string& name) {
  ReportChannel channel{group, "DCS Floor", name, "24Mticks", 2, {"F1", "F2"}, {0, 0}};
  return channel;
}

// A machine with three groups, one of them numbered.
void furnish(FakeMac& mac) {
  mac.edit()->channels = {
      energy("ANE0"), energy("CPU Energy"), floors("PMP0", "ANE-DCS-BW"),
      floors("PMP1", "ANE-DCS-BW"),
      ReportChannel{"AMC Stats", "Perf Counters", "ANE DCS RD", "B", 1, {}, {0}}};
}

const Wanted kAll = {
    {"Energy Model", false, nullptr}, {"PMP", true, nullptr}, {"AMC Stats", false, nullptr}};

std::vector<std::string> names(const IoReport& report) {
  std::vector<std::string> found;
  for (const Channel& channel : report.channels()) {
    found.push_back(channel.group + "/" + channel.name);
  }
  return found;
}

std::vector<std::string> refused(const IoReport& report) {
  return {report.refused_groups().begin(), report.refused_groups().end()};
}

}  // namespace

TEST_CASE("A Mac without IOReport, or with none of the groups, has none") {
  CleanMac mac;
  REQUIRE(open_ioreport(kAll) == nullptr);
  furnish(*mac);
  REQUIRE(open_ioreport(Wanted{{"Energy", false, nullptr}}) == nullptr);
  REQUIRE(open_ioreport({}) == nullptr);
  mac->edit()->missing_libraries = {"/usr/lib/libIOReport.dylib"};
  REQUIRE(open_ioreport(kAll) == nullptr);
}

TEST_CASE("Without a function that nothing works without, there is no IOReport") {
  CleanMac mac;
  furnish(*mac);
  for (const char* symbol :
       {"IOReportCopyChannelsInGroup", "IOReportCreateSubscription", "IOReportCreateSamples",
        "IOReportChannelGetGroup", "IOReportChannelGetChannelName", "IOReportChannelGetFormat"}) {
    CAPTURE(symbol);
    mac->edit()->missing_symbols = {symbol};
    REQUIRE(open_ioreport(kAll) == nullptr);
  }
}

TEST_CASE("Functions that this macOS does not have cost only what they give") {
  CleanMac mac;
  furnish(*mac);
  mac->edit()->missing_symbols = {"IOReportCopyAllChannels",       "IOReportMergeChannels",
                                  "IOReportChannelGetSubGroup",    "IOReportChannelGetUnitLabel",
                                  "IOReportSimpleGetIntegerValue", "IOReportStateGetCount",
                                  "IOReportStateGetNameForIndex",  "IOReportStateGetResidency",
                                  "objc_autoreleasePoolPush",      "objc_autoreleasePoolPop"};
  const auto report = open_ioreport(
      Wanted{{"Energy Model", false, nullptr}, {"PMP0", false, nullptr}, {"PMP", true, nullptr}});
  REQUIRE(names(*report) == std::vector<std::string>{"Energy Model/ANE0", "Energy Model/CPU Energy",
                                                     "PMP0/ANE-DCS-BW"});
  REQUIRE(report->channels()[2].subgroup.empty());
  REQUIRE(report->channels()[2].unit.empty());
  REQUIRE(report->sample().values.size() == 3);
  REQUIRE(report->sample().values[2].parts.size() == 2);
}

TEST_CASE("Wanted channels are subscribed to, with their texts trimmed") {
  CleanMac mac;
  furnish(*mac);
  mac->edit()->channels.push_back(
      {"PMP0", "AF BW", " ANE RD ", "events ", 3, {"   1GB/s", ""}, {0, 0}});
  mac->edit()->channels[0].no_subgroup = true;
  const auto report = open_ioreport(
      Wanted{{"Energy Model", false, [](const Channel& channel) { return channel.name == "ANE0"; }},
             {"PMP", true, [](const Channel& channel) { return channel.subgroup == "AF BW"; }}});
  REQUIRE(names(*report) == std::vector<std::string>{"Energy Model/ANE0", "PMP0/ANE RD"});
  REQUIRE(report->channels()[0].subgroup.empty());
  REQUIRE(report->channels()[0].unit == "mJ");
  REQUIRE(report->channels()[0].format == ChannelFormat::simple);
  REQUIRE(report->channels()[1].unit == "events");
  REQUIRE(report->channels()[1].format == ChannelFormat::histogram);
  REQUIRE(report->channels()[1].states == std::vector<std::string>{"1GB/s", ""});
  REQUIRE(refused(*report).empty());
}

TEST_CASE("A numbered group is found under every number, and under nothing else") {
  CleanMac mac;
  mac->edit()->channels = {floors("PMP", "a"),  floors("PMP0", "b"),  floors("PMP12", "c"),
                           floors("PMPX", "d"), floors("PMP 1", "e"), floors("xPMP0", "f")};
  REQUIRE(names(*open_ioreport(Wanted{{"PMP", true, nullptr}})) ==
          std::vector<std::string>{"PMP/a", "PMP0/b", "PMP12/c"});
  REQUIRE(names(*open_ioreport(Wanted{{"PMP", false, nullptr}})) ==
          std::vector<std::string>{"PMP/a"});
}

TEST_CASE("A group that an empty name stands in front of is read under its numbers") {
  CleanMac mac;
  furnish(*mac);
  mac->edit()->empty_groups = {"PMP", "Energy Counters"};
  const auto report = open_ioreport(Wanted{{"PMP", true, nullptr}});
  REQUIRE(names(*report) == std::vector<std::string>{"PMP0/ANE-DCS-BW", "PMP1/ANE-DCS-BW"});
  REQUIRE(refused(*report).empty());
  REQUIRE(open_ioreport(Wanted{{"Energy Counters", false, nullptr}}) == nullptr);
}

TEST_CASE("A channel that several selections want is there once") {
  CleanMac mac;
  furnish(*mac);
  const auto report = open_ioreport(
      Wanted{{"PMP0", false, nullptr},
             {"PMP", true, nullptr},
             {"Energy Model", false, [](const Channel& c) { return c.name == "ANE0"; }},
             {"Energy Model", false, [](const Channel& c) { return c.unit == "mJ"; }},
             {"PMP0", false, nullptr}});
  REQUIRE(names(*report) == std::vector<std::string>{"PMP0/ANE-DCS-BW", "Energy Model/ANE0",
                                                     "Energy Model/CPU Energy", "PMP1/ANE-DCS-BW"});
}

TEST_CASE("A refused group is left out and told") {
  CleanMac mac;
  furnish(*mac);
  mac->edit()->refused_groups = {"AMC Stats"};
  const auto report = open_ioreport(kAll);
  REQUIRE(report->channels().size() == 4);
  REQUIRE(refused(*report) == std::vector<std::string>{"AMC Stats"});
  REQUIRE(report->sample().values.size() == 4);
}

TEST_CASE("A refused group does not spoil the subscription to the others") {
  CleanMac mac;
  furnish(*mac);
  mac->edit()->refused_groups = {"AMC Stats"};
  mac->edit()->refusal_spoils_all = true;
  const auto report =
      open_ioreport(Wanted{{"AMC Stats", false, nullptr}, {"Energy Model", false, nullptr}});
  REQUIRE(report->channels().size() == 2);
  REQUIRE(refused(*report) == std::vector<std::string>{"AMC Stats"});
}

TEST_CASE("With all groups refused there is an object without channels") {
  CleanMac mac;
  furnish(*mac);
  mac->edit()->refused_groups = {"AMC Stats", "Energy Model", "PMP0", "PMP1"};
  const auto report = open_ioreport(kAll);
  REQUIRE(report->channels().empty());
  REQUIRE(refused(*report).size() == 4);
  REQUIRE(report->sample().values.empty());
  REQUIRE(report->sample().at == std::chrono::seconds(1));
}

TEST_CASE("A group that a merged subscription lacks without a word is refused") {
  CleanMac mac;
  furnish(*mac);
  mac->edit()->unmerged_groups = {"AMC Stats"};
  const auto report = open_ioreport(kAll);
  REQUIRE(report->channels().size() == 4);
  REQUIRE(refused(*report) == std::vector<std::string>{"AMC Stats"});
}

TEST_CASE("Groups that are refused only together give way one by one") {
  CleanMac mac;
  furnish(*mac);
  mac->edit()->most_groups = 2;
  const auto report = open_ioreport(kAll);
  REQUIRE(names(*report) == std::vector<std::string>{"Energy Model/ANE0", "Energy Model/CPU Energy",
                                                     "AMC Stats/ANE DCS RD"});
  REQUIRE(refused(*report) == std::vector<std::string>{"PMP1", "PMP0"});
}

TEST_CASE("Samples are taken of what was asked for when the kernel does not say what it gave") {
  CleanMac mac;
  furnish(*mac);
  mac->edit()->no_subscribed = true;
  REQUIRE(open_ioreport(kAll)->sample().values.size() == 5);
}

TEST_CASE("Values come raw, with the driver's time on the awake clock") {
  CleanMac mac;
  mac->edit()->channels = {
      energy("never", 5, 0),
      energy("ANE0", 123456, uint64_t{24'000'000} * 60),
      {"Energy Model", "", "negative", "mJ", 1, {}, {-3}, 3},
      {"S", "", "states", "24Mticks", 2, {"IDLE", "V0P0", "V1P1"}, {10, 20, 30}, 48'000'000},
      {"S", "", "buckets", "", 3, {"0GB/s", "1GB/s"}, {7, 8}, 24},
      {"S", "", "array", "", 4, {}, {1, 2, 3, 4, 5, 6, 7, 8}, 24}};
  mac->edit()->absolute_ticks = uint64_t{24'000'000} * 90;
  const auto report =
      open_ioreport(Wanted{{"Energy Model", false, nullptr}, {"S", false, nullptr}});
  const IoReportSample& sample = report->sample();
  REQUIRE(sample.at == std::chrono::seconds(90));
  REQUIRE(sample.values.size() == 6);
  for (uint32_t i = 0; i < 6; ++i) REQUIRE(sample.values[i].channel == i);
  REQUIRE(sample.values[0].value == 5);
  REQUIRE_FALSE(sample.values[0].stamp);
  REQUIRE(sample.values[1].value == 123456);
  REQUIRE(sample.values[1].stamp == std::chrono::seconds(60));
  REQUIRE(sample.values[2].value == -3);
  REQUIRE(sample.values[2].stamp == Duration(125));
  const auto parts = [&](size_t at) {
    return std::vector<int64_t>(sample.values[at].parts.begin(), sample.values[at].parts.end());
  };
  REQUIRE(parts(3) == std::vector<int64_t>{10, 20, 30});
  REQUIRE(sample.values[3].stamp == std::chrono::seconds(2));
  REQUIRE(parts(4) == std::vector<int64_t>{7, 8});
  REQUIRE(parts(5) == std::vector<int64_t>{1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("A stamp far beyond the machine's life is no stamp") {
  CleanMac mac;
  mac->edit()->channels = {energy("ANE0", 5, UINT64_MAX)};
  const auto report = open_ioreport(kAll);
  REQUIRE_FALSE(report->sample().values.at(0).stamp);
  mac->edit()->channels[0].stamp = uint64_t{24'000'000} * 3600 * 24 * 365 * 10;
  REQUIRE(report->sample().values.at(0).stamp == std::chrono::hours(24 * 365 * 10));
}

TEST_CASE("The elements of states are told apart by their index") {
  CleanMac mac;
  ReportChannel states = floors("PMP0", "ANE-DCS-BW");
  states.values = {11, 22};
  states.swapped_states = true;
  mac->edit()->channels = {states};
  const auto report = open_ioreport(kAll);
  const auto parts = report->sample().values.at(0).parts;
  REQUIRE(std::vector<int64_t>(parts.begin(), parts.end()) == std::vector<int64_t>{11, 22});
}

TEST_CASE("A channel of states was last published when the newest of them was") {
  CleanMac mac;
  ReportChannel states = floors("PMP0", "ANE-DCS-BW");
  states.part_stamps = {24'000'000, 48'000'000};
  mac->edit()->channels = {states};
  const auto report = open_ioreport(kAll);
  REQUIRE(report->sample().values.at(0).stamp == std::chrono::seconds(2));
}

TEST_CASE("Time that the machine slept does not pass") {
  CleanMac mac;
  furnish(*mac);
  const auto report = open_ioreport(kAll);
  const Duration before = report->sample().at;
  mac->pass_asleep(std::chrono::hours(8));
  mac->pass_time(std::chrono::seconds(1));
  REQUIRE(report->sample().at == before + std::chrono::seconds(1));
}

TEST_CASE("Values that nobody has filled are left out") {
  CleanMac mac;
  ReportChannel states = floors("PMP0", "ANE-DCS-BW");
  states.values = {11, kNoValue};
  mac->edit()->channels = {energy("ANE0", kNoValue, 1), states, energy("CPU Energy", 4, 1)};
  const auto report = open_ioreport(kAll);
  REQUIRE(report->channels().size() == 3);
  REQUIRE(report->sample().values.size() == 1);
  REQUIRE(report->sample().values[0].value == 4);
  mac->edit()->channels[0].values = {9};
  mac->edit()->channels[1].values = {1, 2};
  REQUIRE(report->sample().values.size() == 3);
}

TEST_CASE("Elements of another format or size than the channel's are left out") {
  CleanMac mac;
  furnish(*mac);
  const auto report = open_ioreport(kAll);
  REQUIRE(report->sample().values.size() == 5);
  mac->edit()->channels[0].misformed = true;
  mac->edit()->channels[2].values = {1};
  REQUIRE(report->sample().values.size() == 3);
}

TEST_CASE("Elements that the driver calls invalid are left out, of simple channels too") {
  CleanMac mac;
  furnish(*mac);
  const auto report = open_ioreport(kAll);
  mac->edit()->channels[0].invalid_elements = true;
  mac->edit()->channels[2].invalid_elements = true;
  REQUIRE(report->sample().values.size() == 3);
  REQUIRE(names(*report)[report->sample().values[0].channel] == "Energy Model/CPU Energy");
  REQUIRE(names(*report)[report->sample().values[2].channel] == "PMP1/ANE-DCS-BW");
}

TEST_CASE("Elements that come after the first sample are read, if they are what the legend says") {
  CleanMac mac;
  ReportChannel states = floors("PMP0", "ANE-DCS-BW");
  states.values = {11, 22};
  ReportChannel array{"PMP0", "", "array", "", 4, {}, {1, 2, 3, 4}};
  ReportChannel other = floors("PMP0", "of another size");
  mac->edit()->channels = {states, array, other};
  for (ReportChannel& channel : mac->edit()->channels) channel.raw_elements = false;
  const auto report = open_ioreport(kAll);
  report->sample();
  for (ReportChannel& channel : mac->edit()->channels) channel.raw_elements = true;
  mac->edit()->channels[0].values = {33, 44};
  mac->edit()->channels[0].stamp = 48'000'000;
  mac->edit()->channels[2].values = {5, 6, 7};
  const auto& values = report->sample().values;
  REQUIRE(values.size() == 1);
  REQUIRE(values[0].channel == 0);
  REQUIRE(values[0].stamp == std::chrono::seconds(2));
  REQUIRE(std::vector<int64_t>(values[0].parts.begin(), values[0].parts.end()) ==
          std::vector<int64_t>{33, 44});
}

TEST_CASE("A channel of a format that does not exist yet is passed over") {
  CleanMac mac;
  ReportChannel strange = energy("strange");
  strange.format = 5;
  mac->edit()->channels = {energy("ANE0", 1), strange, energy("CPU Energy", 2)};
  const auto report = open_ioreport(kAll);
  REQUIRE(report->channels().size() == 2);
  REQUIRE(report->sample().values.at(1).value == 2);
}

TEST_CASE("Channels of unknown formats alone are passed over too") {
  CleanMac mac;
  ReportChannel strange = energy("strange");
  strange.format = 5;
  mac->edit()->channels = {strange};
  REQUIRE(open_ioreport(kAll)->sample().values.empty());
  mac->edit()->channels.push_back(floors("PMP0", "ANE-DCS-BW"));
  const auto report = open_ioreport(kAll);
  for (int i = 0; i < 3; ++i) REQUIRE(report->sample().values.size() == 1);
}

TEST_CASE("A subscription whose first sample is empty tells of its channels when they come") {
  CleanMac mac;
  furnish(*mac);
  mac->edit()->extra_channels = -5;
  const auto report = open_ioreport(kAll);
  REQUIRE(report->sample().values.empty());
  REQUIRE(refused(*report).empty());
  mac->edit()->extra_channels = 0;
  REQUIRE(report->sample().values.size() == 5);
  REQUIRE(refused(*report).empty());
}

TEST_CASE("Without raw elements values come without a time") {
  CleanMac mac;
  ReportChannel states = floors("PMP0", "ANE-DCS-BW");
  states.values = {11, 22};
  ReportChannel histogram{"PMP0", "AF BW", "ANE RD", "", 3, {"1GB/s"}, {1}};
  mac->edit()->channels = {energy("ANE0", 7, 24), energy("unfilled", kNoValue), states, histogram};
  for (ReportChannel& channel : mac->edit()->channels) channel.raw_elements = false;
  const auto report = open_ioreport(kAll);
  const auto& values = report->sample().values;
  REQUIRE(values.size() == 2);
  REQUIRE(values[0].value == 7);
  REQUIRE_FALSE(values[0].stamp);
  REQUIRE(values[1].parts.size() == 2);
  REQUIRE(values[1].parts[1] == 22);
}

TEST_CASE("Another number of channels ends the subscription; a new one has them") {
  CleanMac mac;
  furnish(*mac);
  for (const int change : {1, -1}) {
    const auto report = open_ioreport(kAll);
    REQUIRE(report->sample().values.size() == 5);
    mac->edit()->extra_channels = change;
    REQUIRE_THROWS_AS(report->sample(), Error);
    const auto again = open_ioreport(kAll);
    REQUIRE(again->sample().values.size() == static_cast<size_t>(5 + change));
    mac->edit()->extra_channels = 0;
  }
}

TEST_CASE("A sample that fails as a whole is an error, and may be good later") {
  CleanMac mac;
  furnish(*mac);
  mac->edit()->sampling_fails = true;
  const auto report = open_ioreport(kAll);
  REQUIRE(report->channels().empty());
  REQUIRE_THROWS_AS(report->sample(), Error);
  mac->edit()->sampling_fails = false;
  REQUIRE(report->sample().values.size() == 5);
  REQUIRE(report->channels().size() == 5);
  REQUIRE(refused(*report).empty());
}

TEST_CASE("Channels that are gone are an object that is empty, not old values") {
  CleanMac mac;
  furnish(*mac);
  const auto report = open_ioreport(kAll);
  mac->edit()->channels.clear();
  REQUIRE(report->sample().values.empty());
  REQUIRE(open_ioreport(kAll) == nullptr);
}

TEST_CASE("Of a large inventory the wanted channels are picked out once") {
  CleanMac mac;
  constexpr int kInventory = 4606;
  for (int i = 0; i < kInventory; ++i) {
    ReportChannel channel =
        floors("PMP0", (i % 100 == 0 ? "wanted " : "other ") + std::to_string(i));
    mac->edit()->channels.push_back(channel);
  }
  static int asked = 0;
  asked = 0;
  const auto report = open_ioreport(Wanted{{"PMP", true, [](const Channel& channel) {
                                              ++asked;
                                              return channel.name.starts_with("wanted ");
                                            }}});
  REQUIRE(asked == kInventory);
  const int64_t held = FakeMac::live_objects();
  const uint64_t before = FakeMac::made_objects();
  for (int i = 0; i < 10; ++i) REQUIRE(report->sample().values.size() == 47);
  REQUIRE(asked == kInventory);
  // A sample makes objects for what was kept, not for the inventory.
  REQUIRE(FakeMac::made_objects() - before < 10 * 47 * 5);
  REQUIRE(FakeMac::live_objects() == held);
}

TEST_CASE("Every pass over IOReport has a pool of its own") {
  CleanMac mac;
  furnish(*mac);
  const auto report = open_ioreport(kAll);
  const uint64_t before = FakeMac::autorelease_pools();
  for (int i = 0; i < 5; ++i) report->sample();
  REQUIRE(FakeMac::autorelease_pools() == before + 5);
}
