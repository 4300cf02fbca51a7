// The pure parts of questions of several runs, to exact numbers.
#include <nlohmann/json.hpp>

#include "core/json.h"
#include "profiler/measure/contest.h"
#include "profiler/measure/document_edit.h"
#include "profiler/measure/interleave.h"
#include "profiler/measure/recommendation.h"
#include "profiler/measure/several_runs.h"
#include "tests/catch.h"

using namespace anemon;
using namespace anemon::profiler;

namespace {

Lane recording(std::vector<std::string>& log, const std::string& name, double latency = 1) {
  Lane lane;
  lane.run = [&log, name, latency](uint64_t calls) {
    log.push_back(name);
    return std::vector<double>(calls, latency);
  };
  return lane;
}

const ContestWords kSpeed = {"is fastest", "are fastest", "times as fast as"};

// Verdicts by a table: [a][b] of b against a.
auto verdicts(std::vector<std::vector<Verdict>> table) {
  return [table](size_t a, size_t b) { return table.at(a).at(b); };
}

}  // namespace

TEST_CASE("in turns: an order and its reverse, and the next block begins with the next one") {
  std::vector<std::string> log;
  const std::vector<Lane> lanes = {recording(log, "a"), recording(log, "b"), recording(log, "c")};
  const auto blocks = interleave(lanes, 2);
  CHECK(log ==
        std::vector<std::string>{"a", "b", "c", "c", "b", "a", "b", "c", "a", "a", "c", "b"});
  CHECK(blocks.size() == 2);
}

TEST_CASE("drift that is linear over a block is no difference between any two") {
  // Every call takes longer than the one before.
  double now = 1;
  std::vector<Lane> lanes(3);
  for (Lane& lane : lanes) {
    lane.run = [&now](uint64_t calls) {
      std::vector<double> latencies;
      for (uint64_t i = 0; i < calls; ++i) latencies.push_back(now += 0.01);
      return latencies;
    };
    lane.calls = 5;
  }
  const auto blocks = interleave(lanes, 6);
  for (const auto& [a, b] : {std::pair<size_t, size_t>(0, 1), {0, 2}, {2, 1}}) {
    const Comparison found = compare_blocks(blocks_between(blocks, a, b));
    CHECK(found.count == 6);
    CHECK(found.relative == Approx(0).margin(1e-9));
    CHECK(found.verdict == Verdict::equivalent);
  }
}

TEST_CASE("what leads in does not count") {
  Lane lane;
  lane.run = [](uint64_t calls) {
    std::vector<double> latencies(calls, 1.0);
    latencies.at(0) = latencies.at(1) = 100;
    return latencies;
  };
  lane.calls = 3;
  lane.lead_in = 2;
  const auto blocks = interleave({lane, lane}, 1);
  CHECK(calls_of(blocks, 0) == std::vector<double>(6, 1.0));
}

TEST_CASE("a lane that fails is left out and the others go on") {
  std::vector<std::string> log;
  std::vector<Lane> lanes = {recording(log, "a"), recording(log, "b"), recording(log, "c")};
  int left = 2;
  lanes[1].run = [&left](uint64_t calls) {
    return left-- > 0 ? std::vector<double>(calls, 1.0) : std::vector<double>();
  };
  const auto blocks = interleave(lanes, 3);
  REQUIRE(blocks.size() == 3);
  CHECK(blocks_between(blocks, 0, 2).size() == 3);
  CHECK(blocks_between(blocks, 0, 1).size() == 1);
  CHECK(blocks[2].order == std::vector<size_t>{0, 2});

  lanes[2].run = [](uint64_t) { return std::vector<double>(); };
  lanes[1].run = lanes[2].run;
  CHECK(interleave(lanes, 5).size() == 1);  // nobody to compare with
}

TEST_CASE("segments are as long as asked, at least one call, and wake an engine that sleeps") {
  Lane lane;
  pace(lane, 0.001, std::chrono::milliseconds(50), false);
  CHECK(lane.calls == 50);
  CHECK(lane.lead_in == 5);
  pace(lane, 2, std::chrono::milliseconds(50), false);
  CHECK(lane.calls == 1);
  CHECK(lane.lead_in == 0);
  pace(lane, 0.001, std::chrono::milliseconds(50), true);
  CHECK(lane.lead_in == 300);
}

