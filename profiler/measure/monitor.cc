#include "profiler/measure/monitor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/clock.h"
#include "core/json_access.h"
#include "core/provenanced_json.h"
#include "core/time_expression.h"
#include "core/version.h"
#include "platform/default_paths.h"
#include "profiler/measure/observed.h"
#include "profiler/measure/observed_sections.h"
#include "profiler/measure/result.h"
#include "profiler/measure/run_work.h"
#include "profiler/measure/studied_model.h"

namespace anemon::profiler {
namespace {

constexpr Duration kTimeout = std::chrono::seconds(3);

double mb(double bytes) { return bytes / 1e6; }

// What programs have reported of a model since the daemon began, whatever session it belongs to.
struct Reports {
  double inferences = 0;
  std::map<std::string, double> items;  // by kind: "token"
  std::vector<std::string> units;       // "ane"
};

Reports reports_in(const Json& metrics, const std::string& model) {
  Reports reports;
  for (const Json& metric : at(metrics, "/metrics")) {
    const bool items = text(metric, "/name") == info(Metric::kInferenceItems).name;
    for (const Json& value : at(metric, "/values")) {
      if (text(value, "/labels/model") != model) continue;
      const double count = number(value, "/value").value_or(0);
      if (items) {
        reports.items[text(value, "/labels/kind")] += count;
      } else {
        reports.inferences += count;
        reports.units.push_back(text(value, "/labels/compute_unit"));
      }
    }
  }
  return reports;
}

// Of the compute unit with most inferences; null when the session has no reports of the model.
const Json* latency_in(const Json& session, const std::string& model) {
  const Json* latency = nullptr;
  double most = 0;
  for (const Json& row : at(session, "/summary/inference")) {
    const double count = number(row, "/count").value_or(0);
    if (text(row, "/model") != model || count <= most) continue;
    most = count;
    latency = &at(row, "/latency_seconds");
  }
  return latency;
}

Json timing_of(const Observation& seen, const std::string& model) {
  const Json* latency = latency_in(document_of(seen.run), model);
  ProvenancedJson out;
  const std::string why = !seen.why_none.empty()
                              ? seen.why_none
                              : "no inference was reported as one of this session, which alone "
                                "would keep its latency";
  const auto set = [&](const char* key, const char* member) {
    const auto seconds = latency ? number(*latency, member) : std::nullopt;
    out.number_or(key, seconds ? std::optional(*seconds * 1e3) : std::nullopt, Provenance::measured,
                  why);
  };
  set("inference_time_ms", "/p50");
  set("mean_ms", "/mean");
  set("maximum_ms", "/max");
  return out.take();
}

Json memory_of(const Observation& seen, pid_t pid) {
  ProvenancedJson out;
  const std::string why =
      !seen.why_none.empty() ? seen.why_none : "no reading of the process in this session";
  const Timeline& held = seen.memory_bytes;
  std::optional<double> peak;
  Json timeline = Json::array();
  for (const auto& [seconds, bytes] : held) {
    peak = std::max(peak.value_or(0), bytes);
    timeline.push_back({seconds, mb(bytes)});
  }
  const auto in_mb = [](std::optional<double> bytes) {
    return bytes ? std::optional(mb(*bytes)) : std::nullopt;
  };
  out.number_or("memory_usage_mb",
                held.empty() ? std::nullopt : std::optional(mb(held.back().second)),
                Provenance::measured, why);
  out.number_or("peak_memory_mb", in_mb(peak), Provenance::measured, why);
  if (peak) {
    out.basis("memory_usage_mb", "all of the process, at the last reading");
    out.basis("peak_memory_mb", "all of the process, highest reading of the session");
    out.number("timeline", std::move(timeline), Provenance::measured);
  }
  std::optional<double> neural;
  for (const auto& series : series_of(document_of(seen.samples), Metric::kTaskNeuralFootprint)) {
    if (series.label("pid") == std::to_string(pid)) neural = series.points.back().second;
  }
  out.number_or("neural_footprint_mb", in_mb(neural), Provenance::measured,
                why_unread(seen, Metric::kTaskNeuralFootprint));
  return out.take();
}

}  // namespace

struct Monitor::State {
  std::string name;  // of the model
  pid_t pid = 0;
  Asking asking;
  std::unique_ptr<ControlClient> counters;  // of reports; null once the daemon is gone
  std::unique_ptr<Observer> observer;
  StudiedModel model;
  ModelRun run;  // whose request names the model; nothing runs by us
  SystemClock clock;
  Duration began{};
  Reports before, now;
  double watched = 0;  // seconds, when `now` was asked for

