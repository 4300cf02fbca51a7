#include <limits>
#include <random>

#include "models/placement/placement.h"
#include "tests/catch.h"

namespace anemon::models {
namespace {

using Costs = std::vector<std::array<EngineCost, kEngines>>;

EngineCost costs(double seconds) { return {true, seconds, Confidence::measured, "compute"}; }

// The published model, word by word: what an assignment of engines costs.
double cost_of(const Costs& list, const std::vector<bool>& output,
               const std::vector<Engine>& engines) {
  double sum = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    const EngineCost& cost = list[i][static_cast<size_t>(engines[i])];
    if (!cost.supported) return std::numeric_limits<double>::infinity();
    sum += cost.seconds;
    const bool starts = i == 0 || engines[i - 1] != engines[i];
    if (starts && engines[i] == Engine::ane) sum += 0.125e-3;  // a segment is launched
    if (starts && i > 0) sum += 0.125e-3;                      // a switch
    if (output[i] && engines[i] == Engine::ane) sum += 0.125e-3;
  }
  return sum;
}

struct Best {
  double cost = std::numeric_limits<double>::infinity();
  std::vector<Engine> engines;
  bool unique = true;
};

Best best_of_all(const Costs& list, const std::vector<bool>& output) {
  Best best;
  std::vector<Engine> engines(list.size());
  size_t assignments = 1;
  for (size_t i = 0; i < list.size(); ++i) assignments *= kEngines;
  for (size_t number = 0; number < assignments; ++number) {
    size_t rest = number;
    for (Engine& engine : engines) {
      engine = static_cast<Engine>(rest % kEngines);
      rest /= kEngines;
    }
    const double cost = cost_of(list, output, engines);
    if (cost < best.cost - 1e-12) {
      best = {cost, engines, true};
    } else if (cost < best.cost + 1e-12) {
      best.unique = false;
    }
  }
  return best;
}

TEST_CASE("no assignment of engines is cheaper than the one that is found") {
  std::mt19937 random(20261122);
  std::uniform_int_distribution<size_t> length(1, 8);
  // Around the constants of the model, where the decision is close.
  std::uniform_real_distribution<double> seconds(0, 0.3e-3);
  std::bernoulli_distribution supported(0.8), is_output(0.2), has_gpu(0.3);
  size_t unique = 0;
  for (int round = 0; round < 3000; ++round) {
    Costs list(length(random));
    std::vector<bool> output(list.size());
    const bool gpu = has_gpu(random);
    for (size_t i = 0; i < list.size(); ++i) {
      for (EngineCost& cost : list[i]) cost = costs(seconds(random));
      list[i][0].supported = supported(random);
      list[i][1].supported = gpu && supported(random);
      output[i] = i + 1 == list.size() || is_output(random);
    }
    const std::vector<Engine> engines = cheapest_path(list, output);
    REQUIRE(engines.size() == list.size());
    const Best best = best_of_all(list, output);
    REQUIRE(cost_of(list, output, engines) == Approx(best.cost).margin(1e-12));
    if (!best.unique) continue;
    ++unique;
    REQUIRE(engines == best.engines);
  }
  CHECK(unique > 2900);
}

TEST_CASE("an engine whose cost is not known is never chosen") {
  Costs list(3);
  for (auto& row : list) {
    row[0] = costs(1);
    row[1] = {true, 0, Confidence::none, {}};
    row[2] = costs(2);
  }
  const std::vector<Engine> engines = cheapest_path(list, {false, false, true});
  CHECK(engines == std::vector<Engine>(3, Engine::ane));
}

TEST_CASE("an operation without any known cost goes to the CPU") {
  Costs list(1);
  list[0][2].supported = true;
  CHECK(cheapest_path(list, {true}) == std::vector<Engine>{Engine::cpu});
  CHECK(cheapest_path({}, {}).empty());
}

TEST_CASE("a segment at an edge must save 0.25 ms, in the middle 0.375 ms") {
  const auto engines = [](double saved) {
    Costs list(1);
    list[0] = {costs(0), EngineCost{}, costs(saved)};
    return cheapest_path(list, {true});
  };
  CHECK(engines(0.249e-3).front() == Engine::cpu);
  CHECK(engines(0.251e-3).front() == Engine::ane);
  const auto middle = [](double saved) {
    Costs list(3);
    list[0][2] = list[2][2] = costs(0);
    list[1] = {costs(0), EngineCost{}, costs(saved)};
    return cheapest_path(list, {false, false, true})[1];
  };
  CHECK(middle(0.374e-3) == Engine::cpu);
  CHECK(middle(0.376e-3) == Engine::ane);
}

// Costs as the compiler wrote them down, and what it chose.
TEST_CASE("the compiler's own choices follow from its own costs") {
  const std::array<EngineCost, kEngines> conv = {costs(4.674e-6), {}, costs(100.064e-6)};
  const std::array<EngineCost, kEngines> relu = {costs(2.621e-6), {}, costs(2.621e-6)};
  const auto chosen = [&](const Costs& list) {
    std::vector<bool> output(list.size());
    output.back() = true;
    return cheapest_path(list, output);
  };
  // One convolution, then four: "single on the CPU, four on the Neural Engine".
  CHECK(chosen({conv}) == std::vector<Engine>(1, Engine::cpu));
  CHECK(chosen({conv, conv, conv, conv}) == std::vector<Engine>(4, Engine::ane));
  // ctx/softmax_c: two layers, softmax, two layers. The last relu is a tie.
  const std::array<EngineCost, kEngines> softmax = {costs(3.590e-6), {}, costs(4.308e-6)};
  std::vector<Engine> engines = chosen({conv, relu, conv, relu, softmax, conv, relu, conv, relu});
  engines.pop_back();
  CHECK(engines == std::vector<Engine>(8, Engine::ane));
  // ctx/global_avg: the layers behind the average are tiny, all stays on the CPU.
  const std::array<EngineCost, kEngines> mean = {costs(1.797e-6), {}, costs(2.156e-6)};
  const std::array<EngineCost, kEngines> tiny = {costs(0.156e-6), {}, costs(2.722e-6)};
  const std::array<EngineCost, kEngines> dot = {costs(2.56e-9), {}, costs(2.56e-9)};
  CHECK(chosen({conv, relu, conv, relu, mean, tiny, dot, tiny, dot}) ==
        std::vector<Engine>(9, Engine::cpu));
}

}  // namespace
}  // namespace anemon::models
