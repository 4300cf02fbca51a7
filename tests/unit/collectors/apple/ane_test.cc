#include "collectors/ane.h"

#include "collectors/apple/ane_channels.h"
#include "collectors/apple/channel_delta.h"
#include "core/error.h"
#include "tests/catch.h"
#include "tests/unit/collectors/apple/apple_run.h"

using namespace anemon;
using anemon::test::AppleRun;
using anemon::test::kTicks;
using anemon::test::ScriptedChannel;

namespace {

const std::vector<std::string> kFloors = {"F1", "F2", "F3"};
const std::vector<std::string> kVoltages = {"VMIN", "VNOM", "VMAX"};
const std::vector<std::string> kBins = {"1GB/s", "2GB/s", "4GB/s", "8GB/s"};

struct World : AppleRun {
  World() : AppleRun(make_ane) {}
  void counts(const std::string& group, const std::string& subgroup, const std::string& name,
              const std::vector<std::string>& states) {
    ScriptedChannel& made =
        machine.channel({group, subgroup, name, "events", ChannelFormat::state, states});
    made.parts.resize(states.size());
    made.stamp = Duration{};
  }
};

std::string activity(const std::string& signal, const std::string& engine = "ane0") {
  return "anemon_ane_activity_ratio{engine=\"" + engine + "\",signal=\"" + signal + "\"}";
}
std::string bytes(const std::string& direction, const std::string& path, const std::string& source,
                  const std::string& engine = "ane0") {
  return "anemon_ane_bytes_total{engine=\"" + engine + "\",direction=\"" + direction +
         "\",path=\"" + path + "\",source=\"" + source + "\"}";
}

std::optional<AneChannel> parse(const std::string& group, const std::string& subgroup,
                                const std::string& name,
                                ChannelFormat format = ChannelFormat::state) {
  return parse_ane_channel({group, subgroup, name, "", format, {}});
}

}  // namespace

TEST_CASE("Channels of the Neural Engine are known by their exact names") {
  CHECK(parse("PMP", "DCS Floor", "ANE-DCS-BW")->role == AneRole::dcs_floor);
  CHECK(parse("PMP0", "DCS Floor", "ANE1-DCS-BW")->engine == 1);
  CHECK(parse("PMP1", "SOC Floor", "ANE0-LNK1-AF-BW")->die == 1);
  CHECK(parse("PMP", "SOC Floor", "ANE-AF-BW")->role == AneRole::fabric_floor);
  CHECK(parse("PMP", "DCS BW", "ANE0 RD")->role == AneRole::memory_read);
  CHECK(parse("PMP0", "AF BW", "ANE L1 WR")->role == AneRole::fabric_write);
  CHECK(parse("PMP", "DCS BW", "ANE1 L0 RD")->engine == 1);
  CHECK(parse("PMP", "Fast-Die CE", "ANE0")->role == AneRole::compute_engine);
  CHECK(parse("ANE1", "IOP State", "status")->engine == 1);
  CHECK(parse("AMC Stats", "Perf Counters", "ANE DCS RD", ChannelFormat::simple)->role ==
        AneRole::counted_read);
  CHECK(parse("AMC Stats", "Perf Counters", "DIE1 ANE0 DCS WR", ChannelFormat::simple)->die == 1);
  CHECK(parse("SoC Stats", "Events", "ANE_EXT_TRIG2")->trigger == "ext2");
  CHECK(parse("SoC Stats", "Events", "ANE_THROTTLE_DITHER_TRIG")->trigger == "dither");
  CHECK(parse("SoC Stats", "Events", "ANE_DITHR_TRIG")->trigger == "dither");

  CHECK_FALSE(parse("PMPX", "DCS Floor", "ANE-DCS-BW"));
  CHECK_FALSE(parse("PMP", "DCS Floor", "LANE-DCS-BW"));
  CHECK_FALSE(parse("PMP", "DCS Floor", "ANE-DCS-BW2"));
  CHECK_FALSE(parse("PMP", "DCS BW", "ANE0 RD+WR"));
  CHECK_FALSE(parse("PMP", "SOC-NI Util BW", "SOC-NI8 ANE UP"));
  CHECK_FALSE(parse("AMC Stats", "Perf Counters", "ANE RD", ChannelFormat::simple));
  CHECK_FALSE(parse("AMC Stats", "Perf Counters", "ANE NRT AF RD", ChannelFormat::simple));
  CHECK_FALSE(parse("Energy Model", "", "ANE0", ChannelFormat::simple));
}