TEST_CASE("means of segments see what medians do not") {
  std::vector<AbbaBlock> blocks = {{{1, 1, 10}, {1, 1, 1}, {1, 1, 1}, {1, 1, 10}}};
  blocks = means_of(blocks);
  CHECK(blocks[0].a1 == std::vector<double>{4});
  CHECK(blocks[0].b2 == std::vector<double>{1});
}

TEST_CASE("a winner is claimed only when every other is slower by test") {
  const std::vector<Contender> three = {{"cpu", 4}, {"ane", 1}, {"all", 1.01}};
  const Verdict same = Verdict::equivalent, slow = Verdict::slower;
  const Contest clear = hold_contest(three, verdicts({{same, same, same}, {slow, same, slow}, {}}));
  CHECK(clear.winner() == 1);
  CHECK(clear.gain == 4);
  CHECK(words_of(clear, three, kSpeed, 0.02) == "ane is fastest: 4.00 times as fast as cpu.");

  const Contest shared = hold_contest(three, verdicts({{}, {slow, same, same}, {}}));
  CHECK_FALSE(shared.winner());
  CHECK(shared.best == std::vector<size_t>{1, 2});
  CHECK(words_of(shared, three, kSpeed, 0.02) ==
        "ane and all are fastest: 4.00 times as fast as cpu; no difference beyond 2 % between "
        "them.");

  const Contest unknown =
      hold_contest(three, verdicts({{}, {Verdict::inconclusive, same, Verdict::inconclusive}, {}}));
  CHECK(unknown.best.size() == 3);
  CHECK(words_of(unknown, three, kSpeed, 0.02) ==
        "What was measured cannot tell ane, all and cpu apart.");

  const Contest none = hold_contest(three, verdicts({{}, {same, same, same}, {}}));
  CHECK(words_of(none, three, kSpeed, 0.02) ==
        "No difference beyond 2 % between ane, all and cpu.");
  CHECK(hold_contest({}, verdicts({})).best.empty());
}

TEST_CASE("costs differ when their intervals keep apart by more than the margin") {
  CHECK(compare_costs(1, 0.05, 1.2, 0.05, 0.02) == Verdict::slower);
  CHECK(compare_costs(1, 0.05, 0.8, 0.05, 0.02) == Verdict::faster);
  CHECK(compare_costs(1, 0.05, 1.05, 0.05, 0.02) == Verdict::inconclusive);
  CHECK(compare_costs(1, 0.001, 1.005, 0.001, 0.02) == Verdict::equivalent);
  CHECK(compare_costs(1, 0, 1.01, 0, 0.02) == Verdict::equivalent);
  CHECK(compare_costs(1, 0, 1.03, 0, 0.02) == Verdict::slower);
}

TEST_CASE("the recommendation names what is fastest, frugal, and what is wrong with it") {
  Agreement wrong;
  wrong.cosine = 0.5;
  wrong.max_error = 3;
  Agreement right;
  right.identical = true;
  Advice advice;
  advice.runs = {
      {"cpu", true, "ok", nullptr}, {"ane", true, "ok", &right}, {"all", true, "ok", &right}};
  advice.best = {{"latency", {1, 2}}, {"energy", {2}}, {"memory", {0, 1, 2}}};
  advice.gain = {{"latency", 4}, {"energy", 3}, {"memory", 1}};
  advice.worst = {{"latency", 0}, {"energy", 0}, {"memory", 0}};
  CHECK(recommend_engine(advice) ==
        "Run it on all: 4.00 times as fast as cpu, and none takes less energy.");
  advice.best["energy"] = {0};
  advice.worst["energy"] = 1;
  CHECK(recommend_engine(advice) ==
        "Run it on ane: 4.00 times as fast as cpu. For least energy run it on cpu: 3.00 times less "
        "than ane.");
  advice.best.erase("energy");
  advice.runs[1].agreement = &wrong;
  CHECK(recommend_engine(advice) ==
        "Run it on ane: 4.00 times as fast as cpu. The outputs of ane differ (cosine 0.500000, "
        "largest error 3): check its accuracy before using it.");
  advice.runs[1].agreement = nullptr;
  advice.best["latency"] = {0, 1, 2};
  CHECK(recommend_engine(advice) ==
        "No engine is faster than another by what was measured: leave the choice as it is.");
  advice.same_computation = true;
  CHECK(recommend_engine(advice) ==
        "All runs are the same computation: leave the choice as it is.");
  advice.runs[1] = {"ane", false, "crashed", nullptr};
  advice.runs[2] = {"all", false, "refused", nullptr};
  CHECK(recommend_engine(advice) ==
        "cpu alone ran the model. What failed: ane (crashed) and all (refused).");
  advice.runs[0].ok = false;
  advice.runs[0].outcome = "killed";
  CHECK(recommend_engine(advice) ==
        "No engine ran the model: cpu (killed), ane (crashed) and all (refused).");
}

