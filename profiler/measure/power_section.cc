#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "core/provenanced_json.h"
#include "profiler/measure/energy_account.h"
#include "profiler/measure/observed.h"
#include "profiler/measure/observed_sections.h"
#include "profiler/measure/result.h"
#include "profiler/measure/run_work.h"

namespace anemon::profiler {
namespace {

// The sensor whose temperature speaks for the model's: the engine's own, then what is nearest.
constexpr const char* kNearest[] = {"ane", "die", "soc", "package", "cpu", "gpu"};

const Json* nearest_sensor(const Json& session) {
  const Json& rows = at(session, "/summary/temperatures");
  const Json* hottest = nullptr;
  const auto consider = [&](const Json& row) {
    const auto celsius = number(row, "/max_celsius");
    if (celsius && (!hottest || *celsius > *number(*hottest, "/max_celsius"))) hottest = &row;
  };
  for (const std::string_view component : kNearest) {
    for (const Json& row : rows) {
      if (text(row, "/component").starts_with(component)) consider(row);
    }
    if (hottest) return hottest;
  }
  for (const Json& row : rows) consider(row);
  return hottest;
}

void set_temperature(const Observation& seen, ProvenancedJson& out) {
  const Json* sensor = nearest_sensor(document_of(seen.run));
  if (!sensor) {
    out.absent("temperature_celsius", why_unread(seen, Metric::kTemperature));
    return;
  }
  out.number("temperature_celsius", number(*sensor, "/max_celsius"),
             provenance_of(text(*sensor, "/provenance")));
  out.basis("temperature_celsius",
            fmt::format("highest reading of {} ({}) during the run", text(*sensor, "/sensor"),
                        text(*sensor, "/component")));
}

// Everything that needs the watts of the run.
class Power {
 public:
  Power(const Observation& seen, const WorkDone& work, ProvenancedJson& out)
      : seen_(seen),
        work_(work),
        out_(out),
        energy_(account_energy(document_of(seen_.samples), seen_.components).provenance),
        watts_(worst(energy_, Provenance::derived)),
        average_(seen_.precision->mean_watts),
        words_(words_of_energy(seen_)) {}

  void set() {
    set_average();
    set_net();
    set_energy();
    set_efficiency();
    const auto by_component = mean_watts_by_component(document_of(seen_.run));
    if (!by_component.empty()) out_.number("components", Json(by_component), watts_);
    if (!seen_.watts.empty()) out_.number("timeline", timeline(), watts_);
  }

 private:
  Json timeline() const {
    Json points = Json::array();
    for (const auto& [seconds, watts] : seen_.watts) {
      points.push_back({seconds + work_.session_begins, watts});
    }
    return points;
  }

  void set_average() {
    out_.number("average_power_watts", std::optional(average_), watts_);
    out_.basis("average_power_watts", fmt::format("{}: {}", words_, seen_.precision->words));
    std::optional<double> peak;
    for (const auto& [seconds, watts] : seen_.watts) peak = std::max(peak.value_or(watts), watts);
    out_.number_or("peak_power_watts", peak, watts_, "no power was read during the run");
  }

  void set_net() {
    const auto idle = mean_watts(document_of(seen_.baseline), seen_.components);
    const char* why = "the idle machine was not measured before";
    out_.number_or("idle_power_watts", idle, watts_, why);
    if (idle) net_ = average_ - *idle;
    out_.number_or("net_power_watts", net_, Provenance::estimated, why);
    if (idle) {
      out_.basis("net_power_watts",
                 "average less that of the idle machine before, as if it had gone on");
    }
  }

  void set_energy() {
    out_.number("energy_joules", std::optional(average_ * seen_.precision->seconds), energy_);
    const auto rate = work_.inferences_per_second;
    const auto per_inference = [&](std::optional<double> watts) {
      return watts && rate ? std::optional(*watts / *rate) : std::nullopt;
    };
    out_.number_or("energy_per_inference_joules", per_inference(average_), watts_,
                   work_.why_no_rate);
    out_.number_or("net_energy_per_inference_joules", per_inference(net_), Provenance::estimated,
                   rate ? "the idle machine was not measured before" : work_.why_no_rate);
    out_.number("interval_seconds", std::optional(seen_.precision->seconds), Provenance::measured);
    out_.number_or("relative_precision", seen_.precision->half_width, Provenance::derived,
                   seen_.precision->words);
  }

  void set_efficiency() {
    const Json& throughput = *work_.throughput;
    const auto tops = number(throughput, "/effective_tops");
    if (!tops) {
      const std::string why = text(throughput, "/absent/effective_tops");
      out_.absent("efficiency_tops_per_watt",
                  why.empty() ? "effective TOPS are not known" : "no effective TOPS: " + why);
    } else if (!(average_ > 0)) {
      out_.absent("efficiency_tops_per_watt", "no power was used");
    } else {
      const Provenance of_tops = provenance_of(text(throughput, "/provenance/effective_tops"));
      out_.number("efficiency_tops_per_watt", std::optional(*tops / average_),
                  worst(of_tops, watts_));
      out_.basis(
          "efficiency_tops_per_watt",
          fmt::format("effective TOPS of the throughput over average watts, gross; {}", words_));
    }
  }

  const Observation& seen_;
  const WorkDone& work_;
  ProvenancedJson& out_;
  const Provenance energy_, watts_;
  const double average_;
  const std::string words_;
  std::optional<double> net_;
};

// Over all of the measured phase, what lies between the calls included: power is drawn then, too.
WorkDone work_of(const RunFacts& facts, const Json& throughput) {
  WorkDone work;
  const auto& done = facts.run.predicted;
  const double seconds = done ? to_seconds(done->elapsed) : 0;
  if (done && done->count > 0 && seconds > 0) {
    work.inferences_per_second =
        static_cast<double>(done->count * facts.run.request.items) / seconds;
    work.session_begins = to_seconds(facts.seen.began - done->origin);
  } else {
    work.why_no_rate = why_not_reached(facts.run);
  }
  work.throughput = &throughput;
  return work;
}

}  // namespace

Json power_of(const Observation& seen, const WorkDone& work) {
  ProvenancedJson out;
  const std::string why = why_no_power(seen);
  if (why.empty()) {
    Power(seen, work, out).set();
  } else {
    for (const char* key :
         {"average_power_watts", "peak_power_watts", "energy_joules", "energy_per_inference_joules",
          "net_energy_per_inference_joules", "efficiency_tops_per_watt"}) {
      out.absent(key, why);
    }
  }
  set_temperature(seen, out);
  return out.take();
}

Json power_section(const RunFacts& facts) {
  const Json throughput = throughput_section(facts);
  return power_of(facts.seen, work_of(facts, throughput));
}

}  // namespace anemon::profiler