TEST_CASE("Each activity signal is told under its own name") {
  World world;
  world.counts("PMP0", "DCS Floor", "ANE-DCS-BW", kFloors);
  world.counts("PMP0", "SOC Floor", "ANE-LNK0-AF-BW", kVoltages);
  world.counts("PMP0", "SOC Floor", "ANE-LNK1-AF-BW", kVoltages);
  world.machine.state("ANE", "IOP State", "status", {"Off", "Running"});
  world.collect();
  CHECK(world.signal(Metric::kAneActivity, "ane0/dcs_floor", "pmp") ==
        "unproven: has not moved yet");
  world.add("PMP0", "DCS Floor", "ANE-DCS-BW", {{"F1", 171}, {"F2", 400}, {"F3", 429}});
  world.add("PMP0", "SOC Floor", "ANE-LNK0-AF-BW", {{"VMIN", 500}, {"VNOM", 500}});
  world.add("PMP0", "SOC Floor", "ANE-LNK1-AF-BW", {{"VMIN", 400}, {"VMAX", 600}});
  world.add("ANE", "IOP State", "status", {{"Running", kTicks}});
  world.collect();
  CHECK(world.value(activity("dcs_floor")) == Approx(0.829));
  CHECK(world.value(activity("fabric_floor")) == Approx(0.6));
  CHECK(world.value(activity("firmware")) == 1);
  CHECK(world.value("anemon_ane_active_seconds_total{engine=\"ane0\",signal=\"firmware\"}") ==
        Approx(1));
  CHECK(world.signal(Metric::kAneActivity, "ane0/dcs_floor", "pmp") == "live: ");
  CHECK(world.signal(Metric::kAneActivity, "ane0/compute_engine", "pmp") ==
        "absent: chip does not publish it");

  SECTION("An idle engine is a true zero") {
    world.add("PMP0", "DCS Floor", "ANE-DCS-BW", {{"F1", 1000}});
    world.collect();
    CHECK(world.value(activity("dcs_floor")) == 0);
  }
  SECTION("Sleep is activity of neither side") {
    world.add("PMP0", "DCS Floor", "ANE-DCS-BW", {{"F3", 1'000'000}});
    world.collect(true);
    CHECK(world.value("anemon_ane_active_seconds_total{engine=\"ane0\",signal=\"dcs_floor\"}") ==
          Approx(0.829));
    // The driver began the first publication before the sleep.
    world.add("PMP0", "DCS Floor", "ANE-DCS-BW", {{"F3", 1'000'000}});
    world.collect();
    CHECK_FALSE(world.value(activity("dcs_floor")));
    CHECK(world.value("anemon_ane_active_seconds_total{engine=\"ane0\",signal=\"dcs_floor\"}") ==
          Approx(0.829));
    world.add("PMP0", "DCS Floor", "ANE-DCS-BW", {{"F1", 1000}});
    world.collect();
    CHECK(world.value(activity("dcs_floor")) == 0);
  }
}

TEST_CASE("An idle M6 asks for the second memory level") {
  for (const auto& [chip, ratio] :
       std::vector<std::pair<std::string, double>>{{"Apple M6", 0.25}, {"Apple M5", 0.75}}) {
    World world;
    world.machine.facts.chip = chip;
    world.counts("PMP", "DCS Floor", "ANE-DCS-BW", kFloors);
    world.collect();
    world.add("PMP", "DCS Floor", "ANE-DCS-BW", {{"F1", 25}, {"F2", 50}, {"F3", 25}});
    world.collect();
    CHECK(world.value(activity("dcs_floor")) == Approx(ratio));
  }
}

TEST_CASE("A signal that stands still while another moves is frozen, not zero") {
  World world;
  world.counts("PMP", "DCS Floor", "ANE0", {"F1", "F2"});
  world.counts("PMP", "Fast-Die CE", "ANE0", {"0%", "50%", "100%"});
  world.machine.state("ANE", "IOP State", "status", {"Off", "Running"});
  world.collect();
  for (int i = 0; i < 12; ++i) {
    world.add("ANE", "IOP State", "status", {{"Running", kTicks}});
    world.collect();
  }
  CHECK_FALSE(world.value(activity("dcs_floor")));
  CHECK(world.signal(Metric::kAneActivity, "ane0/dcs_floor", "pmp") ==
        "frozen: still while another signal moves");
  CHECK(world.value(activity("firmware")) == 1);
}

