#include <algorithm>
#include <nlohmann/json.hpp>

#include "profiler/measure/observer.h"
#include "profiler/measure/questions.h"
#include "profiler/measure/result.h"
#include "profiler/measure/studied_model.h"

namespace anemon::profiler {
namespace {

// A daemon reads what processes hold once a second: a timeline takes some readings.
constexpr Duration kTimeline = std::chrono::seconds(5);

Json answer(const char* kind, const RunRequest& request, const Asking& asking, Observer& observer) {
  const StudiedModel model = study_model(request, asking);
  const ModelRun run = run_model(request, observer, asking.progress);
  return result_document(kind, {run, observer.seen(), model.study.get(), model.why_not});
}

}  // namespace

// Neither is made longer than it has to be where there is nobody who would see more.
Json profile_power(const RunRequest& request, Duration duration, const Asking& asking) {
  RunRequest timed = request;
  timed.energy.wanted = true;
  timed.energy.at_least = timed.energy.at_most = duration;
  require_sensible(timed);
  const auto observer = open_observer(asking.socket, timed.energy);
  if (observer->has_energy()) {
    timed.time = duration;
    timed.time_limit = std::max(timed.time_limit, duration);
  }
  return answer("power", timed, asking, *observer);
}

Json profile_memory(const RunRequest& request, const Asking& asking) {
  RunRequest timed = request;
  timed.energy.wanted = false;
  require_sensible(timed);
  const auto observer = open_observer(asking.socket, timed.energy);
  if (observer->has_daemon()) {
    timed.time = std::max(timed.time, kTimeline);
    timed.time_limit = std::max(timed.time_limit, timed.time);
  }
  return answer("memory", timed, asking, *observer);
}

}  // namespace anemon::profiler
