#include <nlohmann/json.hpp>
#include <utility>

#include "profiler/runner/protocol.h"

namespace anemon::profiler {
namespace {

using Json = nlohmann::ordered_json;

template <class Value>
void put(Json& object, const char* key, const std::optional<Value>& value) {
  if (value) object[key] = *value;
}
void put(Json& object, const char* key, const std::optional<Duration>& value) {
  if (value) object[key] = to_seconds(*value);
}
void put(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}
void put(Json& object, const char* key, const std::vector<double>& column) {
  if (!column.empty()) object[key] = column;
}

Json fill_json(const InputFill& fill) {
  using Kind = InputFill::Kind;
  Json json{{"name", fill.name}, {"fill", name_of(fill.kind)}};
  if (fill.kind == Kind::normal) {
    json["mean"] = fill.first;
    json["deviation"] = fill.second;
  } else if (fill.kind == Kind::uniform || fill.kind == Kind::integers) {
    json["low"] = fill.first;
    json["high"] = fill.second;
  } else if (fill.kind == Kind::file) {
    json["path"] = fill.path;
  } else if (fill.kind == Kind::values) {
    if (!fill.numbers.empty()) json["numbers"] = fill.numbers;
    put(json, "text", fill.text);
    if (!fill.dictionary.empty()) json["dictionary"] = fill.dictionary;
  }
  if (!fill.shape.empty()) json["shape"] = fill.shape;
  return json;
}

void write(Json& json, const HelloRequest& request) {
  json["protocol"] = request.protocol;
  put(json, "engine", request.engine);
}

void write(Json& json, const LoadRequest& request) {
  json["model"] = request.model.string();
  put(json, "function", request.function);
  json["compute_units"] = to_string(request.units);
  if (!request.shapes.empty()) json["shapes"] = request.shapes;
  json["threads"] = request.threads;
  json["round_to_fp16"] = request.round_to_fp16;
  if (request.compiled) json["compiled"] = request.compiled->string();
}

void write(Json& json, const PlanRequest& request) { write(json, request.load); }

void write(Json& json, const FillRequest& request) {
  json["items"] = request.items;
  json["seed"] = request.seed;
  json["inputs"] = Json::array();
  for (const InputFill& fill : request.inputs) json["inputs"].push_back(fill_json(fill));
}

void write(Json& json, const PredictRequest& request) {
  json["items"] = request.items;
  put(json, "min_count", request.min_count);
  put(json, "min_seconds", request.min_time);
  put(json, "max_count", request.max_count);
  put(json, "max_seconds", request.max_time);
  json["chunk_seconds"] = to_seconds(request.chunk);
  json["time_operations"] = request.time_operations;
}

void write(Json& json, const ResultsRequest& request) {
  json["item"] = request.item;
  json["numbers"] = request.numbers;
}

void write(Json&, const StopRequest&) {}
void write(Json&, const OperationsRequest&) {}
void write(Json&, const MemoryRequest&) {}
void write(Json&, const ByeRequest&) {}

Json feature_json(const FeatureInfo& feature) {
  Json json{{"name", feature.name},
            {"kind", models::name_of(feature.kind)},
            {"dtype", models::name_of(feature.tensor.dtype)}};
  if (feature.tensor.ranked) json["shape"] = feature.tensor.shape;
  put(json, "color_space", feature.color_space);
  json["optional"] = feature.optional;
  return json;
}

Json features_json(const std::vector<FeatureInfo>& features) {
  Json json = Json::array();
  for (const FeatureInfo& feature : features) json.push_back(feature_json(feature));
  return json;
}

void write(Json& json, const Hello& hello) {
  json["protocol"] = hello.protocol;
  json["runner"] = hello.runner;
  json["pid"] = hello.pid;
  Json& engine = json["engine"];
  engine["name"] = hello.engine.name;
  engine["version"] = hello.engine.version;
  engine["threads"] = hello.engine.threads;
  engine["compute_units"] = Json::array();
  for (const ComputeUnits units : hello.engine.compute_units) {
    engine["compute_units"].push_back(to_string(units));
  }
  json["engines"] = hello.engines;
}

void write(Json& json, const Plan& plan) {
  json["kind"] = plan.plan.kind;
  json["operations"] = Json::array();
  for (const PlannedOperation& operation : plan.plan.operations) {
    Json row{{"name", operation.name}, {"type", operation.type}};
    put(row, "function", operation.function);
    row["depth"] = operation.depth;
    if (operation.preferred) row["preferred"] = models::name_of(*operation.preferred);
    row["supported"] = Json::array();
    for (const models::Engine engine : operation.supported) {
      row["supported"].push_back(models::name_of(engine));
    }
    put(row, "cost", operation.cost);
    json["operations"].push_back(std::move(row));
  }
  json["more"] = plan.more;
}

void write(Json& json, const Loaded& loaded) {
  put(json, "compile_seconds", loaded.times.compile);
  json["load_seconds"] = to_seconds(loaded.times.load);
  json["cached"] = loaded.times.cached;
  json["inputs"] = features_json(loaded.inputs);
  json["outputs"] = features_json(loaded.outputs);
  put(json, "weight_bytes", loaded.weight_bytes);
  put(json, "activation_bytes", loaded.activation_bytes);
}

void write(Json& json, const Filled& filled) {
  json["inputs"] = Json::array();
  for (const FilledInput& input : filled.inputs) {
    InputFill fill;
    fill.name = input.name;
    fill.kind = input.kind;
    fill.first = input.first;
    fill.second = input.second;
    Json row = fill_json(fill);
    row.erase("path");
    put(row, "reason", input.reason);
    json["inputs"].push_back(std::move(row));
  }
}

void write(Json& json, const Samples& samples) {
  json["first"] = samples.first;
  json["start"] = samples.start;
  json["total"] = samples.total;
  put(json, "preprocessing", samples.preprocessing);
  put(json, "execution", samples.execution);
  put(json, "postprocessing", samples.postprocessing);
  put(json, "memory_transfer", samples.memory_transfer);
}

void write(Json& json, const Predicted& predicted) {
  json["count"] = predicted.count;
  json["seconds"] = to_seconds(predicted.elapsed);
  json["origin"] = to_seconds(predicted.origin);
}

void write(Json& json, const Operations& operations) {
  json["operations"] = Json::array();
  for (const OperationTime& time : operations.operations) {
    Json row{{"name", time.name},
             {"type", time.type},
             {"seconds", to_seconds(time.total)},
             {"calls", time.calls}};
    put(row, "fused_into", time.fused_into);
    json["operations"].push_back(std::move(row));
  }
  json["more"] = operations.more;
}

void write(Json& json, const Results& results) {
  json["name"] = results.value.name;
  json["shape"] = results.value.shape;
  json["count"] = results.count;
  const ResultStatistics& statistics = results.statistics;
  json["statistics"] = {{"min", statistics.least},        {"max", statistics.most},
                        {"mean", statistics.mean},        {"rms", statistics.rms},
                        {"nan", statistics.not_a_number}, {"infinite", statistics.infinite}};
  json["checksum"] = results.checksum;
  json["offset"] = results.offset;
  json["numbers"] = results.value.numbers;
  put(json, "text", results.value.text);
  if (!results.value.dictionary.empty()) json["dictionary"] = results.value.dictionary;
  json["more"] = !results.last;
}

void write(Json& json, const MemoryUse& memory) {
  put(json, "resident_bytes", memory.resident);
  put(json, "peak_resident_bytes", memory.peak_resident);
  put(json, "footprint_bytes", memory.footprint);
  put(json, "peak_footprint_bytes", memory.peak_footprint);
  put(json, "neural_footprint_bytes", memory.neural_footprint);
  put(json, "peak_neural_footprint_bytes", memory.peak_neural_footprint);
}

void write(Json&, const Bye&) {}

void write(Json& json, const Failure& failure) {
  json["kind"] = name_of(failure.kind);
  json["request"] = failure.request;
  json["error"] = failure.error;
  put(json, "hint", failure.hint);
}

// NaN and infinity become null in nlohmann's hands.
template <class Message>
std::string line_of(const char* key, const Message& message) {
  Json json{{key, name_of(message)}};
  std::visit([&](const auto& alternative) { write(json, alternative); }, message);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace

std::string to_line(const Request& request) { return line_of("request", request); }
std::string to_line(const Answer& answer) { return line_of("answer", answer); }

}  // namespace anemon::profiler