TEST_CASE("A histogram of use is trusted once it left its lowest bin") {
  World world;
  world.counts("PMP", "Fast-Die CE", "ANE0", {"0%", "50%", "100%"});
  world.collect();
  world.add("PMP", "Fast-Die CE", "ANE0", {{"0%", 1000}});
  world.collect();
  CHECK_FALSE(world.value(activity("compute_engine")));
  CHECK(world.signal(Metric::kAneActivity, "ane0/compute_engine", "pmp") ==
        "unproven: has not moved yet");
  world.add("PMP", "Fast-Die CE", "ANE0", {{"0%", 500}, {"100%", 500}});
  world.collect();
  CHECK(world.value(activity("compute_engine")) == Approx(0.5));
}

TEST_CASE("States that nobody knows make a signal absent, not wrong") {
  World world;
  world.counts("PMP", "DCS Floor", "ANE0", {"slow", "fast"});
  world.collect();
  world.add("PMP", "DCS Floor", "ANE0", {{"fast", 100}});
  world.collect();
  CHECK_FALSE(world.value(activity("dcs_floor")));
  CHECK(world.signal(Metric::kAneActivity, "ane0/dcs_floor", "pmp") ==
        "absent: states of no known kind");
}

TEST_CASE("Bytes come from the memory controller where it may be read") {
  World world;
  ScriptedChannel& channel = world.machine.channel(
      {"AMC Stats", "Perf Counters", "ANE DCS RD", "B", ChannelFormat::simple, {}});
  channel.value = 1000;
  world.counts("PMP", "DCS BW", "ANE0 RD", kBins);
  world.collect();
  world.machine.channels[0].value = 1000 + 65'500'000'000;
  world.add("PMP", "DCS BW", "ANE0 RD", {{"2GB/s", 100}});
  world.collect();
  CHECK(world.value(bytes("read", "memory", "ioreport")) == Approx(65.5e9));
  CHECK_FALSE(world.value(bytes("read", "memory", "pmp")));
  SECTION("a sentinel is no value") {
    world.machine.channels[0].value = INT64_MIN;  // as if it came through
    world.collect();
    CHECK(world.value(bytes("read", "memory", "ioreport")) == Approx(65.5e9));
  }
  SECTION("more than any engine moves is not believed") {
    *world.machine.channels[0].value += 50'000'000'000'000;
    world.collect();
    CHECK(world.run.pass.rejected().at("bandwidth_range") == 1);
    CHECK(world.value(bytes("read", "memory", "ioreport")) == Approx(65.5e9));
  }
}

TEST_CASE("Where the memory controller is refused, bytes are estimated and the clipping told") {
  World world;
  world.machine.channel(
      {"AMC Stats", "Perf Counters", "ANE DCS RD", "B", ChannelFormat::simple, {}});
  world.machine.refused_groups = {"AMC Stats"};
  world.counts("PMP0", "DCS BW", "ANE L0 RD", kBins);
  world.counts("PMP0", "DCS BW", "ANE L1 RD", kBins);
  world.counts("PMP0", "AF BW", "ANE L0 RD", kBins);
  world.collect();
  world.add("PMP0", "DCS BW", "ANE L0 RD", {{"2GB/s", 2204}});
  world.add("PMP0", "DCS BW", "ANE L1 RD", {{"4GB/s", 2204}});
  world.add("PMP0", "AF BW", "ANE L0 RD", {{"8GB/s", 440}, {"4GB/s", 3968}});
  world.collect();
  // Half a second's samples at 1.5 GB/s and as many at 3 GB/s.
  CHECK(world.value(bytes("read", "memory", "pmp")) == Approx(2.25e9));
  CHECK(world.value(bytes("read", "fabric", "pmp")) ==
        Approx((440 * 6e9 + 3968 * 3e9) / 4408).epsilon(1e-6));
  CHECK(world.value("anemon_ane_bandwidth_clipped_ratio{engine=\"ane0\",path=\"memory\"}") == 0);
  CHECK(world.value("anemon_ane_bandwidth_clipped_ratio{engine=\"ane0\",path=\"fabric\"}") ==
        Approx(440.0 / 4408));
  CHECK(world.value("anemon_ane_cache_hit_ratio{engine=\"ane0\"}") ==
        Approx(1 - 2.25e9 / ((440 * 6e9 + 3968 * 3e9) / 4408)));
  CHECK(world.signal(Metric::kAneBytes, "ane0", "ioreport") ==
        "refused: the kernel refuses this group");
  CHECK(world.signal(Metric::kAneBytes, "ane0", "pmp") == "live: ");

  SECTION("a saturated link says nothing about the cache") {
    world.add("PMP0", "DCS BW", "ANE L0 RD", {{"2GB/s", 100}});
    world.add("PMP0", "AF BW", "ANE L0 RD", {{"8GB/s", 4000}});
    world.collect();
    CHECK_FALSE(world.value("anemon_ane_cache_hit_ratio{engine=\"ane0\"}"));
    CHECK(world.value("anemon_ane_bandwidth_clipped_ratio{engine=\"ane0\",path=\"fabric\"}") == 1);
  }
}

