#include "profiler/measure/recommendation.h"

#include <fmt/format.h>

#include <algorithm>

#include "profiler/measure/contest.h"

namespace anemon::profiler {
namespace {

bool holds(const std::vector<size_t>& runs, size_t run) {
  return std::find(runs.begin(), runs.end(), run) != runs.end();
}

std::vector<size_t> best_by(const Advice& advice, const char* objective) {
  const auto found = advice.best.find(objective);
  return found == advice.best.end() ? std::vector<size_t>() : found->second;
}

// Where all are as good, nobody is the best.
bool tells_apart(const Advice& advice, const char* objective) {
  const auto well = std::count_if(advice.runs.begin(), advice.runs.end(),
                                  [](const AdvisedRun& run) { return run.ok; });
  const size_t best = best_by(advice, objective).size();
  return best > 0 && best < static_cast<size_t>(well);
}

std::string gain_over_worst(const Advice& advice, const char* objective, const char* than) {
  return fmt::format("{:.2f} {} {}", advice.gain.at(objective), than,
                     advice.runs[advice.worst.at(objective)].name);
}

// Of several that are as fast, the one that takes least energy, then least memory.
size_t choose(const Advice& advice) {
  std::vector<size_t> left = best_by(advice, "latency");
  for (const char* objective : {"energy", "memory"}) {
    std::vector<size_t> both;
    const std::vector<size_t> best = best_by(advice, objective);
    std::copy_if(left.begin(), left.end(), std::back_inserter(both),
                 [&](size_t run) { return holds(best, run); });
    if (!both.empty()) left = both;
  }
  return left.front();
}

std::string what_failed(const Advice& advice) {
  std::vector<std::string> failed;
  for (const AdvisedRun& run : advice.runs) {
    if (!run.ok) failed.push_back(fmt::format("{} ({})", run.name, run.outcome));
  }
  return list_in_words(failed);
}

std::string by_speed(const Advice& advice) {
  if (!tells_apart(advice, "latency")) {
    const std::string words = advice.same_computation
                                  ? "All runs are the same computation"
                                  : "No engine is faster than another by what was measured";
    if (!tells_apart(advice, "energy")) return words + ": leave the choice as it is.";
    const AdvisedRun& least = advice.runs[best_by(advice, "energy").front()];
    return fmt::format("{}; {} takes least energy: {}.", words, least.name,
                       gain_over_worst(advice, "energy", "times less than"));
  }
  const size_t chosen = choose(advice);
  std::string words = fmt::format("Run it on {}: {}", advice.runs[chosen].name,
                                  gain_over_worst(advice, "latency", "times as fast as"));
  if (!tells_apart(advice, "energy")) return words + '.';
  const std::vector<size_t> frugal = best_by(advice, "energy");
  if (holds(frugal, chosen)) return words + ", and none takes less energy.";
  return words + fmt::format(". For least energy run it on {}: {}.",
                             advice.runs[frugal.front()].name,
                             gain_over_worst(advice, "energy", "times less than"));
}

std::string what_disagrees(const Advice& advice) {
  std::string words;
  for (const AdvisedRun& run : advice.runs) {
    if (run.agreement == nullptr || run.agreement->agrees()) continue;
    words += fmt::format(" The outputs of {} differ ({}): check its accuracy before using it.",
                         run.name, run.agreement->words());
  }
  return words;
}

}  // namespace

std::string recommend_engine(const Advice& advice) {
  const auto well = std::count_if(advice.runs.begin(), advice.runs.end(),
                                  [](const AdvisedRun& run) { return run.ok; });
  const std::string failed = what_failed(advice);
  if (well == 0) return fmt::format("No engine ran the model: {}.", failed);
  std::string words;
  if (well == 1) {
    const auto only = std::find_if(advice.runs.begin(), advice.runs.end(),
                                   [](const AdvisedRun& run) { return run.ok; });
    words = fmt::format("{} alone ran the model.", only->name);
  } else {
    words = by_speed(advice);
  }
  words += what_disagrees(advice);
  if (!failed.empty()) words += fmt::format(" What failed: {}.", failed);
  return words;
}

}  // namespace anemon::profiler
