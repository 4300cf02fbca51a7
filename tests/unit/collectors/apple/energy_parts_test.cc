#include "collectors/apple/energy_state.h"
#include "collectors/apple/engine_activity.h"
#include "collectors/apple/report_meter.h"
#include "collectors/apple/smc_rails.h"
#include "tests/catch.h"

using namespace anemon;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

EnergyFacts healthy() {
  EnergyFacts facts;
  facts.listed = facts.published = facts.ever_nonzero = facts.has_power = true;
  facts.others_publish = true;
  facts.span = seconds(2);
  return facts;
}

SignalState state(const EnergyFacts& facts) { return judge(facts).state; }

Channel floor_channel(const std::string& group, const std::string& name) {
  return {group, "DCS Floor", name, "24Mticks", ChannelFormat::state, {"F1", "F2", "F3"}};
}

Channel firmware_channel(const std::string& group) {
  return {group, "IOP State", "status", "24Mticks", ChannelFormat::state, {"Off", "Running"}};
}

// The time that a second of the given residencies counts as work.
Duration worked(EngineActivity& activity, uint32_t channel, std::vector<int64_t> parts) {
  std::vector<int64_t> none(parts.size(), 0);
  activity.begin(seconds(10));
  activity.feed({channel, std::nullopt, 0, none});
  activity.end();
  activity.begin(seconds(11));
  activity.feed({channel, std::nullopt, 0, parts});
  return activity.end();
}

std::string rails_of(std::string_view chip, const std::vector<std::string>& names) {
  std::vector<SmcKey> keys;
  for (const std::string& name : names) keys.push_back({name, "flt ", 4});
  std::string text;
  for (const SmcRail& rail : smc_rails(chip, keys)) {
    text += std::string(rail.component) + ":";
    for (const size_t key : rail.keys) text += " " + keys[key].name;
    text += "; ";
  }
  return text;
}

}  // namespace

TEST_CASE("Every state of an energy source has its cause") {
  EnergyFacts facts = healthy();
  CHECK(state(facts) == SignalState::live);
  CHECK(judge(facts).trusted);

  SECTION("a group that may not be subscribed to") {
    facts.listed = false;
    CHECK(state(facts) == SignalState::absent);
    facts.refused = true;
    CHECK(state(facts) == SignalState::refused);
  }
  SECTION("a counter that never counted is no zero watts") {
    facts.ever_nonzero = false;
    CHECK(state(facts) == SignalState::unproven);
    CHECK_FALSE(judge(facts).trusted);
  }
  SECTION("no publication seen yet") {
    facts.published = facts.has_power = false;
    CHECK(state(facts) == SignalState::unproven);
    CHECK(std::string(judge(facts).reason) == "no publication yet");
  }
  SECTION("publications without a whole span yet") {
    facts.has_power = false;
    CHECK(state(facts) == SignalState::unproven);
    CHECK_FALSE(judge(facts).trusted);
  }
  SECTION("silence while the graphics driver goes on is the freeze of macOS 27") {
    facts.overdue = true;
    CHECK(state(facts) == SignalState::gated);
    CHECK_FALSE(judge(facts).trusted);
    facts.ever_nonzero = false;  // with or without a count from earlier
    CHECK(state(facts) == SignalState::gated);
  }
  SECTION("silence of all is only stale") {
    facts.overdue = true;
    facts.others_publish = false;
    CHECK(state(facts) == SignalState::stale);
  }
  SECTION("a publication every half hour is somebody else's: gated, with its readings") {
    facts.span = seconds(1800);
    CHECK(state(facts) == SignalState::gated);
    CHECK(judge(facts).trusted);
    facts.others_publish = false;
    CHECK(state(facts) == SignalState::live);
  }
  SECTION("standing still while the engine works is frozen, not zero") {
    facts.active_while_still = kFrozenAfter - milliseconds(1);
    CHECK(state(facts) == SignalState::live);
    facts.active_while_still = kFrozenAfter;
    CHECK(state(facts) == SignalState::frozen);
    CHECK_FALSE(judge(facts).trusted);
    facts.ever_nonzero = false;
    CHECK(state(facts) == SignalState::frozen);
  }
  SECTION("sampling fails") {
    facts.failed = true;
    CHECK(state(facts) == SignalState::stale);
    CHECK_FALSE(judge(facts).trusted);
  }
  CHECK((judge(facts).state == SignalState::live) == (judge(facts).reason[0] == '\0'));
}

TEST_CASE("The engine's work is told by exact channels") {
  CHECK(is_ane_floor(floor_channel("PMP", "ANE-DCS-BW")));
  CHECK(is_ane_floor(floor_channel("PMP1", "ANE1-DCS-BW")));
  CHECK(is_ane_floor(floor_channel("PMP0", "ANE0")));
  CHECK_FALSE(is_ane_floor(floor_channel("PMPX", "ANE0")));
  CHECK_FALSE(is_ane_floor(floor_channel("PMP", "ANEXL-DCS-BW")));
  CHECK_FALSE(is_ane_floor(floor_channel("PMP", "ANE-DCS")));
  CHECK_FALSE(is_ane_floor(floor_channel("PMP", "PACC")));
  CHECK(is_ane_firmware(firmware_channel("ANE")));
  CHECK(is_ane_firmware(firmware_channel("ANE1")));
  CHECK_FALSE(is_ane_firmware(firmware_channel("PMP0")));
}

