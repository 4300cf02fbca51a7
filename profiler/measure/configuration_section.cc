#include <cmath>
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "models/document/model_json.h"
#include "profiler/measure/result.h"

namespace anemon::profiler {
namespace {

// How the inputs came to their values, and why so where nothing was asked for.
Json inputs_of(const ModelRun& run) {
  Json inputs = Json::array();
  if (!run.filled) return inputs;
  for (const FilledInput& each : run.filled->inputs) {
    Json input = Json::object();
    input["name"] = clean_json_text(each.name);
    input["fill"] = name_of(each.kind);
    if (std::isfinite(each.first)) input["first"] = each.first;
    if (std::isfinite(each.second)) input["second"] = each.second;
    if (!each.reason.empty()) input["reason"] = clean_json_text(each.reason);
    inputs.push_back(std::move(input));
  }
  return inputs;
}

bool gives_values(const InputFill& fill) {
  return fill.kind == InputFill::Kind::values || fill.kind == InputFill::Kind::file;
}

}  // namespace

// What was asked for is no measurement: these numbers have no provenance.
Json configuration_section(const RunFacts& facts) {
  const RunRequest& request = facts.run.request;
  Json section = Json::object();
  section["warmup_iterations"] = request.warm_up.iterations;
  section["warmup_seconds"] = request.warm_up.seconds;
  section["warmup_limit_seconds"] = request.warm_up.limit_seconds;
  section["profile_iterations"] = request.iterations;
  section["profile_seconds"] = to_seconds(request.time);
  section["profile_limit_seconds"] = to_seconds(request.time_limit);
  section["batch"] = request.items;
  bool given = false;
  for (const InputFill& each : request.inputs) given = given || gives_values(each);
  section["inputs"] = given ? "given" : "random";
  section["fills"] = inputs_of(facts.run);
  section["seed"] = request.seed;
  section["compute_units"] = to_string(request.units);
  section["threads"] = request.threads;
  section["round_to_fp16"] = request.round_to_fp16;
  if (!request.shapes.empty()) {
    Json shapes = Json::object();
    for (const auto& [name, shape] : request.shapes) {
      shapes[clean_json_text(name)] = shape_json(shape);
    }
    section["shapes"] = std::move(shapes);
  }
  if (!request.engine.empty()) section["engine"] = clean_json_text(request.engine);
  if (!request.runner.empty()) section["runner"] = clean_json_text(request.runner);
  if (!request.after_idle.empty()) {
    Json pauses = Json::array();
    for (const Duration each : request.after_idle) pauses.push_back(to_seconds(each));
    section["after_idle_seconds"] = std::move(pauses);
  }
  section["energy"] = request.energy.wanted;
  if (request.energy.wanted) {
    section["energy_baseline_seconds"] = to_seconds(request.energy.baseline);
    section["energy_seconds"] = to_seconds(request.energy.at_least);
    section["energy_limit_seconds"] = to_seconds(request.energy.at_most);
    section["energy_precision"] = request.energy.precision;
  }
  return section;
}

}  // namespace anemon::profiler
