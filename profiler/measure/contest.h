// Which of several is best at something: claimed only where they can be told apart. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "profiler/statistics/comparison.h"

namespace anemon::profiler {

struct Contender {
  std::string name;
  double value = 0;  // a cost: lower is better; above 0
};

struct Contest {
  // The one of the lowest cost, and those that cannot be told from it; by cost. Empty: nobody
  // took part.
  std::vector<size_t> best;
  bool equivalent = true;  // all of `best` are known to differ by less than the margin
  size_t worst = 0;        // of all
  double gain = 1;         // the worst's cost over the best's

  std::optional<size_t> winner() const {
    return best.size() == 1 ? std::optional(best.front()) : std::nullopt;
  }
};

// `verdict(a, b)`: of b's cost against a's (slower is more).
Contest hold_contest(const std::vector<Contender>& contenders,
                     const std::function<Verdict(size_t a, size_t b)>& verdict);

// Of two costs that are each known to so much of themselves (half their 95 % interval).
Verdict compare_costs(double a, double error_a, double b, double error_b, double margin);

// What the lowest and the highest cost are called: "takes least energy", "as much energy as".
struct ContestWords {
  const char* best;   // "is fastest"
  const char* bests;  // "are fastest"
  const char* than;   // "times as fast as": gain, this, worst
};
std::string words_of(const Contest& contest, const std::vector<Contender>& contenders,
                     const ContestWords& words, double margin);

// "x, y and z".
std::string list_in_words(const std::vector<std::string>& names);

}  // namespace anemon::profiler
