#include "collectors/apple/memory_traffic.h"

#include "collectors/memory.h"
#include "tests/catch.h"
#include "tests/unit/collectors/apple/apple_run.h"

using namespace anemon;
using anemon::test::AppleRun;
using anemon::test::ScriptedChannel;

namespace {

struct World : AppleRun {
  World() : AppleRun(make_memory) {}

  Channel counter(const std::string& name) const {
    return {"AMC Stats", "Perf Counters", name, "B", ChannelFormat::simple, {}};
  }
  // The driver's stamp is that of the next pass.
  void count(const std::string& name, int64_t bytes) {
    ScriptedChannel& channel = machine.channel(counter(name));
    channel.value = channel.value.value_or(0) + bytes;
    channel.stamp = run.clock.now().awake + std::chrono::seconds(1);
  }
  std::optional<double> moved(const std::string& requestor, const std::string& direction) const {
    return value("anemon_memory_bandwidth_bytes_total{requestor=\"" + requestor +
                 "\",direction=\"" + direction + "\",source=\"ioreport\"}");
  }
  std::string told(const std::string& requestor = {}) const {
    return signal(Metric::kMemoryBandwidth, requestor, "ioreport");
  }
};

std::string parsed(const std::string& name, const std::string& unit = "B") {
  const auto channel =
      parse_memory_traffic({"AMC Stats", "Perf Counters", name, unit, ChannelFormat::simple, {}});
  return channel ? channel->requestor + (channel->write ? " write" : " read") : "";
}

}  // namespace

TEST_CASE("Requestors are known by what they move to and from memory, and by nothing else") {
  CHECK(parsed("GFX DCS RD") == "gfx read");
  CHECK(parsed("PCPU1 DCS WR") == "pcpu1 write");
  CHECK(parsed("STRM CODEC DCS RD") == "strm-codec read");
  CHECK(parsed("DIE1 ECPU0 DCS RD", "") == "die1.ecpu0 read");
  for (const char* name :
       {"GFX RD", "ANE NRT AF RD", "DCS RD", " DCS RD", "GFX DCS RDWR", "GFX DCS RD/WR",
        "AMCC DCS RD", "AMCC RD+WR", "DIE DCS RD", "DIE0 DCS RD", "DCS PD CYCLES", "gfx DCS RD",
        "GFX  DCS RD", "DIE0 AFC RD/WR"}) {
    INFO(name);
    CHECK(parsed(name).empty());
  }
  CHECK(parsed("GFX DCS RD", "events").empty());  // a number of another kind
  CHECK_FALSE(is_memory_traffic({"PMP", "DCS BW", "GFX DCS RD", "B", ChannelFormat::simple, {}}));
}

TEST_CASE("Bytes of each requestor are counted from the first reading on") {
  World world;
  world.count("GFX DCS RD", 918'479'634'746'368);
  world.count("GFX DCS WR", 5);
  world.count("ISP DCS RD", 7);
  world.count("GFX RD", 9);
  world.collect();
  CHECK_FALSE(world.moved("gfx", "read"));
  CHECK(world.told("gfx") == "unproven: has not moved yet");

  world.count("GFX DCS RD", 1'000'000);
  world.count("GFX RD", 1'000'000);
  world.count("ISP DCS RD", 0);
  world.collect();
  CHECK(world.moved("gfx", "read") == 1e6);
  CHECK_FALSE(world.moved("gfx", "write"));
  CHECK_FALSE(world.moved("isp", "read"));
  CHECK(world.told("gfx") == "live: ");
  CHECK(world.told("isp") == "unproven: has not moved yet");

  SECTION("a sentinel is no value") {
    world.machine.channels[0].value = INT64_MIN;
    world.collect();
    CHECK(world.moved("gfx", "read") == 1e6);
    world.machine.channels[0].value = 918'479'634'746'368;
    for (int i = 0; i < 2; ++i) {
      world.count("GFX DCS RD", 0);
      world.collect();
      CHECK(world.moved("gfx", "read") == 1e6);
    }
  }
  SECTION("a counter that went back begins anew") {
    world.count("GFX DCS RD", -900'000'000'000'000);
    world.collect();
    CHECK(world.moved("gfx", "read") == 1e6);
  }
  SECTION("more than any memory moves is not believed") {
    world.count("GFX DCS RD", 50'000'000'000'000);
    world.collect();
    CHECK(world.run.pass.rejected().at("bandwidth_range") == 1);
    CHECK(world.moved("gfx", "read") == 1e6);
  }
  SECTION("what lies around a sleep counts for neither side") {
    for (const bool woke : {true, false}) {
      world.count("GFX DCS RD", 1'000'000);
      world.collect(woke);
      CHECK(world.moved("gfx", "read") == 1e6);
    }
    world.count("GFX DCS RD", 1'000'000);
    world.collect();
    CHECK(world.moved("gfx", "read") == 2e6);
  }
  SECTION("a subscription that fails is told, logged once, and its counters go on") {
    world.machine.sampling_fails = true;
    world.collect();
    CHECK(world.told("gfx") == "stale: sampling failed, to be opened again");
    CHECK_FALSE(world.moved("gfx", "read"));
    world.machine.sampling_fails = false;
    for (int i = 0; i < 6; ++i) world.collect();
    for (int i = 0; i < 2; ++i) {
      world.count("GFX DCS RD", 1'000'000);
      world.collect();
    }
    CHECK(*world.moved("gfx", "read") >= 2e6);
    CHECK(world.told("gfx") == "live: ");
  }
}

TEST_CASE("A counter that is listed twice counts once") {
  World world;
  for (const char* unit : {"B", "bytes"}) {
    Channel channel = world.counter("GFX DCS RD");
    channel.unit = unit;
    world.machine.channels.push_back(
        {channel, int64_t{1000} + static_cast<int64_t>(world.machine.channels.size()), {}, {}});
  }
  world.collect();
  for (auto& channel : world.machine.channels) *channel.value += 500;
  world.collect();
  CHECK(world.moved("gfx", "read") == 500);
  for (auto& channel : world.machine.channels) *channel.value += 500;
  world.collect();
  CHECK(world.moved("gfx", "read") == 1000);
}

TEST_CASE("A refused memory controller is told as refused, a missing one as absent") {
  World world;
  SECTION("refused") {
    world.count("GFX DCS RD", 1);
    world.machine.refused_groups = {"AMC Stats"};
    world.collect();
    CHECK(world.told() == "refused: the kernel refuses this group");
  }
  SECTION("missing") {
    world.machine.ioreport_missing = true;
    world.collect();
    CHECK(world.told() == "absent: no such channels");
  }
  SECTION("without requestors") {
    world.count("ANE RD", 1);
    world.collect();
    CHECK(world.told().starts_with("absent: "));
  }
}
