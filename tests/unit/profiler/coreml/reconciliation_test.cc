#include "profiler/coreml/reconciliation.h"

#include "tests/catch.h"

namespace anemon::profiler {
namespace {

using models::Engine;

ComputePlan plan_of(size_t on_ane, size_t on_cpu, std::optional<double> ane_share = std::nullopt) {
  ComputePlan plan;
  for (size_t i = 0; i < on_ane; ++i) {
    PlannedOperation operation;
    operation.preferred = Engine::ane;
    if (ane_share) operation.cost = *ane_share / static_cast<double>(on_ane);
    plan.operations.push_back(operation);
  }
  for (size_t i = 0; i < on_cpu; ++i) {
    PlannedOperation operation;
    operation.preferred = Engine::cpu;
    if (ane_share) operation.cost = (1 - *ane_share) / static_cast<double>(on_cpu);
    plan.operations.push_back(operation);
  }
  return plan;
}

Evidence evidence(AneActivity activity) {
  Evidence made;
  made.signals = {{"ane energy", activity, activity == AneActivity::absent ? "no permission" : ""}};
  return made;
}

TEST_CASE("planned for the Neural Engine and idle is a silent fallback by its name") {
  Evidence seen = evidence(AneActivity::idle);
  seen.plan = plan_of(3, 1, 0.9);
  const Reconciliation result = reconcile(seen);
  CHECK(result.verdict == ReconciliationVerdict::silent_fallback);
  CHECK(result.text ==
        "planned for the Neural Engine (3 of 4 operations, 90 % of the estimated cost), but it was "
        "idle while the model ran (ane energy): it ran elsewhere (silent fallback)");
}

TEST_CASE("planned for the Neural Engine and active agrees") {
  Evidence seen = evidence(AneActivity::active);
  seen.plan = plan_of(3, 1);
  const Reconciliation result = reconcile(seen);
  CHECK(result.verdict == ReconciliationVerdict::agrees);
  CHECK(
      result.text ==
      "agrees: planned for the Neural Engine (3 of 4 operations), and it was active (ane energy)");
}

TEST_CASE("nothing planned and idle agrees, nothing planned and active does not") {
  Evidence seen = evidence(AneActivity::idle);
  seen.plan = plan_of(0, 4);
  CHECK(reconcile(seen).verdict == ReconciliationVerdict::agrees);
  seen.signals[0].activity = AneActivity::active;
  const Reconciliation result = reconcile(seen);
  CHECK(result.verdict == ReconciliationVerdict::unexpected_use);
  CHECK_THAT(result.text, ANEMON_CONTAINS("another program used it"));
}

TEST_CASE(
    "a plan that was made for other units does not count where the Neural Engine was not asked "
    "for") {
  Evidence seen = evidence(AneActivity::idle);
  seen.units = ComputeUnits::cpu_and_gpu;
  seen.plan = plan_of(4, 0);
  const Reconciliation result = reconcile(seen);
  CHECK(result.verdict == ReconciliationVerdict::agrees);
  CHECK_THAT(result.text, ANEMON_CONTAINS("was not to be used (cpu-and-gpu)"));
  CHECK(result.notes.empty());
  seen.signals[0].activity = AneActivity::active;
  CHECK(reconcile(seen).verdict == ReconciliationVerdict::unexpected_use);
}

TEST_CASE("without a plan the prediction says what was expected") {
  Evidence seen = evidence(AneActivity::idle);
  seen.why_no_plan = "MLComputePlan needs macOS 14.4";
  seen.prediction = PredictedPlacement{5, 1, 0, true};
  const Reconciliation result = reconcile(seen);
  CHECK(result.verdict == ReconciliationVerdict::silent_fallback);
  CHECK_THAT(
      result.text,
      ANEMON_CONTAINS("predicted for the Neural Engine (5 of 6 operations), but it was idle"));
  CHECK(result.notes == std::vector<std::string>{"no plan: MLComputePlan needs macOS 14.4"});
}

TEST_CASE("a plan that names no engine gives way to the prediction") {
  Evidence seen = evidence(AneActivity::active);
  seen.plan.emplace().operations.resize(3);
  seen.prediction = PredictedPlacement{5, 1, 0, true};
  CHECK(reconcile(seen).verdict == ReconciliationVerdict::agrees);
  seen.prediction.reset();
  const Reconciliation result = reconcile(seen);
  CHECK(result.verdict == ReconciliationVerdict::cannot_tell);
  CHECK_THAT(result.text, ANEMON_CONTAINS("the plan names no engine for any operation"));
}

TEST_CASE("an unwatched engine leaves the question open and says why") {
  Evidence seen = evidence(AneActivity::absent);
  seen.plan = plan_of(3, 0);
  Reconciliation result = reconcile(seen);
  CHECK(result.verdict == ReconciliationVerdict::cannot_tell);
  CHECK(result.text ==
        "cannot tell: the Neural Engine was not watched (ane energy: no permission)");
  seen.signals.clear();
  result = reconcile(seen);
  CHECK(result.text == "cannot tell: the Neural Engine was not watched");
}

TEST_CASE("without an expectation the measurement is told, and no verdict") {
  Evidence seen = evidence(AneActivity::active);
  seen.why_no_plan = "it failed";
  Reconciliation result = reconcile(seen);
  CHECK(result.verdict == ReconciliationVerdict::cannot_tell);
  CHECK_THAT(result.text, ANEMON_CONTAINS("neither a plan (it failed) nor a prediction") &&
                              ANEMON_CONTAINS("the Neural Engine was active (ane energy)"));
  seen.prediction = PredictedPlacement{0, 0, 4, true};
  result = reconcile(seen);
  CHECK_THAT(result.text, ANEMON_CONTAINS("no placement is predicted for this chip"));
}

TEST_CASE("a model that cannot run there is expected not to") {
  Evidence seen = evidence(AneActivity::idle);
  seen.prediction = PredictedPlacement{0, 0, 4, false};
  CHECK(reconcile(seen).verdict == ReconciliationVerdict::agrees);
}

TEST_CASE("so small a share may not show, and idle is then no fallback") {
  Evidence seen = evidence(AneActivity::idle);
  seen.plan = plan_of(1, 9, 0.01);
  CHECK(reconcile(seen).verdict == ReconciliationVerdict::cannot_tell);
  seen.signals[0].activity = AneActivity::active;
  CHECK(reconcile(seen).verdict == ReconciliationVerdict::agrees);
}

TEST_CASE("signals that disagree are told as such, absent ones are noted") {
  Evidence seen = evidence(AneActivity::active);
  seen.plan = plan_of(2, 0);
  seen.signals.push_back({"ane bandwidth", AneActivity::absent, "no such channel"});
  Reconciliation result = reconcile(seen);
  CHECK(result.verdict == ReconciliationVerdict::agrees);
  CHECK(result.notes == std::vector<std::string>{"not watched: ane bandwidth: no such channel"});
  seen.signals.push_back({"ane clock", AneActivity::idle, ""});
  result = reconcile(seen);
  CHECK(result.verdict == ReconciliationVerdict::contradictory);
  CHECK_THAT(result.text, ANEMON_CONTAINS("ane energy moved while ane clock did not"));
}

TEST_CASE("plan and prediction are compared with each other too") {
  Evidence seen = evidence(AneActivity::active);
  seen.plan = plan_of(2, 2);
  seen.prediction = PredictedPlacement{0, 4, 0, true};
  CHECK(reconcile(seen).notes ==
        std::vector<std::string>{"plan and prediction differ: 2 of 4 operations planned for the "
                                 "Neural Engine, 0 of 4 operations predicted"});
  seen.prediction = PredictedPlacement{3, 1, 0, true};
  CHECK_THAT(reconcile(seen).notes.at(0), ANEMON_CONTAINS("agree on using the Neural Engine"));
}

TEST_CASE("activity is what rises well above rest") {
  CHECK(classify_activity(std::nullopt, 1.0, 0) == AneActivity::absent);
  CHECK(classify_activity(0.5, 0.0, 0.01) == AneActivity::active);
  CHECK(classify_activity(0.005, 0.0, 0.01) == AneActivity::idle);
  CHECK(classify_activity(0.5, 0.3, 0.01) == AneActivity::idle);
  CHECK(classify_activity(0.7, 0.3, 0.01) == AneActivity::active);
  CHECK(classify_activity(0.02, std::nullopt, 0.01) == AneActivity::active);
}

TEST_CASE("a predicted placement is counted by where it puts operations") {
  models::Placement placement;
  placement.operations.resize(3);
  placement.operations[0].engine = Engine::ane;
  placement.operations[0].costs[static_cast<size_t>(Engine::ane)].supported = true;
  placement.operations[1].engine = Engine::gpu;
  const PredictedPlacement counts = count_placement(placement);
  CHECK(counts.on_ane == 1);
  CHECK(counts.elsewhere == 1);
  CHECK(counts.undecided == 1);
  CHECK(counts.possible);
  placement.operations[0].costs[static_cast<size_t>(Engine::ane)].supported = false;
  CHECK(!count_placement(placement).possible);
}

}  // namespace
}  // namespace anemon::profiler
