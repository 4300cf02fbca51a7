#include "collectors/inference.h"

#include <prometheus/metric_family.h>

#include <random>

#include "tests/catch.h"
#include "tests/unit/collectors/collector_run.h"

using namespace anemon;
using anemon::test::CollectorRun;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// Runs the collector beside an energy group that the test fills.
struct InferenceRun : CollectorRun {
  InferenceRun()
      : CollectorRun(make_inference), energy(store.add_group("energy", seconds(1), 16)) {}

  InferenceEvent event(const std::string& model, Duration age, Duration duration) const {
    return {model, "ane", clock.now().wall - age, duration, true, {}};
  }
  void push(InferenceEvent event) { inferences.push({&event, 1}); }

  // One second passes, in which the component uses `joules`; its source is trusted or not.
  void tick(double joules, bool trusted = true) {
    total += joules;
    clock.advance(seconds(1));
    energy.set(energy_series, total);
    if (trusted) energy.set(power_series, joules);
    energy.commit(clock.now());
  }
  // The same, and then a pass of the collector at once.
  void tick_and_collect(double joules) {
    tick(joules);
    collect_now();
  }
  void collect_now() {
    clock.advance(-seconds(1));
    collect();
  }

  std::optional<double> joules(const std::string& model) const {
    return value("anemon_inference_energy_joules_total{model=\"" + model + "\",component=\"ane\"}");
  }

  // Value of an instrument whose labels' values are these, in the order of their names.
  std::optional<double> instrument(Metric metric, const std::vector<std::string>& labels) const {
    for (const auto& family : instruments.collect()) {
      if (family.name != info(metric).name) continue;
      for (const auto& sample : family.metric) {
        std::vector<std::string> values;
        for (const auto& label : sample.label) values.push_back(label.value);
        if (values != labels) continue;
        if (info(metric).type == MetricType::histogram) {
          return static_cast<double>(sample.histogram.sample_count);
        }
        return sample.counter.value;
      }
    }
    return std::nullopt;
  }
  double refused(const std::string& reason) const {
    return instrument(Metric::kInferencesRefused, {reason}).value();
  }

  SeriesGroup& energy;
  double total = 1000;
  Series energy_series{Metric::kEnergyJoules, {"ane", "rapl"}};
  Series power_series{Metric::kPowerWatts, {"ane", "rapl"}};
};

}  // namespace

TEST_CASE("Reported inferences are counted by model and compute unit") {
  InferenceRun run;
  InferenceEvent event = run.event("resnet", seconds(1), milliseconds(5));
  event.items = {{"image", 8}};
  run.push(event);
  event.ok = false;
  run.push(event);
  event.compute_unit = "cpu";
  run.push(event);
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.instrument(Metric::kInferences, {"ane", "resnet"}) == 2);
  CHECK(run.instrument(Metric::kInferenceErrors, {"ane", "resnet"}) == 1);
  CHECK(run.instrument(Metric::kInferences, {"cpu", "resnet"}) == 1);
  CHECK(run.instrument(Metric::kInferenceItems, {"ane", "image", "resnet"}) == 16);
  CHECK(run.instrument(Metric::kInferenceDuration, {"ane", "resnet"}) == 2);
  CHECK(run.refused("queue_full") == 0);
  CHECK(run.signal(Metric::kInferences) == "live: ");
}

TEST_CASE("No inference is no failure") {
  InferenceRun run;
  run.collect();
  CHECK(run.pass.good());
  CHECK(run.signal(Metric::kInferenceEnergy) == "unproven: no inference reported yet");
}