TEST_CASE("An engine works while it asks for more than the idle floor") {
  EngineActivity activity("Apple M5 Max");
  activity.select(
      std::vector<Channel>{firmware_channel("ANE"), floor_channel("PMP0", "ANE-DCS-BW")});
  CHECK_FALSE(activity.follows(0));  // the floor says more
  REQUIRE(activity.follows(1));
  CHECK_FALSE(activity.follows(2));
  CHECK(worked(activity, 1, {3, 0, 0}) == Duration::zero());
  CHECK(worked(activity, 1, {100, 200, 100}) == milliseconds(750));
}

TEST_CASE("The M6 idles one floor higher") {
  EngineActivity activity("Apple M6 Pro");
  activity.select(std::vector<Channel>{floor_channel("PMP0", "ANE-DCS-BW")});
  CHECK(worked(activity, 0, {0, 300, 0}) == Duration::zero());
  CHECK(worked(activity, 0, {0, 100, 300}) == milliseconds(750));
}

TEST_CASE("Without a floor the firmware's state is evidence") {
  EngineActivity activity("Apple M3 Pro");
  activity.select(std::vector<Channel>{firmware_channel("ANE")});
  CHECK(worked(activity, 0, {1, 3}) == milliseconds(750));
  CHECK(worked(activity, 0, {-5, 3}) == Duration::zero());  // residencies do not fall
}

TEST_CASE("Rails of the controller stand for a component only where the chip's table says so") {
  const std::vector<std::string> everything = {"PC02", "PC03", "PC42", "PC43", "PDTR", "PP0b",
                                               "PP2b", "PP4b", "PP5b", "PPBR", "PSTR", "PZC0"};
  const std::string machine = "system: PSTR; ac_input: PDTR; battery: PPBR; ";
  CHECK(rails_of("Apple M1", everything) == machine);
  CHECK(rails_of("Apple M3", everything) == machine);
  CHECK(rails_of("Apple M3 Max", everything) == machine + "cpu: PC02 PC03 PC42 PC43 PP5b; ");
  CHECK(rails_of("Apple A18 Pro", everything) == machine + "cpu: PZC0; ");
  CHECK(rails_of("Apple M5 Max", everything) == machine + "dram: PP2b PP4b; rail_pp0b: PP0b; ");
  CHECK(rails_of("Apple M50", everything) == machine);
  CHECK(rails_of("Apple M3 Max", {"PC02", "PC03", "PC42", "PC43"}) == "");  // one is missing
  CHECK(no_ane_rail("Apple M4 Pro") != nullptr);
  CHECK(no_ane_rail("Apple M1") == nullptr);
}

TEST_CASE("Power keys are floats or fixed-point numbers, and nothing else") {
  SmcValue value;
  value.size = 4;
  value.bytes[2] = 0x48;  // 1.0f is 0x3f800000, 12.5f is 0x41480000
  value.bytes[3] = 0x41;
  CHECK(smc_watts({"PSTR", "flt ", 4}, value) == 12.5);
  value.bytes[2] = 0x80;
  value.bytes[3] = 0x7f;
  CHECK_FALSE(smc_watts({"PSTR", "flt ", 4}, value));  // infinity
  SmcValue fixed;
  fixed.size = 8;
  fixed.bytes[2] = 3;
  CHECK(smc_watts({"PSTR", "ioft", 8}, fixed) == 3.0);
  SmcValue whole;
  whole.size = 1;
  whole.bytes[0] = 3;
  CHECK_FALSE(smc_watts({"PSTR", "ui8 ", 1}, whole));
}

TEST_CASE("Reports of powermetrics are energy over what they are the mean of") {
  ReportMeter meter;
  CHECK(meter.feed(3.378, milliseconds(1004), seconds(100)));
  CHECK(meter.feed(3.375, milliseconds(1005), seconds(101)));
  CHECK(meter.joules() == Approx(3.378 * 1.004 + 3.375 * 1.005));
  CHECK(meter.power(seconds(101))->watts == Approx(3.375));
  CHECK(meter.power(seconds(111)));
  CHECK_FALSE(meter.power(seconds(112)));
  CHECK(meter.overdue(seconds(112)));
  CHECK_FALSE(meter.feed(-1, seconds(1), seconds(113)));
  CHECK_FALSE(meter.feed(1e6, seconds(1), seconds(113)));
  CHECK_FALSE(meter.feed(1, seconds(0), seconds(113)));

  meter.rebaseline();
  CHECK_FALSE(meter.power(seconds(114)));
  CHECK(meter.feed(9, seconds(3600), seconds(115)));  // began before the sleep
  CHECK_FALSE(meter.power(seconds(115)));
  CHECK(meter.feed(2, seconds(1), seconds(116)));
  CHECK(meter.power(seconds(116))->watts == 2);
}
