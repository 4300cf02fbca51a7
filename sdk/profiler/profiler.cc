#include <anemon/profiler.h>

#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/mutex.h"
#include "profiler/history/history.h"
#include "profiler/measure/monitor.h"
#include "profiler/measure/questions.h"
#include "profiler/report/report.h"
#include "sdk/profiler/document_view.h"
#include "sdk/profiler/model_advice.h"
#include "sdk/profiler/run_settings.h"
#include "sdk/profiler/saved_file.h"
#include "sdk/profiler/several_runs.h"

namespace anemon {
namespace {

using sdk::Config;

std::string words_of(const std::exception& failure) {
  const auto* error = dynamic_cast<const Error*>(&failure);
  if (error == nullptr || error->hint().empty()) return failure.what();
  return failure.what() + ("; " + error->hint());
}

// Gives the document its id.
void keep(const Config& config, Json& document) {
  const std::filesystem::path file = config.results_file;
  profiler::ResultHistory(file.empty() ? profiler::default_history_file() : file).keep(document);
}

void throw_failure(const Json& document) {
  const std::string failure = sdk::failure_of(document);
  if (failure.empty()) return;
  const auto model = document.find("model");
  const std::string path =
      model == document.end() || !model->is_object() ? "" : model->value("path", "");
  throw Error(path.empty() ? failure : path + ": " + failure);
}

}  // namespace

struct ANEPerformanceProfiler::State {
  Mutex mutex;
  Config config ANEMON_GUARDED_BY(mutex);
  std::map<std::string, std::string> paths ANEMON_GUARDED_BY(mutex);  // by name
  std::string error ANEMON_GUARDED_BY(mutex);

  Mutex monitor_mutex;
  std::unique_ptr<profiler::Monitor> monitor ANEMON_GUARDED_BY(monitor_mutex);

  Config settings();
  std::string path_of(const std::string& model);
  void set_error(std::string_view words) noexcept;

  // Runs a call; what it throws becomes the error.
  template <class Call>
  bool attempt(const Call& call) noexcept;

