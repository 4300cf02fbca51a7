#include "profiler/measure/contest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace anemon::profiler {

Contest hold_contest(const std::vector<Contender>& contenders,
                     const std::function<Verdict(size_t a, size_t b)>& verdict) {
  Contest contest;
  if (contenders.empty()) return contest;
  std::vector<size_t> ranks(contenders.size());
  std::iota(ranks.begin(), ranks.end(), size_t{0});
  std::stable_sort(ranks.begin(), ranks.end(),
                   [&](size_t a, size_t b) { return contenders[a].value < contenders[b].value; });
  contest.worst = ranks.back();
  contest.gain = contenders[ranks.back()].value / contenders[ranks.front()].value;
  contest.best.push_back(ranks.front());
  for (size_t i = 1; i < ranks.size(); ++i) {
    const Verdict found = verdict(ranks.front(), ranks[i]);
    if (found == Verdict::slower) continue;
    contest.best.push_back(ranks[i]);
    contest.equivalent = contest.equivalent && found == Verdict::equivalent;
  }
  return contest;
}

Verdict compare_costs(double a, double error_a, double b, double error_b, double margin) {
  const double shift = (b - a) / a;
  const double error = std::hypot(error_a, error_b * b / a);
  if (std::abs(shift) + error <= margin) return Verdict::equivalent;
  if (std::abs(shift) <= error) return Verdict::inconclusive;
  // As large as the margin at least, else it makes no difference to anybody.
  if (std::abs(shift) <= margin) return Verdict::inconclusive;
  return shift < 0 ? Verdict::faster : Verdict::slower;
}

std::string list_in_words(const std::vector<std::string>& names) {
  if (names.empty()) return {};
  if (names.size() == 1) return names.front();
  const auto last = names.end() - 1;
  return fmt::format("{} and {}", fmt::join(names.begin(), last, ", "), *last);
}

std::string words_of(const Contest& contest, const std::vector<Contender>& contenders,
                     const ContestWords& words, double margin) {
  if (contest.best.empty()) return {};
  std::vector<std::string> names;
  for (const size_t each : contest.best) names.push_back(contenders[each].name);
  const std::string& worst = contenders[contest.worst].name;
  const std::string gain = fmt::format("{:.2f} {} {}", contest.gain, words.than, worst);
  if (names.size() == 1) return fmt::format("{} {}: {}.", names.front(), words.best, gain);
  const std::string between =
      contest.equivalent ? fmt::format("no difference beyond {:.2g} % between", 100 * margin)
                         : "what was measured cannot tell apart";
  const bool all = names.size() == contenders.size();
  if (all && contest.equivalent) {
    return fmt::format("No difference beyond {:.2g} % between {}.", 100 * margin,
                       list_in_words(names));
  }
  if (all) return fmt::format("What was measured cannot tell {} apart.", list_in_words(names));
  return fmt::format("{} {}: {}; {} them.", list_in_words(names), words.bests, gain, between);
}

}  // namespace anemon::profiler