TEST_CASE("Events that cannot be are refused by reason and change nothing else") {
  InferenceRun run;
  const InferenceEvent good = run.event("m", seconds(1), milliseconds(5));
  const auto refused_for = [&](const std::string& reason, auto change) {
    InferenceEvent event = good;
    change(event);
    const double before = run.refused(reason);
    run.push(event);
    run.collect();
    return run.refused(reason) == before + 1;
  };
  run.collect();
  CHECK(refused_for("invalid_label", [](auto& e) { e.model = ""; }));
  CHECK(refused_for("invalid_label", [](auto& e) { e.model = std::string(129, 'm'); }));
  CHECK(refused_for("invalid_label", [](auto& e) { e.model = "a\nb"; }));
  CHECK(refused_for("invalid_label", [](auto& e) { e.model = "\xFF"; }));
  CHECK(refused_for("invalid_label", [](auto& e) { e.compute_unit = std::string(65, 'u'); }));
  CHECK(refused_for("invalid_label", [](auto& e) { e.items = {{"", 1}}; }));
  CHECK(refused_for("invalid_label", [](auto& e) { e.items = {{"token", ~uint64_t{0}}}; }));
  CHECK(refused_for("invalid_time", [](auto& e) { e.duration = Duration(-1); }));
  CHECK(refused_for("invalid_time", [](auto& e) { e.duration = Duration::max(); }));
  CHECK(refused_for("invalid_time", [](auto& e) { e.begin_wall = Duration::max(); }));
  CHECK(refused_for("invalid_time", [](auto& e) { e.begin_wall = Duration::min(); }));
  CHECK(refused_for("invalid_time", [](auto& e) { e.begin_wall += seconds(3600); }));
  CHECK(refused_for("invalid_time", [](auto& e) { e.duration = seconds(3600); }));
  CHECK(refused_for("too_many_kinds", [](auto& e) {
    for (int i = 0; i < 17; ++i) e.items["kind" + std::to_string(i)] = 1;
  }));
  CHECK_FALSE(run.instrument(Metric::kInferences, {"ane", "m"}));
  run.push(good);
  run.collect();
  CHECK(run.instrument(Metric::kInferences, {"ane", "m"}) == 1);
}

TEST_CASE("Models and kinds of items are bounded in number") {
  InferenceRun run;
  for (int i = 0; i < 100; ++i) {
    run.push(run.event("model" + std::to_string(i), seconds(1), milliseconds(1)));
  }
  run.collect();
  CHECK(run.refused("too_many_models") == 36);
  CHECK(run.instrument(Metric::kInferences, {"ane", "model63"}) == 1);
  CHECK_FALSE(run.instrument(Metric::kInferences, {"ane", "model64"}));
  run.push(run.event("model0", seconds(1), milliseconds(1)));
  for (int i = 0; i < 20; ++i) {
    InferenceEvent event = run.event("model0", seconds(1), milliseconds(1));
    event.items = {{"kind" + std::to_string(i), 1}};
    run.push(event);
  }
  run.collect();
  CHECK(run.instrument(Metric::kInferences, {"ane", "model0"}) == 1 + 1 + 16);
  CHECK(run.refused("too_many_kinds") == 4);
}

TEST_CASE("Dropped events are counted") {
  InferenceRun run;
  const std::vector<InferenceEvent> flood(InferenceQueue::kCapacity + 5,
                                          run.event("m", seconds(1), milliseconds(1)));
  CHECK(run.inferences.push(flood) == InferenceQueue::kCapacity);
  run.collect();
  CHECK(run.refused("queue_full") == 5);
  CHECK(run.instrument(Metric::kInferences, {"ane", "m"}) ==
        static_cast<double>(InferenceQueue::kCapacity));
}

TEST_CASE("Energy is attributed after two passes of the energy collector") {
  InferenceRun run;
  run.tick_and_collect(10);
  run.tick_and_collect(10);
  run.push(run.event("m", milliseconds(500), milliseconds(500)));  // half of the last second
  run.collect_now();
  CHECK_FALSE(run.joules("m"));
  run.tick_and_collect(20);
  CHECK_FALSE(run.joules("m"));
  run.tick_and_collect(20);
  CHECK(run.joules("m").value() == Approx(5));
  CHECK(run.signal(Metric::kInferenceEnergy) == "live: ");
  run.tick_and_collect(20);
  CHECK(run.joules("m").value() == Approx(5));
}

TEST_CASE("Overlapping inferences share, whichever is reported first") {
  InferenceRun run;
  run.tick_and_collect(10);
  run.tick_and_collect(10);
  run.push(run.event("long", seconds(1), seconds(1)));
  run.push(run.event("short", milliseconds(500), milliseconds(500)));
  for (int i = 0; i < 4; ++i) run.tick_and_collect(10);
  CHECK(run.joules("long").value() == Approx(7.5));
  CHECK(run.joules("short").value() == Approx(2.5));
}

