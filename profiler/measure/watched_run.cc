#include "profiler/measure/watched_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace anemon::profiler {

WatchedRun::WatchedRun(RunRequest request, const Asking& asking, std::string label)
    : asking_(asking), label_(std::move(label)) {
  require_sensible(request);
  observer_ = open_observer(asking.socket, request.energy);
  run_.request = std::move(request);
}

template <class Phase>
void WatchedRun::attempt(const Phase& phase) {
  try {
    phase();
  } catch (const RunFailure& failure) {
    if (model_) run_ = model_->take();
    model_.reset();
    run_.end = failure.end();
    run_.message = failure.what();
    run_.hint = failure.hint();
  }
}

void WatchedRun::say(const std::string& what) const {
  if (!asking_.progress) return;
  asking_.progress(fmt::format("{}: {}", label_.empty() ? name_of_run(run()) : label_, what));
}

void WatchedRun::load() {
  say("loading");
  attempt([&] {
    model_.emplace(run_.request);
    model_->load();
  });
}

void WatchedRun::measure() {
  if (!alive()) return;
  if (observer_->has_energy()) say("looking at the idle machine");
  observer_->observe_idle(run().request.limits.interrupt);
  say("measuring");
  const RunRequest& request = run().request;
  const std::string name = request.name.empty() ? request.model.stem().string() : request.name;
  bool began = false;
  attempt([&] {
    model_->measure([&](double seconds) { return observer_->wants_more(seconds); },
                    [&] {
                      observer_->begin(name, model_->pid());
                      began = true;
                    });
  });
  if (began) observer_->end();
}

std::vector<double> WatchedRun::segment(uint64_t calls) {
  std::vector<double> latencies;
  if (!alive()) return latencies;
  attempt([&] { latencies = model_->segment(calls); });
  return latencies;
}

void WatchedRun::finish() {
  if (!alive()) return;
  if (run().request.operations) say("timing operations");
  attempt([&] {
    model_->time_operations();
    model_->read_results();
    model_->end();
    run_ = model_->take();
    model_.reset();
    run_.why_not_reloaded = "the models of a comparison are loaded once";
    ask_for_plan(run_);
  });
}

double WatchedRun::seconds_per_call() const {
  const ModelRun& measured = run();
  if (!measured.predicted || measured.predicted->count == 0) return 0;
  return to_seconds(measured.predicted->elapsed) / static_cast<double>(measured.predicted->count);
}

// What an engine lists is what it can be asked for; one that lists nothing is not Core ML.
bool WatchedRun::may_use_ane() const {
  const ComputeUnits units = run().request.units;
  if (units != ComputeUnits::cpu_and_ane && units != ComputeUnits::all) return false;
  if (!run().hello) return false;
  const std::vector<ComputeUnits>& can = run().hello->engine.compute_units;
  return std::find(can.begin(), can.end(), ComputeUnits::cpu_and_ane) != can.end();
}

Lane WatchedRun::lane(Duration length) {
  Lane lane;
  lane.run = [this](uint64_t calls) { return segment(calls); };
  if (alive()) pace(lane, seconds_per_call(), length, may_use_ane());
  return lane;
}

std::string name_of_run(const ModelRun& run) {
  const std::string engine = run.hello ? run.hello->engine.name : run.request.engine;
  const std::string_view units = to_string(run.request.units);
  return engine.empty() ? std::string(units) : fmt::format("{}, {}", engine, units);
}

}  // namespace anemon::profiler
