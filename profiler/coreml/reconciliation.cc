#include "profiler/coreml/reconciliation.h"

#include <fmt/format.h>

#include <algorithm>

namespace anemon::profiler {
namespace {

constexpr double kAboveBaseline = 2;  // times
// Of the estimated cost; less on the Neural Engine may not show in any signal.
constexpr double kVisibleShare = 0.05;

std::string operations(size_t count) {
  return fmt::format("{} operation{}", count, count == 1 ? "" : "s");
}

// What was expected of the Neural Engine, and who says so.
struct Expectation {
  enum class Use : uint8_t { unknown, none, some } use = Use::unknown;
  std::string who;              // "planned", "predicted"
  std::string amount;           // "12 of 14 operations, 93 % of the estimated cost"
  std::optional<double> share;  // of the estimated cost
  std::string unknown_because;
};

Expectation of_plan(const ComputePlan& plan) {
  Expectation expected;
  expected.who = "planned";
  const PlanSummary summary = summarise(plan);
  const size_t decided = plan.operations.size() - summary.undecided;
  if (decided == 0) {
    expected.unknown_because = "the plan names no engine for any operation";
    return expected;
  }
  const auto ane = static_cast<size_t>(models::Engine::ane);
  expected.use =
      summary.plans(models::Engine::ane) ? Expectation::Use::some : Expectation::Use::none;
  expected.amount = fmt::format("{} of {}", summary.preferred[ane], operations(decided));
  if (summary.cost) {
    expected.share = (*summary.cost)[ane];
    expected.amount += fmt::format(", {:.0f} % of the estimated cost", (*summary.cost)[ane] * 100);
  }
  return expected;
}

Expectation of_prediction(const PredictedPlacement& prediction) {
  Expectation expected;
  expected.who = "predicted";
  const size_t decided = prediction.on_ane + prediction.elsewhere;
  if (!prediction.possible) {
    expected.use = Expectation::Use::none;
    expected.amount = "no operation that it can run";
  } else if (decided == 0) {
    expected.unknown_because = "no placement is predicted for this chip";
  } else {
    expected.use = prediction.on_ane > 0 ? Expectation::Use::some : Expectation::Use::none;
    expected.amount = fmt::format("{} of {}", prediction.on_ane, operations(decided));
  }
  return expected;
}

bool may_use_ane(ComputeUnits units) {
  return units == ComputeUnits::all || units == ComputeUnits::cpu_and_ane;
}

// The first that knows: what may be used at all, the plan, the prediction.
Expectation expectation(const Evidence& evidence) {
  Expectation expected;
  if (!may_use_ane(evidence.units)) {
    expected.use = Expectation::Use::none;
    expected.who = "asked";
    return expected;
  }
  if (evidence.plan) expected = of_plan(*evidence.plan);
  if (expected.use == Expectation::Use::unknown && evidence.prediction) {
    Expectation predicted = of_prediction(*evidence.prediction);
    if (predicted.use != Expectation::Use::unknown) return predicted;
    if (expected.unknown_because.empty()) expected = predicted;
  }
  if (expected.use == Expectation::Use::unknown && expected.unknown_because.empty()) {
    expected.unknown_because =
        fmt::format("there is neither a plan{} nor a prediction",
                    evidence.why_no_plan.empty() ? "" : " (" + evidence.why_no_plan + ")");
  }
  return expected;
}

struct Seen {
  std::vector<std::string> active, idle, absent;
};

Seen look_at(const std::vector<AneSignal>& signals) {
  Seen seen;
  for (const AneSignal& signal : signals) {
    switch (signal.activity) {
      case AneActivity::active:
        seen.active.push_back(signal.name);
        break;
      case AneActivity::idle:
        seen.idle.push_back(signal.name);
        break;
      case AneActivity::absent:
        seen.absent.push_back(signal.reason.empty() ? signal.name
                                                    : signal.name + ": " + signal.reason);
        break;
    }
  }
  return seen;
}

std::string joined(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string expected_in_words(const Expectation& expected, ComputeUnits units) {
  if (expected.who == "asked") {
    return fmt::format("the Neural Engine was not to be used ({})", to_string(units));
  }
  if (expected.use == Expectation::Use::none) {
    return fmt::format("nothing was {} for the Neural Engine", expected.who);
  }
  return fmt::format("{} for the Neural Engine ({})", expected.who, expected.amount);
}

Reconciliation compare(const Expectation& expected, const Seen& seen, ComputeUnits units) {
  Reconciliation result;
  const bool wanted = expected.use == Expectation::Use::some;
  const std::string words = expected_in_words(expected, units);
  if (!seen.active.empty() && !seen.idle.empty()) {
    result.verdict = ReconciliationVerdict::contradictory;
    result.text = fmt::format("{}, and the signals disagree: {} moved while {} did not", words,
                              joined(seen.active), joined(seen.idle));
  } else if (!seen.active.empty()) {
    result.verdict = wanted ? ReconciliationVerdict::agrees : ReconciliationVerdict::unexpected_use;
    result.text =
        wanted ? fmt::format("agrees: {}, and it was active ({})", words, joined(seen.active))
               : fmt::format(
                     "{}, yet it was active ({}): the plan was not kept to, or "
                     "another program used it",
                     words, joined(seen.active));
  } else if (wanted && expected.share && *expected.share < kVisibleShare) {
    result.verdict = ReconciliationVerdict::cannot_tell;
    result.text = fmt::format("cannot tell: {}, and it was idle ({}): so little may not show",
                              words, joined(seen.idle));
  } else {
    result.verdict =
        wanted ? ReconciliationVerdict::silent_fallback : ReconciliationVerdict::agrees;
    result.text = wanted
                      ? fmt::format(
                            "{}, but it was idle while the model ran ({}): it ran elsewhere "
                            "(silent fallback)",
                            words, joined(seen.idle))
                      : fmt::format("agrees: {}, and it was idle ({})", words, joined(seen.idle));
  }
  return result;
}

// "12 of 14 operations" of the plan against "3 of 14" of the prediction: only the direction counts,
// for operations are fused and split on the way.
void compare_with_prediction(const Evidence& evidence, Reconciliation& result) {
  if (!evidence.plan || !evidence.prediction || !may_use_ane(evidence.units)) return;
  const Expectation planned = of_plan(*evidence.plan);
  const Expectation predicted = of_prediction(*evidence.prediction);
  if (planned.use == Expectation::Use::unknown || predicted.use == Expectation::Use::unknown) {
    return;
  }
  if (planned.use == predicted.use) {
    result.notes.push_back(fmt::format("plan and prediction agree on {}: {} planned, {} predicted",
                                       planned.use == Expectation::Use::some
                                           ? "using the Neural Engine"
                                           : "not using the Neural Engine",
                                       planned.amount, predicted.amount));
  } else {
    result.notes.push_back(
        fmt::format("plan and prediction differ: {} planned for the Neural Engine, {} predicted",
                    planned.amount, predicted.amount));
  }
}

}  // namespace

AneActivity classify_activity(std::optional<double> running, std::optional<double> baseline,
                              double floor) {
  if (!running) return AneActivity::absent;
  const double rest = std::max(baseline.value_or(0) * kAboveBaseline, floor);
  return *running > rest ? AneActivity::active : AneActivity::idle;
}

PredictedPlacement count_placement(const models::Placement& placement) {
  PredictedPlacement counts;
  counts.possible = false;
  for (const models::PlacedOperation& operation : placement.operations) {
    if (operation.costs[static_cast<size_t>(models::Engine::ane)].supported) counts.possible = true;
    if (!operation.engine) {
      ++counts.undecided;
    } else {
      ++(*operation.engine == models::Engine::ane ? counts.on_ane : counts.elsewhere);
    }
  }
  return counts;
}

std::string_view to_string(ReconciliationVerdict verdict) {
  switch (verdict) {
    case ReconciliationVerdict::agrees:
      return "agrees";
    case ReconciliationVerdict::silent_fallback:
      return "silent fallback";
    case ReconciliationVerdict::unexpected_use:
      return "unexpected use";
    case ReconciliationVerdict::contradictory:
      return "contradictory";
    case ReconciliationVerdict::cannot_tell:
      break;
  }
  return "cannot tell";
}

Reconciliation reconcile(const Evidence& evidence) {
  const Expectation expected = expectation(evidence);
  const Seen seen = look_at(evidence.signals);
  Reconciliation result;
  if (seen.active.empty() && seen.idle.empty()) {
    result.text = "cannot tell: the Neural Engine was not watched";
    if (!seen.absent.empty()) result.text += fmt::format(" ({})", joined(seen.absent));
  } else if (expected.use == Expectation::Use::unknown) {
    result.text = fmt::format("cannot tell: {}; the Neural Engine was {} ({})",
                              expected.unknown_because, seen.active.empty() ? "idle" : "active",
                              joined(seen.active.empty() ? seen.idle : seen.active));
  } else {
    result = compare(expected, seen, evidence.units);
    if (!seen.absent.empty()) {
      result.notes.push_back(fmt::format("not watched: {}", joined(seen.absent)));
    }
  }
  if (!evidence.plan && !evidence.why_no_plan.empty()) {
    result.notes.push_back(fmt::format("no plan: {}", evidence.why_no_plan));
  }
  compare_with_prediction(evidence, result);
  return result;
}

}  // namespace anemon::profiler