TEST_CASE("An inference reported late gets only the time nobody was charged for") {
  InferenceRun run;
  for (int i = 0; i < 3; ++i) run.tick_and_collect(10);
  run.push(run.event("early", seconds(1), seconds(1)));
  for (int i = 0; i < 6; ++i) run.tick_and_collect(10);
  CHECK(run.joules("early").value() == Approx(10));
  run.push(run.event("late", milliseconds(7500), seconds(3)));  // 1 s of it was charged already
  for (int i = 0; i < 4; ++i) run.tick_and_collect(10);
  CHECK(run.joules("early").value() == Approx(10));
  CHECK(run.joules("late").value() == Approx(20));
}

TEST_CASE("Without a trusted energy reading there is no energy, and no zero") {
  InferenceRun run;
  for (int i = 0; i < 3; ++i) run.tick(10, false);
  run.collect_now();
  run.push(run.event("m", seconds(1), milliseconds(500)));
  for (int i = 0; i < 4; ++i) {
    run.tick(10, false);
    run.collect_now();
  }
  CHECK_FALSE(run.joules("m"));
  CHECK(run.signal(Metric::kInferenceEnergy) == "absent: no energy reading covers the inferences");
  // Now there is one, but not for then.
  run.tick_and_collect(10);
  run.push(run.event("m", seconds(3600), milliseconds(500)));
  for (int i = 0; i < 4; ++i) run.tick_and_collect(10);
  CHECK_FALSE(run.joules("m"));
}

TEST_CASE("Energy across a sleep or a reset of the counter is left out") {
  InferenceRun run;
  for (int i = 0; i < 3; ++i) run.tick_and_collect(10);
  run.clock.sleep(seconds(30));
  run.tick_and_collect(10);
  run.push(run.event("asleep", seconds(10), seconds(5)));
  for (int i = 0; i < 4; ++i) run.tick_and_collect(10);
  CHECK_FALSE(run.joules("asleep"));
  run.total = 0;  // the device's counter began anew
  run.tick_and_collect(1);
  run.push(run.event("reset", milliseconds(500), milliseconds(100)));
  for (int i = 0; i < 4; ++i) run.tick_and_collect(10);
  CHECK_FALSE(run.joules("reset"));
  run.push(run.event("after", milliseconds(500), milliseconds(100)));
  for (int i = 0; i < 4; ++i) run.tick_and_collect(10);
  CHECK(run.joules("after").value() == Approx(1));
}

TEST_CASE("A wall clock that is set back does not stop the attribution") {
  InferenceRun run;
  for (int i = 0; i < 4; ++i) run.tick_and_collect(10);
  run.push(run.event("m", seconds(1), seconds(1)));
  for (int i = 0; i < 3; ++i) run.tick_and_collect(10);
  CHECK(run.joules("m").value() == Approx(10));
  run.clock.jump_wall(-seconds(3600));
  for (int i = 0; i < 4; ++i) run.tick_and_collect(10);
  run.push(run.event("m", seconds(1), seconds(1)));
  for (int i = 0; i < 3; ++i) run.tick_and_collect(10);
  CHECK(run.joules("m").value() == Approx(20));
}

TEST_CASE("However inferences overlap and arrive, time is charged once") {
  std::mt19937 random(5);
  for (int round = 0; round < 30; ++round) {
    InferenceRun run;
    for (int i = 0; i < 6; ++i) run.tick_and_collect(10);
    std::vector<std::pair<int64_t, int64_t>> intervals;  // in milliseconds of wall time
    for (int pass = 0; pass < 20; ++pass) {
      for (uint64_t i = random() % 4; i > 0; --i) {
        const int64_t age = static_cast<int64_t>(random() % 4000);
        const int64_t length = std::min<int64_t>(age, static_cast<int64_t>(random() % 3000));
        run.push(
            run.event("m" + std::to_string(random() % 3), milliseconds(age), milliseconds(length)));
        const int64_t end = run.clock.now().wall / milliseconds(1) - age + length;
        intervals.emplace_back(end - length, end);
      }
      run.tick_and_collect(10);
    }
    for (int i = 0; i < 4; ++i) run.tick_and_collect(10);
    std::sort(intervals.begin(), intervals.end());
    int64_t covered = 0;
    int64_t reached = 0;
    for (const auto& [begin, end] : intervals) {
      if (end <= reached) continue;
      covered += end - std::max(begin, reached);
      reached = end;
    }
    double sum = 0;
    for (const char* model : {"m0", "m1", "m2"}) sum += run.joules(model).value_or(0);
    REQUIRE(sum == Approx(static_cast<double>(covered) * 0.01).margin(1e-6));
  }
}
