#include "profiler/measure/model_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "core/error.h"
#include "profiler/measure/observer.h"

namespace anemon::profiler {
namespace {

// Where a framework keeps what it compiles between two loads; gone with this object.
class CompiledPlace {
 public:
  explicit CompiledPlace(bool wanted) {
    if (!wanted) return;
    std::string pattern = (std::filesystem::temp_directory_path() / "anemon-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      throw Error(fmt::format("cannot make a folder like {}: {}", pattern, std::strerror(errno)));
    }
    folder_ = pattern;
  }
  ~CompiledPlace() {
    // What cannot be removed lies where the system cleans up.
    std::error_code error;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, error);
  }
  CompiledPlace(const CompiledPlace&) = delete;
  CompiledPlace& operator=(const CompiledPlace&) = delete;

  std::filesystem::path model() const {
    return folder_.empty() ? folder_ : folder_ / "model.mlmodelc";
  }

 private:
  std::filesystem::path folder_;
};

// Ends what was begun, also when the run fails.
class Watch {
 public:
  explicit Watch(Observer& observer) : observer_(observer) {}
  ~Watch() { end(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void begin(const ModelInRunner& model, const std::string& name) {
    observer_.begin(name, model.pid());
    watching_ = true;
  }
  void end() {
    if (watching_) observer_.end();
    watching_ = false;
  }

 private:
  Observer& observer_;
  bool watching_ = false;
};

void run_phases(ModelInRunner& model, Observer& observer,
                const std::function<void(const std::string&)>& say) {
  const RunRequest& request = model.run().request;
  say("loading");
  model.load();
  say("warming up");
  Watch watch(observer);
  model.measure([&](double seconds) { return observer.wants_more(seconds); },
                [&] {
                  say("measuring");
                  watch.begin(model, name_of_model(request));
                });
  watch.end();
  if (request.operations) say("timing operations");
  model.time_operations();
  model.read_results();
  if (!request.after_idle.empty()) say("timing calls after idleness");
  model.time_after_idle();
  model.end();
}

void reload(ModelRun& run, const std::filesystem::path& compiled) {
  if (!run.request.reload) {
    run.why_not_reloaded = "not asked for";
  } else if (!run.loaded->times.compile) {
    run.why_not_reloaded = "the first load compiled nothing that a second one could reuse";
  }
  if (!run.why_not_reloaded.empty()) return;
  try {
    RunnerProcess runner(run.command, run.request.limits, run.request.engine);
    run.reloaded = runner.load(load_request(run.request, compiled)).times;
    runner.end();
  } catch (const RunFailure& failure) {
    run.why_not_reloaded = failure.what();
  }
}

}  // namespace

void ask_for_plan(ModelRun& run) {
  if (!run.request.plan) {
    run.why_no_plan = "not asked for";
    return;
  }
  try {
    RunnerProcess runner(run.command, run.request.limits, run.request.engine);
    run.plan = runner.plan(load_request(run.request));
    runner.end();
  } catch (const RunFailure& failure) {
    run.why_no_plan = failure.what();
  }
}

ModelRun run_model(const RunRequest& request, Observer& observer,
                   const std::function<void(const std::string&)>& progress) {
  require_sensible(request);
  const auto say = [&](const std::string& line) {
    if (progress) progress(line);
  };
  if (observer.has_energy()) say("looking at the idle machine");
  observer.observe_idle(request.limits.interrupt);

  ModelRun run;
  run.request = request;
  const CompiledPlace compiled(request.reload);
  std::optional<ModelInRunner> model;
  try {
    model.emplace(request, compiled.model());
    run_phases(*model, observer, say);
    run = model->take();
  } catch (const RunFailure& failure) {
    if (model) run = model->take();
    run.end = failure.end();
    run.message = failure.what();
    run.hint = failure.hint();
    run.why_no_plan = run.why_not_reloaded = "the run failed before";
    return run;
  }
  model.reset();
  if (run.request.reload && run.loaded->times.compile) say("loading again");
  reload(run, compiled.model());
  ask_for_plan(run);
  return run;
}

}  // namespace anemon::profiler
