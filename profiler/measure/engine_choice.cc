#include "profiler/measure/engine_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "profiler/measure/contest.h"
#include "profiler/measure/watched_run.h"
#include "profiler/runner/runner_command.h"

namespace anemon::profiler {
namespace {

using Units = std::vector<ComputeUnits>;

// What a runner says of itself; none when it does not start.
std::optional<Hello> ask_hello(const RunRequest& request, const std::string& engine) {
  try {
    RunnerProcess runner(runner_command(request.runner), request.limits, engine);
    const Hello hello = runner.hello();
    runner.end();
    return hello;
  } catch (const RunFailure&) {
    return std::nullopt;  // the run itself will tell
  }
}

// The engines of a runner, each with what it can be asked for.
std::vector<std::pair<std::string, Units>> choices(const RunRequest& request) {
  std::vector<std::pair<std::string, Units>> all;
  const std::optional<Hello> first = ask_hello(request, request.engine);
  if (!first) return {{request.engine, {}}};
  std::vector<std::string> engines = {request.engine};
  if (request.engine.empty() && first->engines.size() > 1) engines = first->engines;
  for (const std::string& engine : engines) {
    const auto hello = engine == request.engine ? first : ask_hello(request, engine);
    all.emplace_back(engine, hello ? hello->engine.compute_units : Units());
  }
  return all;
}

bool knows_the_cpu_alone(const ModelRun& run) {
  return run.hello && run.hello->engine.compute_units == Units{ComputeUnits::cpu_only};
}

}  // namespace

std::vector<RunRequest> engines_to_compare(const CompareRequest& request) {
  std::vector<RunRequest> runs;
  std::vector<std::string> runners = {request.run.runner};
  runners.insert(runners.end(), request.runners.begin(), request.runners.end());
  for (size_t i = 0; i < runners.size(); ++i) {
    RunRequest run = request.run;
    run.runner = runners[i];
    run.reload = false;
    if (i > 0) run.engine.clear();
    for (const auto& [engine, units] : choices(run)) {
      run.engine = engine;
      Units asked = request.units.empty() ? units : request.units;
      if (asked.empty()) asked = {ComputeUnits::all};
      for (const ComputeUnits each : asked) {
        run.units = each;
        runs.push_back(run);
      }
    }
  }
  if (runs.size() == 1 && request.units.empty() && runs.front().units != ComputeUnits::all) {
    runs.push_back(runs.front());
    runs.back().units = ComputeUnits::all;
  }
  return runs;
}

std::vector<std::string> distinct_names(const std::vector<const ModelRun*>& runs) {
  std::vector<std::string> names;
  for (const ModelRun* run : runs) names.push_back(name_of_run(*run));
  const std::vector<std::string> plain = names;
  for (size_t i = 0; i < names.size(); ++i) {
    if (std::count(plain.begin(), plain.end(), plain[i]) < 2) continue;
    const std::string& runner = runs[i]->request.runner;
    names[i] += fmt::format(" ({})", runner.empty() ? "anemon-runner" : runner);
  }
  const std::vector<std::string> with_runner = names;
  std::map<std::string, int> seen;
  for (std::string& name : names) {
    if (std::count(with_runner.begin(), with_runner.end(), name) < 2) continue;
    const int number = ++seen[name];
    name += fmt::format(" #{}", number);
  }
  return names;
}

std::vector<std::string> same_computations(const std::vector<const ModelRun*>& runs,
                                           const std::vector<std::string>& names) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> of_engine;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (!knows_the_cpu_alone(*runs[i])) continue;
    of_engine[{runs[i]->request.runner, runs[i]->hello->engine.name}].push_back(names[i]);
  }
  std::vector<std::string> sentences;
  for (const auto& [engine, same] : of_engine) {
    if (same.size() < 2) continue;
    sentences.push_back(fmt::format(
        "{} computes on the CPU alone: {} are the same computation, and what they differ by is the "
        "measurement's. A Mac compares the Neural Engine, the GPU and the CPU.",
        engine.second, list_in_words(same)));
  }
  return sentences;
}

bool all_the_same_computation(const std::vector<const ModelRun*>& runs) {
  return std::all_of(runs.begin(), runs.end(), [&](const ModelRun* run) {
    return knows_the_cpu_alone(*run) && run->request.runner == runs.front()->request.runner &&
           run->hello->engine.name == runs.front()->hello->engine.name;
  });
}

}  // namespace anemon::profiler