TEST_CASE("Without a known sampling rate no bytes are made up") {
  World world;
  world.machine.facts.chip = "Apple M9";
  world.counts("PMP", "DCS BW", "ANE0 RD", kBins);
  world.collect();
  world.add("PMP", "DCS BW", "ANE0 RD", {{"2GB/s", 75}, {"8GB/s", 25}});
  world.collect();
  CHECK_FALSE(world.value(bytes("read", "memory", "pmp")));
  CHECK(world.value("anemon_ane_bandwidth_clipped_ratio{engine=\"ane0\",path=\"memory\"}") ==
        Approx(0.25));
  CHECK(world.signal(Metric::kAneBytes, "ane0", "pmp") ==
        "absent: sampling rate of this chip is not known");
}

TEST_CASE("A throttle trigger counts its active state, not the clock that always runs") {
  World world;
  world.machine.state("SoC Stats", "Events", "ANE_THROTTLE_PPT_TRIG", {"INACT", "ACT"});
  world.collect();
  world.add("SoC Stats", "Events", "ANE_THROTTLE_PPT_TRIG", {{"INACT", kTicks}});
  world.collect();
  const std::string series = "anemon_ane_throttle_seconds_total{engine=\"ane0\",trigger=\"ppt\"}";
  CHECK(world.value(series) == 0);
  world.add("SoC Stats", "Events", "ANE_THROTTLE_PPT_TRIG",
            {{"INACT", kTicks * 3 / 4}, {"ACT", kTicks / 4}});
  world.collect();
  CHECK(world.value(series) == Approx(0.25));
}

TEST_CASE("Two engines are told apart, in one die or in two") {
  World world;
  const bool dies = GENERATE(false, true);
  const std::string group = dies ? "PMP1" : "PMP";
  const std::string second = dies ? "ANE-DCS-BW" : "ANE1-DCS-BW";
  world.counts(dies ? "PMP0" : "PMP", "DCS Floor", "ANE-DCS-BW", kFloors);
  world.counts(group, "DCS Floor", second, kFloors);
  world.machine.state("ANE1", "IOP State", "status", {"Off", "Running"});
  world.collect();
  world.add(dies ? "PMP0" : "PMP", "DCS Floor", "ANE-DCS-BW", {{"F1", 100}});
  world.add(group, "DCS Floor", second, {{"F3", 100}});
  world.add("ANE1", "IOP State", "status", {{"Running", kTicks}});
  world.collect();
  CHECK(world.value(activity("dcs_floor", "ane0")) == 0);
  CHECK(world.value(activity("dcs_floor", "ane1")) == 1);
  CHECK(world.value(activity("firmware", "ane1")) == 1);
}