  Reports ask_for_reports() {
    if (!counters) return now;
    std::vector<std::string> names;
    for (const Metric metric : {Metric::kInferences, Metric::kInferenceItems}) {
      names.emplace_back(info(metric).name);
    }
    try {
      return reports_in(counters->metrics(names, true), name);
    } catch (const Error&) {
      counters.reset();  // the observer says why
      return now;
    }
  }

  void update() {
    now = ask_for_reports();
    if (counters) watched = to_seconds(clock.awake() - began);
  }

  Json throughput(const RunFacts& facts) const {
    const Observation& seen = observer->seen();
    ProvenancedJson out;
    const double count = now.inferences - before.inferences;
    const bool known = seen.why_none.empty() && count > 0 && watched > 0;
    const std::string why =
        !seen.why_none.empty()
            ? seen.why_none
            : fmt::format("no inference of \"{}\" was reported to the daemon meanwhile", name);
    const auto rate = known ? std::optional(count / watched) : std::nullopt;
    out.number_or("inferences_per_second", rate, Provenance::derived, why);
    if (rate) {
      out.basis("inferences_per_second", fmt::format("{:.0f} inferences reported ({}) in {:.1f} s",
                                                     count, listed(now.units), watched));
    }
    const auto items = [&](const char* key, const char* kind) {
      const auto amount = [&](const Reports& of) {
        const auto found = of.items.find(kind);
        return found == of.items.end() ? 0 : found->second;
      };
      const double more = amount(now) - amount(before);
      out.number_or(key, rate && more > 0 ? std::optional(more / watched) : std::nullopt,
                    Provenance::derived, rate ? fmt::format("no {} was reported", kind) : why);
    };
    items("tokens_per_second", "token");
    items("images_per_second", "image");
    const auto macs = macs_of_run(facts);
    std::optional<double> tops;
    if (macs && rate) tops = 2 * static_cast<double>(*macs) * *rate / 1e12;
    out.number_or("effective_tops", tops, Provenance::derived, macs ? why : why_no_macs(facts));
    return out.take();
  }

  Json document() {
    const Observation& seen = observer->seen();
    const RunFacts facts{run, seen, model.study.get(), model.why_not};
    Json result = Json::object();
    result["schema"] = "anemon.result/1";
    result["created"] = format_time(clock.now().wall);
    result["anemon_version"] = version();
    result["kind"] = "monitor";
    result["outcome"] = {{"state", "ok"}};
    result["model"] = {{"name", clean_json_text(name)}};
    result["environment"] = environment_of(seen, nullptr);
    result["configuration"] = {{"pid", pid}};
    result["timing"] = timing_of(seen, name);
    result["throughput"] = throughput(facts);
    WorkDone work;
    const Json reported = result["throughput"];
    work.throughput = &reported;
    work.inferences_per_second = number(reported, "/inferences_per_second");
    work.why_no_rate = text(reported, "/absent/inferences_per_second");
    result["power"] = power_of(seen, work);
    result["memory"] = memory_of(seen, pid);
    result["ane"] = ane_of(seen);
    result["score"] = score_section(result);
    return result;
  }
};

Monitor::Monitor(const MonitorRequest& request) : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.name = request.model;
  state.pid = request.pid.value_or(getpid());
  state.asking.socket = request.socket;
  state.run.request.model = request.model;
  std::error_code ignored;
  if (std::filesystem::exists(request.model, ignored)) {
    state.name = std::filesystem::path(request.model).stem().string();
    state.model = study_model(state.run.request, state.asking);
  } else {
    state.model.why_not = "the model is known by its name alone";
  }
  state.observer = open_observer(request.socket, {});
  if (state.observer->has_daemon()) {
    state.counters =
        std::make_unique<ControlClient>(find_socket(request.socket, default_sockets()), kTimeout);
  }
  state.before = state.now = state.ask_for_reports();
  state.began = state.clock.awake();
  state.observer->begin(state.name, state.pid);
}

Monitor::~Monitor() = default;

Json Monitor::current() {
  state_->update();
  state_->observer->look_again();
  return state_->document();
}

Json Monitor::stop() {
  state_->update();
  state_->observer->end();
  return state_->document();
}

}  // namespace anemon::profiler