TEST_CASE("a document of runs has what they share and the first failure that matters") {
  const Json good = {
      {"schema", "anemon.result/1"},
      {"outcome", {{"state", "ok"}}},
      {"model", {{"name", "m"}}},
      {"environment",
       {{"chip", "M2"}, {"load_average", 1}, {"provenance", {{"load_average", "measured"}}}}},
      {"timing", {{"x", 1}}}};
  Json other = good, bad = good;
  other["environment"]["load_average"] = 2;
  bad["outcome"] = {{"state", "crashed"}, {"phase", "load"}};
  bad["model"] = {{"name", "n"}};
  Json document = document_of_runs("compare", {good, other, bad}, 1);
  CHECK(document["kind"] == "compare");
  CHECK(document["schema"] == "anemon.result/1");
  CHECK(document["outcome"]["state"] == "ok");
  CHECK(document["model"]["name"] == "m");
  CHECK(document["environment"]["chip"] == "M2");
  CHECK_FALSE(document["environment"].contains("load_average"));
  CHECK_FALSE(document["environment"].contains("provenance"));
  CHECK_FALSE(document.contains("timing"));
  CHECK(document["runs"].size() == 3);
  CHECK(document_of_runs("ab", {good, bad}, 2)["outcome"]["phase"] == "load");
  bad["outcome"]["state"] = "interrupted";
  CHECK(document_of_runs("compare", {good, bad}, 1)["outcome"]["state"] == "interrupted");
}

TEST_CASE("a number put into a section takes the place of the reason for its absence") {
  Json document = {{"power",
                    {{"a_watts", 1},
                     {"provenance", {{"a_watts", "measured"}}},
                     {"absent", {{"b_joules", "no source"}}}}}};
  CHECK(why_absent(document, "power", "b_joules", "x") == "no source");
  SectionEdit power(document, "power");
  power.number("b_joules", 2, Provenance::derived, "by a");
  CHECK(document["power"].dump() ==
        R"({"a_watts":1,"b_joules":2,"provenance":{"a_watts":"measured","b_joules":"derived"},)"
        R"("basis":{"b_joules":"by a"}})");
  power.absent("a_watts", "gone");
  CHECK(document["power"].dump() ==
        R"({"b_joules":2,"provenance":{"b_joules":"derived"},"basis":{"b_joules":"by a"},)"
        R"("absent":{"a_watts":"gone"}})");
  SectionEdit(document, "timing").number_or("c_ms", {}, Provenance::measured, "not measured");
  CHECK(document["timing"]["absent"]["c_ms"] == "not measured");
}

TEST_CASE("a shape that holds several items makes a rate and an energy of items") {
  Json document = {{"throughput", {{"inferences_per_second", 10}, {"batch", 1}}},
                   {"power",
                    {{"energy_per_inference_joules", 8},
                     {"provenance", {{"energy_per_inference_joules", "estimated"}}}}}};
  count_items(document, 4);
  CHECK(document["power"]["provenance"]["energy_per_inference_joules"] == "estimated");
  CHECK(document["throughput"]["provenance"]["inferences_per_second"] == "derived");
  CHECK(document["throughput"]["inferences_per_second"] == 40);
  CHECK(document["throughput"]["batch"] == 4);
  CHECK(document["power"]["energy_per_inference_joules"] == 2);
}