TEST_CASE("Counters of the engine go on when channels appear and when the subscription ends") {
  World world;
  world.machine.state("PMP", "DCS Floor", "ANE-DCS-BW", kFloors);
  world.counts("PMP", "DCS BW", "ANE0 RD", kBins);
  world.machine.state("SoC Stats", "Events", "ANE_PPT_TRIG", {"INACT", "ACT"});
  const auto work = [&] {
    world.add("PMP", "DCS Floor", "ANE-DCS-BW", {{"F3", kTicks}});
    world.add("PMP", "DCS BW", "ANE0 RD", {{"2GB/s", 4408}});
    world.add("SoC Stats", "Events", "ANE_PPT_TRIG", {{"ACT", kTicks}});
    world.collect();
  };
  const auto check = [&](double seconds) {
    CHECK(world.value("anemon_ane_active_seconds_total{engine=\"ane0\",signal=\"dcs_floor\"}") ==
          Approx(seconds));
    CHECK(world.value(bytes("read", "memory", "pmp")) == Approx(1.5e9 * seconds));
    CHECK(world.value("anemon_ane_throttle_seconds_total{engine=\"ane0\",trigger=\"ppt\"}") ==
          Approx(seconds));
  };
  world.collect();
  work();
  check(1);

  world.machine.sampling_fails = true;
  CHECK_THROWS_AS(world.collect(), Error);
  world.machine.sampling_fails = false;
  for (int i = 0; i < 6; ++i) world.collect();
  REQUIRE(world.machine.ioreports_opened == 2);
  for (int i = 0; i < 2; ++i) work();  // the first may still be of the time that was missed
  const std::string seconds =
      "anemon_ane_active_seconds_total{engine=\"ane0\",signal=\"dcs_floor\"}";
  CHECK(world.value(seconds) == Approx(3));
  CHECK(world.value(bytes("read", "memory", "pmp")) == Approx(4.5e9));
  CHECK(world.value("anemon_ane_throttle_seconds_total{engine=\"ane0\",trigger=\"ppt\"}") ==
        Approx(2));
}

TEST_CASE("Of several links the busiest tells, whichever is listed first") {
  for (const bool first : {true, false}) {
    World world;
    for (const char* link : {"ANE-LNK0-AF-BW", "ANE-LNK1-AF-BW"}) {
      world.counts("PMP0", "SOC Floor", link, kVoltages);
      world.add("PMP0", "SOC Floor", link, {});
    }
    world.collect();
    world.add("PMP0", "SOC Floor", "ANE-LNK0-AF-BW", {{"VMIN", 50}, {"VNOM", first ? 50 : 10}});
    world.add("PMP0", "SOC Floor", "ANE-LNK1-AF-BW", {{"VMIN", 50}, {"VNOM", first ? 10 : 50}});
    world.collect();
    CHECK(world.value(activity("fabric_floor")) == Approx(0.5));
    CHECK(world.value("anemon_ane_active_seconds_total{engine=\"ane0\",signal=\"fabric_floor\"}") ==
          Approx(0.5));

    // A link that is published no more does not speak for the other.
    for (int i = 0; i < 12; ++i) {
      world.add("PMP0", "SOC Floor", first ? "ANE-LNK1-AF-BW" : "ANE-LNK0-AF-BW", {{"VMIN", 100}});
      world.collect();
    }
    CHECK(world.value(activity("fabric_floor")) == 0);
  }
}

TEST_CASE("A signal that moves again is frozen no more, and a trace of activity freezes none") {
  World world;
  world.counts("PMP", "DCS Floor", "ANE0", {"F1", "F2"});
  world.machine.state("ANE", "IOP State", "status", {"Off", "Running"});
  world.add("PMP", "DCS Floor", "ANE0", {});
  world.collect();
  const std::string frozen = "frozen: still while another signal moves";
  const auto told = [&] { return world.signal(Metric::kAneActivity, "ane0/dcs_floor", "pmp"); };
  SECTION("it moves again") {
    const auto run = [&](int passes) {
      for (int i = 0; i < passes; ++i) {
        world.add("ANE", "IOP State", "status", {{"Running", kTicks}});
        world.collect();
      }
    };
    run(12);
    CHECK(told() == frozen);
    for (int i = 0; i < 2; ++i) {
      world.add("PMP", "DCS Floor", "ANE0", {{"F1", 100}});
      run(1);
    }
    CHECK(told() == "live: ");
    run(9);  // held
    CHECK(world.value(activity("dcs_floor")) == 0);
    run(3);
    CHECK(told() == frozen);
    world.add("PMP", "DCS Floor", "ANE0", {{"F1", 100}});
    run(1);
    CHECK(told() == "live: ");
    run(5);
    world.add("PMP", "DCS Floor", "ANE0", {{"F1", 100}});
    run(1);
    world.collect(true);  // since the last movement the other worked for a second only
    CHECK(told() == "live: ");
  }
  SECTION("a trace of activity") {
    for (int i = 0; i < 300; ++i) {
      world.add("ANE", "IOP State", "status",
                {{"Running", kTicks / 25}, {"Off", kTicks * 24 / 25}});
      world.collect();
    }
    CHECK(told() == "unproven: has not moved yet");
  }
}