  // Asks a question about a model that is run. `result` becomes a view of the answer, which for a
  // run that failed is what it gave until then, or tells why there is none.
  template <class Result, class Question>
  bool ask(Result& result, const std::string& model, const std::string& name,
           const Question& question);
};

Config ANEPerformanceProfiler::State::settings() {
  const Lock lock(mutex);
  return config;
}

std::string ANEPerformanceProfiler::State::path_of(const std::string& model) {
  const Lock lock(mutex);
  const auto known = paths.find(model);
  return known == paths.end() ? model : known->second;
}

void ANEPerformanceProfiler::State::set_error(std::string_view words) noexcept {
  const Lock lock(mutex);
  try {
    error = words;
  } catch (const std::exception&) {
    error.clear();  // no memory for them
  }
}

template <class Call>
bool ANEPerformanceProfiler::State::attempt(const Call& call) noexcept {
  try {
    try {
      call();
      set_error({});
      return true;
    } catch (const std::exception& failure) {
      set_error(words_of(failure));
    }
  } catch (...) {
    set_error("failed with something that is no std::exception");
  }
  return false;
}

template <class Result, class Question>
bool ANEPerformanceProfiler::State::ask(Result& result, const std::string& model,
                                        const std::string& name, const Question& question) {
  return attempt([&] {
    const Config current = settings();
    Json document;
    try {
      const std::string path = path_of(model);
      if (!std::filesystem::exists(path)) {
        throw Error(path + ": no such file", "a model is a path, or a name given to ProfileModel");
      }
      document = question(sdk::run_request(current, path, name), sdk::asking(current), current);
    } catch (const std::exception& failure) {
      sdk::fill_absent(result, words_of(failure));
      throw;
    }
    sdk::fill(result, document);
    if (current.keep_results) {
      keep(current, document);
      result.document = sdk::kept_text(document);  // with its id
    }
    throw_failure(document);
  });
}

ANEPerformanceProfiler::ANEPerformanceProfiler() : state_(std::make_unique<State>()) {}
ANEPerformanceProfiler::~ANEPerformanceProfiler() = default;

bool ANEPerformanceProfiler::Initialize(const Config& config) {
  return state_->attempt([&] {
    sdk::check(config);
    const Lock lock(state_->mutex);
    state_->config = config;
  });
}

bool ANEPerformanceProfiler::ProfileModel(const std::string& path, const std::string& name,
                                          ANEPerformanceMetrics& metrics) {
  const bool remembered = name.empty() || state_->attempt([&] {
    const Lock lock(state_->mutex);
    state_->paths[name] = path;
  });
  return remembered &&
         state_->ask(metrics, name.empty() ? path : name, name,
                     [](const profiler::RunRequest& request, const profiler::Asking& asking,
                        const Config&) { return profiler::profile_model(request, asking); });
}

bool ANEPerformanceProfiler::ProfileTransformer(const std::string& model, std::size_t batch,
                                                std::size_t sequence_length,
                                                ANEPerformanceMetrics& metrics) {
  return state_->ask(
      metrics, model, {},
      [&](const profiler::RunRequest& request, const profiler::Asking& asking, const Config&) {
        return profiler::profile_transformer(request, {batch, sequence_length}, asking);
      });
}

bool ANEPerformanceProfiler::ProfileVisionModel(const std::string& model, std::size_t batch,
                                                std::size_t height, std::size_t width,
                                                std::size_t channels,
                                                ANEPerformanceMetrics& metrics) {
  return state_->ask(
      metrics, model, {},
      [&](const profiler::RunRequest& request, const profiler::Asking& asking, const Config&) {
        return profiler::profile_vision(request, {batch, height, width, channels}, asking);
      });
}

bool ANEPerformanceProfiler::ComparativeProfile(const std::string& path,
                                                ComparativeResults& results) {
  return state_->ask(
      results, path, {},
      [](const profiler::RunRequest& request, const profiler::Asking& asking, const Config&) {
        return profiler::compare_engines({request, {}, {}}, asking);
      });
}

bool ANEPerformanceProfiler::ProfileBatchSizes(const std::string& model,
                                               const std::vector<std::size_t>& sizes,
                                               BatchProfilingResults& results) {
  return state_->ask(results, model, {},
                     [&](const profiler::RunRequest& request, const profiler::Asking& asking,
                         const Config& config) {
                       return profiler::sweep_batches(
                           {request, {sizes.begin(), sizes.end()}, sdk::batch_limits(config)},
                           asking);
                     });
}

bool ANEPerformanceProfiler::ProfilePower(const std::string& model, double duration_seconds,
                                          PowerProfile& profile) {
  return state_->ask(
      profile, model, {},
      [&](const profiler::RunRequest& request, const profiler::Asking& asking, const Config&) {
        return profiler::profile_power(
            request, sdk::positive_seconds("duration_seconds", duration_seconds), asking);
      });
}

bool ANEPerformanceProfiler::ProfileMemory(const std::string& model, MemoryProfile& profile) {
  return state_->ask(profile, model, {},
                     [](const profiler::RunRequest& request, const profiler::Asking& asking,
                        const Config&) { return profiler::profile_memory(request, asking); });
}

bool ANEPerformanceProfiler::AnalyzeOptimizations(const std::string& model,
                                                  const ANEPerformanceMetrics& metrics,
                                                  OptimizationRecommendations& advice) {
  return state_->attempt([&] {
    advice = {};
    sdk::fill(advice,
              sdk::recommendations_for(state_->settings(), state_->path_of(model), metrics));
  });
}

bool ANEPerformanceProfiler::StartMonitoring(const std::string& model) {
  return state_->attempt([&] {
    const Config config = state_->settings();
    const Lock lock(state_->monitor_mutex);
    if (state_->monitor) throw Error("a program is watched already", "call StopMonitoring first");
    state_->monitor = std::make_unique<profiler::Monitor>(
        profiler::MonitorRequest{model, {}, config.daemon_socket});
  });
}

ANEPerformanceMetrics ANEPerformanceProfiler::GetCurrentMetrics() {
  ANEPerformanceMetrics metrics;
  state_->attempt([&] {
    try {
      const Lock lock(state_->monitor_mutex);
      if (!state_->monitor) throw Error("nothing is watched", "call StartMonitoring first");
      sdk::fill(metrics, state_->monitor->current());
    } catch (const std::exception& failure) {
      sdk::fill_absent(metrics, words_of(failure));
      throw;
    }
  });
  return metrics;
}

bool ANEPerformanceProfiler::StopMonitoring(ANEPerformanceMetrics& metrics) {
  return state_->attempt([&] {
    try {
      std::unique_ptr<profiler::Monitor> monitor;
      {
        const Lock lock(state_->monitor_mutex);
        monitor = std::move(state_->monitor);
      }
      if (!monitor) throw Error("nothing is watched", "call StartMonitoring first");
      Json document = monitor->stop();
      sdk::fill(metrics, document);
      const Config config = state_->settings();
      if (!config.keep_results) return;
      keep(config, document);
      metrics.document = sdk::kept_text(document);
    } catch (const std::exception& failure) {
      if (metrics.document == nullptr) sdk::fill_absent(metrics, words_of(failure));
      throw;
    }
  });
}

bool ANEPerformanceProfiler::ExportResults(const ANEPerformanceMetrics& metrics,
                                           const std::string& basename) {
  return state_->attempt([&] {
    const Json document = sdk::document_of(metrics);
    sdk::save_file(basename + ".json",
                   document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
    sdk::save_file(basename + ".csv", profiler::csv_report(document));
  });
}

bool ANEPerformanceProfiler::GenerateVisualization(const std::string& model,
                                                   const ANEPerformanceMetrics& metrics,
                                                   const PowerProfile& power_profile,
                                                   const std::string& path) {
  return state_->attempt([&] {
    Json document = sdk::document_of(metrics);
    if (!document.contains("model")) {
      const std::string file = state_->path_of(model);
      document["model"] = {{"name", std::filesystem::path(model).stem().string()}};
      if (std::filesystem::exists(file)) document["model"]["path"] = file;
    }
    sdk::put_power(document, power_profile);
    sdk::save_file(path, profiler::html_report(document));
  });
}

bool ANEPerformanceProfiler::ValidateModel(const std::string& path,
                                           std::vector<std::string>& warnings,
                                           std::vector<std::string>& errors) {
  return state_->attempt([&] {
    warnings.clear();
    errors.clear();
    try {
      sdk::list_findings(*sdk::study_of(state_->settings(), state_->path_of(path)), warnings,
                         errors);
    } catch (const std::exception& failure) {
      errors.push_back(words_of(failure));
      throw;
    }
  });
}

double ANEPerformanceProfiler::EstimateReadiness(const std::string& path) {
  double score = kNoNumber;
  state_->attempt(
      [&] { score = sdk::study_of(state_->settings(), state_->path_of(path))->readiness().score; });
  return score;
}

double ANEPerformanceProfiler::CalculateEfficiencyScore(
    const ANEPerformanceMetrics& metrics) const {
  return anemon::CalculateEfficiencyScore(metrics);
}

std::string ANEPerformanceProfiler::LastError() const {
  const Lock lock(state_->mutex);
  return state_->error;
}

}  // namespace anemon