TEST_CASE("What the bins are too coarse to tell is no cache's ratio, and old samples make none") {
  World world;
  for (const char* path : {"DCS BW", "AF BW"}) {
    world.counts("PMP", path, "ANE0 RD", kBins);
    world.add("PMP", path, "ANE0 RD", {});
  }
  const std::string ratio = "anemon_ane_cache_hit_ratio{engine=\"ane0\"}";
  const std::string clipped = "anemon_ane_bandwidth_clipped_ratio{engine=\"ane0\",path=\"memory\"}";
  world.collect();
  world.add("PMP", "DCS BW", "ANE0 RD", {{"4GB/s", 100}});
  world.add("PMP", "AF BW", "ANE0 RD", {{"2GB/s", 100}});
  world.collect();
  CHECK_FALSE(world.value(ratio));
  world.add("PMP", "DCS BW", "ANE0 RD", {{"2GB/s", 100}});
  world.add("PMP", "AF BW", "ANE0 RD", {{"4GB/s", 100}});
  world.collect();
  CHECK(world.value(ratio) == Approx(0.5));
  CHECK(world.value(clipped) == 0);
  for (int i = 0; i < 12; ++i) {
    world.add("PMP", "AF BW", "ANE0 RD", {{"4GB/s", 100}});
    world.collect();
  }
  CHECK_FALSE(world.value(ratio));
  CHECK_FALSE(world.value(clipped));
}

TEST_CASE("Estimates of more than any engine moves are not believed") {
  World world;
  world.counts("PMP", "DCS BW", "ANE0 RD", kBins);
  world.collect();
  world.add("PMP", "DCS BW", "ANE0 RD", {{"4GB/s", 100'000'000}});
  world.collect();
  CHECK(world.run.pass.rejected().at("bandwidth_range") == 1);
  CHECK(world.value(bytes("read", "memory", "pmp")) == 0);
}

TEST_CASE("Publications in quick succession are one, and stamps of the future are no times") {
  ChannelDelta delta;
  const auto second = [](double seconds) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  };
  CHECK_FALSE(delta.feed({0, second(9.9), 100, {}}, second(10)));
  CHECK_FALSE(delta.feed({0, second(9.92), 130, {}}, second(11)));
  CHECK(delta.feed({0, second(11.9), 200, {}}, second(12)));
  CHECK(delta.total() == 100);
  CHECK(delta.span() == second(2));

  CHECK(delta.feed({0, second(20), 300, {}}, second(13)));
  CHECK(delta.span() == second(1));
  CHECK_FALSE(delta.published());
  CHECK(delta.feed({0, second(20.5), 400, {}}, second(15)));
  CHECK(delta.span() == second(2));
}

TEST_CASE("A die that is listed with and without its number counts once") {
  World world;
  for (const char* group : {"PMP", "PMP0"}) world.counts(group, "DCS BW", "ANE0 RD", kBins);
  world.collect();
  for (const char* group : {"PMP", "PMP0"}) {
    world.add(group, "DCS BW", "ANE0 RD", {{"2GB/s", 4408}});
  }
  world.collect();
  CHECK(world.value(bytes("read", "memory", "pmp")) == Approx(1.5e9));
}

TEST_CASE("Residencies without any time say nothing of the engine") {
  World world;
  world.machine.state("PMP", "DCS Floor", "ANE-DCS-BW", kFloors);
  world.collect();
  world.add("PMP", "DCS Floor", "ANE-DCS-BW", {{"F3", kTicks}});
  world.collect();
  REQUIRE(world.value(activity("dcs_floor")) == 1);
  world.add("PMP", "DCS Floor", "ANE-DCS-BW", {});  // the stamp moves alone
  world.collect();
  CHECK_FALSE(world.value(activity("dcs_floor")));
  CHECK(world.signal(Metric::kAneActivity, "ane0/dcs_floor", "pmp") == "stale: no publication");
}

TEST_CASE("Paths whose directions differ do not make a cache's ratio") {
  World world;
  world.counts("PMP", "DCS BW", "ANE0 RD", kBins);
  world.counts("PMP", "AF BW", "ANE0 RD", kBins);
  world.counts("PMP", "AF BW", "ANE0 WR", kBins);
  world.collect();
  for (const char* path : {"DCS BW", "AF BW"}) world.add("PMP", path, "ANE0 RD", {{"2GB/s", 100}});
  world.add("PMP", "AF BW", "ANE0 WR", {{"2GB/s", 100}});
  world.collect();
  CHECK_FALSE(world.value("anemon_ane_cache_hit_ratio{engine=\"ane0\"}"));
}

TEST_CASE("A trigger that is published no more is stale") {
  World world;
  world.machine.state("SoC Stats", "Events", "ANE_PPT_TRIG", {"INACT", "ACT"});
  world.collect();
  world.add("SoC Stats", "Events", "ANE_PPT_TRIG", {{"INACT", kTicks}});
  world.collect();
  CHECK(world.signal(Metric::kAneThrottle, "ane0", "ioreport") == "live: ");
  for (int i = 0; i < 12; ++i) world.collect();
  CHECK(world.signal(Metric::kAneThrottle, "ane0", "ioreport") == "stale: no publication");
}

TEST_CASE("Holders are counted by process, without the system's own, and shown in bounds") {
  World world;
  world.machine.ane.emplace();
  world.machine.ane->power_state = 1;
  world.machine.ane->clients = {
      {90, "aned"}, {512, "whisper"}, {512, "whisper"}, {77, "mlx"}, {91, "ANECompilerService"}};
  world.collect();
  CHECK(world.value("anemon_ane_clients") == 2);
  CHECK(world.value("anemon_ane_client_info{pid=\"512\",process=\"whisper\"}") == 1);
  CHECK(world.value("anemon_ane_client_info{pid=\"77\",process=\"mlx\"}") == 1);
  CHECK(world.value("anemon_ane_powered{engine=\"ane0\"}") == 1);
  CHECK_FALSE(world.value(activity("firmware")));  // powered is not active

  world.machine.ane->clients.clear();
  world.machine.ane->power_state = 0;
  for (int pid = 1; pid <= 40; ++pid) world.machine.ane->clients.push_back({pid, "many"});
  world.collect();
  CHECK(world.value("anemon_ane_clients") == 40);
  CHECK(world.value("anemon_ane_powered{engine=\"ane0\"}") == 0);
  CHECK(world.value("anemon_ane_client_info{pid=\"16\",process=\"many\"}") == 1);
  CHECK_FALSE(world.value("anemon_ane_client_info{pid=\"17\",process=\"many\"}"));
}

TEST_CASE("A refused group is told as refused even when it is the only one") {
  World world;
  world.counts("PMP", "DCS Floor", "ANE-DCS-BW", kFloors);
  world.machine.refused_groups = {"PMP"};
  world.collect();
  CHECK(world.signal(Metric::kAneActivity, "ane0/dcs_floor", "pmp") ==
        "refused: the kernel refuses this group");
}

TEST_CASE("Values that move under a frozen stamp are timed by observation") {
  World world;
  world.counts("PMP", "DCS Floor", "ANE-DCS-BW", kFloors);
  world.collect();
  for (int i = 0; i < 3; ++i) {
    world.add("PMP", "DCS Floor", "ANE-DCS-BW", {{"F1", 50}, {"F2", 50}});
    world.find("PMP", "DCS Floor", "ANE-DCS-BW").stamp = Duration{};
    world.collect();
  }
  CHECK(world.value(activity("dcs_floor")) == Approx(0.5));
  CHECK(world.value("anemon_ane_active_seconds_total{engine=\"ane0\",signal=\"dcs_floor\"}") ==
        Approx(1.5));
}

TEST_CASE("Without IOReport the Neural Engine's registry is still read") {
  World world;
  world.machine.ioreport_missing = true;
  world.machine.ane.emplace();
  world.machine.ane->power_state = 1;
  world.collect();
  CHECK(world.value("anemon_ane_powered{engine=\"ane0\"}") == 1);
  CHECK(world.signal(Metric::kAneActivity, "", "ioreport") == "absent: no such channels");
}
