#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "core/error.h"
#include "platform/json_line.h"
#include "profiler/runner/protocol.h"

namespace anemon::profiler {
namespace {

using Value = JsonLine::Value;

constexpr size_t kMaxRank = 64;
constexpr int64_t kMaxNesting = 1000;
constexpr double kMaxSeconds = 1e9;  // some thirty years

// An object's members by name; the first of equal ones counts.
class Members {
 public:
  explicit Members(const Value& object) : object_(object.object()) {
    object_.for_each_member(
        [&](std::string_view key, Value value) { members_.emplace_back(key, value); });
  }

  std::optional<Value> find(std::string_view key) const {
    for (const auto& [name, value] : members_) {
      if (name == key && !value.is_null()) return value;
    }
    return std::nullopt;
  }
  Value at(std::string_view key) const {
    const auto value = find(key);
    if (!value) object_.fail(fmt::format("\"{}\" is missing", key));
    return *value;
  }

  std::string text(std::string_view key) const {  // empty when missing
    const auto value = find(key);
    return value ? std::string(value->text()) : std::string();
  }
  bool flag(std::string_view key, bool otherwise = false) const {
    const auto value = find(key);
    return value ? value->boolean() : otherwise;
  }
  std::optional<uint64_t> count(std::string_view key) const {
    const auto value = find(key);
    return value ? std::optional(value->count()) : std::nullopt;
  }

 private:
  Value object_;
  std::vector<std::pair<std::string_view, Value>> members_;
};

double number_or_nan(const Value& value) { return value.is_null() ? kAbsent : value.number(); }

Duration duration(const Value& value) {
  const double seconds = value.number();
  if (!(seconds >= 0 && seconds <= kMaxSeconds)) value.fail("must be from 0 to 1e9 seconds");
  return Duration(std::llround(seconds * 1e9));
}

std::optional<Duration> duration(const Members& members, std::string_view key) {
  const auto value = members.find(key);
  return value ? std::optional(duration(*value)) : std::nullopt;
}

models::Shape shape(const Value& value) {
  if (value.array().size() > kMaxRank) value.fail("has too many dimensions");
  models::Shape shape;
  value.for_each(
      [&](const Value& extent) { shape.push_back(extent.integer(models::kAnyExtent, INT64_MAX)); });
  return shape;
}

std::vector<double> column(const Members& members, std::string_view key) {
  std::vector<double> column;
  if (const auto value = members.find(key)) {
    column.reserve(value->array().size());
    value->for_each([&](const Value& each) { column.push_back(number_or_nan(each)); });
  }
  return column;
}

float single(const Value& value) {
  const double number = number_or_nan(value);
  if (std::abs(number) > std::numeric_limits<float>::max()) value.fail("does not fit fp32");
  return static_cast<float>(number);
}

std::vector<float> floats(const Members& members, std::string_view key) {
  std::vector<float> numbers;
  if (const auto value = members.find(key)) {
    numbers.reserve(value->array().size());
    value->for_each([&](const Value& each) { numbers.push_back(single(each)); });
  }
  return numbers;
}

std::map<std::string, double> dictionary(const Members& members) {
  std::map<std::string, double> dictionary;
  if (const auto value = members.find("dictionary")) {
    value->object().for_each_member([&](std::string_view key, const Value& each) {
      dictionary.emplace(key, number_or_nan(each));
    });
  }
  return dictionary;
}

// One of the names of an enumeration whose last enumerator is `last`.
template <class Enum, class Name>
Enum one_of(const Value& value, Enum last, Name name) {
  const std::string_view text = value.text();
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (name(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  }
  value.fail("is none of the words that are known");
}

InputFill::Kind fill_kind(const Value& value) {
  return one_of(value, InputFill::Kind::file, [](InputFill::Kind kind) { return name_of(kind); });
}

// Bounds or parameters of the distribution.
std::pair<double, double> parameters(const Members& members, InputFill::Kind kind, double low,
                                     double high) {
  using Kind = InputFill::Kind;
  const bool normal = kind == Kind::normal;
  if (!normal && kind != Kind::uniform && kind != Kind::integers) return {low, high};
  const Value first = members.at(normal ? "mean" : "low");
  const Value second = members.at(normal ? "deviation" : "high");
  const std::pair<double, double> both{first.number(), second.number()};
  if (normal && both.second < 0) second.fail("must not be negative");
  if (!normal && both.first > both.second) second.fail("must not be below \"low\"");
  return both;
}

InputFill input_fill(const Value& value) {
  const Members members(value);
  InputFill fill;
  fill.name = members.at("name").text();
  if (const auto kind = members.find("fill")) fill.kind = fill_kind(*kind);
  std::tie(fill.first, fill.second) = parameters(members, fill.kind, 0, 0);
  if (const auto extents = members.find("shape")) fill.shape = shape(*extents);
  if (fill.kind == InputFill::Kind::file) fill.path = members.at("path").text();
  if (fill.kind == InputFill::Kind::values) {
    fill.numbers = floats(members, "numbers");
    fill.text = members.text("text");
    fill.dictionary = dictionary(members);
  }
  return fill;
}

uint64_t items(const Members& members) {
  const auto value = members.find("items");
  return value ? static_cast<uint64_t>(value->integer(1, kMaxItems)) : 1;
}

ComputeUnits compute_units(const Value& value) {
  const auto units = parse_compute_units(value.text());
  if (!units) value.fail("is none of cpu-only, cpu-and-gpu, cpu-and-ane, all");
  return *units;
}

LoadRequest load_request(const Members& members) {
  LoadRequest request;
  request.model = members.at("model").text();
  request.function = members.text("function");
  if (const auto units = members.find("compute_units")) request.units = compute_units(*units);
  if (const auto shapes = members.find("shapes")) {
    shapes->object().for_each_member([&](std::string_view name, const Value& value) {
      request.shapes.emplace(name, shape(value));
    });
  }
  if (const auto threads = members.find("threads")) {
    request.threads = static_cast<unsigned>(threads->integer(0, 4096));
  }
  request.round_to_fp16 = members.flag("round_to_fp16");
  if (const auto compiled = members.find("compiled")) request.compiled = compiled->text();
  return request;
}

FillRequest fill_request(const Members& members) {
  FillRequest request;
  request.items = items(members);
  request.seed = members.count("seed").value_or(1);
  if (const auto inputs = members.find("inputs")) {
    inputs->array().for_each(
        [&](const Value& each) { request.inputs.push_back(input_fill(each)); });
  }
  return request;
}

PredictRequest predict_request(const Members& members) {
  PredictRequest request;
  request.items = items(members);
  request.min_count = members.count("min_count");
  request.min_time = duration(members, "min_seconds");
  request.max_count = members.count("max_count");
  request.max_time = duration(members, "max_seconds");
  request.chunk = duration(members, "chunk_seconds").value_or(request.chunk);
  request.time_operations = members.flag("time_operations");
  return request;
}

Request request_of(const Value& root) {
  const Members members(root);
  const Value kind = members.at("request");
  const std::string_view name = kind.text();
  if (name == "hello")
    return HelloRequest{members.at("protocol").integer(), members.text("engine")};
  if (name == "plan") return PlanRequest{load_request(members)};
  if (name == "load") return load_request(members);
  if (name == "fill") return fill_request(members);
  if (name == "predict") return predict_request(members);
  if (name == "stop") return StopRequest{};
  if (name == "operations") return OperationsRequest{};
  if (name == "memory") return MemoryRequest{};
  if (name == "bye") return ByeRequest{};
  if (name == "results") {
    return ResultsRequest{members.count("item").value_or(0), members.count("numbers").value_or(0)};
  }
  kind.fail("is no request that is known");
}

Hello hello(const Members& members) {
  Hello hello;
  hello.protocol = members.at("protocol").integer();
  // What follows may be anything in another version.
  if (hello.protocol != kProtocolVersion) return hello;
  hello.runner = members.text("runner");
  hello.pid = static_cast<int64_t>(members.count("pid").value_or(0));
  const Members engine(members.at("engine"));
  hello.engine.name = engine.at("name").text();
  hello.engine.version = engine.text("version");
  if (const auto threads = engine.find("threads")) {
    hello.engine.threads = static_cast<unsigned>(threads->integer(0, 1 << 20));
  }
  if (const auto units = engine.find("compute_units")) {
    units->array().for_each(
        [&](const Value& each) { hello.engine.compute_units.push_back(compute_units(each)); });
  }
  if (const auto engines = members.find("engines")) {
    engines->array().for_each([&](const Value& each) { hello.engines.emplace_back(each.text()); });
  }
  return hello;
}

models::Engine planned_engine(const Value& value) {
  return one_of(value, models::Engine::cpu,
                [](models::Engine engine) { return models::name_of(engine); });
}

Plan plan(const Members& members) {
  Plan plan;
  plan.plan.kind = members.text("kind");
  members.at("operations").array().for_each([&](const Value& each) {
    const Members row(each);
    PlannedOperation operation;
    operation.name = row.at("name").text();
    operation.type = row.text("type");
    operation.function = row.text("function");
    if (const auto depth = row.find("depth")) {
      operation.depth = static_cast<int>(depth->integer(0, kMaxNesting));
    }
    if (const auto engine = row.find("preferred")) operation.preferred = planned_engine(*engine);
    if (const auto engines = row.find("supported")) {
      engines->array().for_each(
          [&](const Value& engine) { operation.supported.push_back(planned_engine(engine)); });
    }
    if (const auto cost = row.find("cost")) operation.cost = cost->number();
    plan.plan.operations.push_back(std::move(operation));
  });
  plan.more = members.flag("more");
  return plan;
}

FeatureInfo feature(const Value& value) {
  const Members members(value);
  FeatureInfo feature;
  feature.name = members.at("name").text();
  feature.kind = one_of(members.at("kind"), models::FeatureKind::state,
                        [](models::FeatureKind kind) { return models::name_of(kind); });
  if (const auto type = members.find("dtype")) {
    feature.tensor.dtype = one_of(*type, models::DataType::uint64,
                                  [](models::DataType each) { return models::name_of(each); });
  }
  const auto extents = members.find("shape");
  feature.tensor.ranked = extents.has_value();
  if (extents) feature.tensor.shape = shape(*extents);
  feature.color_space = members.text("color_space");
  feature.optional = members.flag("optional");
  return feature;
}

std::vector<FeatureInfo> features(const Members& members, std::string_view key) {
  std::vector<FeatureInfo> features;
  members.at(key).array().for_each([&](const Value& each) { features.push_back(feature(each)); });
  return features;
}

Loaded loaded(const Members& members) {
  Loaded loaded;
  loaded.times.compile = duration(members, "compile_seconds");
  loaded.times.load = duration(members.at("load_seconds"));
  loaded.times.cached = members.flag("cached");
  loaded.inputs = features(members, "inputs");
  loaded.outputs = features(members, "outputs");
  loaded.weight_bytes = members.count("weight_bytes");
  loaded.activation_bytes = members.count("activation_bytes");
  return loaded;
}

Filled filled(const Members& members) {
  Filled filled;
  if (const auto inputs = members.find("inputs")) {
    inputs->array().for_each([&](const Value& each) {
      const Members row(each);
      FilledInput input;
      input.name = row.at("name").text();
      input.kind = fill_kind(row.at("fill"));
      std::tie(input.first, input.second) = parameters(row, input.kind, kAbsent, kAbsent);
      input.reason = row.text("reason");
      filled.inputs.push_back(std::move(input));
    });
  }
  return filled;
}

Samples samples(const Members& members) {
  Samples samples;
  samples.first = members.at("first").count();
  samples.total = column(members, "total");
  samples.start = column(members, "start");
  samples.preprocessing = column(members, "preprocessing");
  samples.execution = column(members, "execution");
  samples.postprocessing = column(members, "postprocessing");
  samples.memory_transfer = column(members, "memory_transfer");
  const size_t length = samples.total.size();
  const Value total = members.at("total");
  const auto is_time = [](double seconds) { return seconds >= 0 && seconds <= kMaxSeconds; };
  if (samples.start.size() != length) total.fail("is not as long as \"start\"");
  if (!std::all_of(samples.total.begin(), samples.total.end(), is_time) ||
      !std::all_of(samples.start.begin(), samples.start.end(), is_time)) {
    total.fail("every call must have a time and a start of 0 to 1e9 seconds");
  }
  for (const auto* part : {&samples.preprocessing, &samples.execution, &samples.postprocessing,
                           &samples.memory_transfer}) {
    if (!part->empty() && part->size() != length) total.fail("is not as long as the breakdown");
  }
  return samples;
}

Operations operations(const Members& members) {
  Operations operations;
  members.at("operations").array().for_each([&](const Value& each) {
    const Members row(each);
    OperationTime time;
    time.name = row.at("name").text();
    time.type = row.text("type");
    time.total = duration(row.at("seconds"));
    time.calls = row.at("calls").count();
    time.fused_into = row.text("fused_into");
    operations.operations.push_back(std::move(time));
  });
  operations.more = members.flag("more");
  return operations;
}

Results results(const Members& members) {
  Results results;
  results.value.name = members.at("name").text();
  if (const auto extents = members.find("shape")) results.value.shape = shape(*extents);
  results.count = members.count("count").value_or(0);
  if (const auto value = members.find("statistics")) {
    const Members statistics(*value);
    const auto number = [&](std::string_view key) {
      const auto found = statistics.find(key);
      return found ? found->number() : kAbsent;
    };
    results.statistics = {number("min"),
                          number("max"),
                          number("mean"),
                          number("rms"),
                          statistics.count("nan").value_or(0),
                          statistics.count("infinite").value_or(0)};
  }
  results.checksum = members.text("checksum");
  results.offset = members.count("offset").value_or(0);
  results.value.numbers = floats(members, "numbers");
  results.value.text = members.text("text");
  results.value.dictionary = dictionary(members);
  results.last = !members.flag("more");
  return results;
}

MemoryUse memory(const Members& members) {
  return {members.count("resident_bytes"),         members.count("peak_resident_bytes"),
          members.count("footprint_bytes"),        members.count("peak_footprint_bytes"),
          members.count("neural_footprint_bytes"), members.count("peak_neural_footprint_bytes")};
}

Failure failure(const Members& members) {
  Failure failure;
  if (const auto kind = members.find("kind")) {
    failure.kind =
        one_of(*kind, Failure::Kind::internal, [](Failure::Kind each) { return name_of(each); });
  }
  failure.request = members.text("request");
  failure.error = members.at("error").text();
  failure.hint = members.text("hint");
  return failure;
}

Answer answer_of(const Value& root) {
  const Members members(root);
  const Value kind = members.at("answer");
  const std::string_view name = kind.text();
  if (name == "hello") return hello(members);
  if (name == "plan") return plan(members);
  if (name == "loaded") return loaded(members);
  if (name == "filled") return filled(members);
  if (name == "samples") return samples(members);
  if (name == "predicted") {
    return Predicted{members.at("count").count(), duration(members.at("seconds")),
                     duration(members, "origin").value_or(Duration::zero())};
  }
  if (name == "operations") return operations(members);
  if (name == "results") return results(members);
  if (name == "memory") return memory(members);
  if (name == "bye") return Bye{};
  if (name == "error") return failure(members);
  kind.fail("is no answer that is known");
}

template <class Message>
Message parse(std::string_view line, Message (*message_of)(const Value&)) {
  if (line.size() > kMaxLine) throw Error(fmt::format("longer than {} MiB", kMaxLine >> 20));
  try {
    JsonLine json;
    json.parse(line);
    return message_of(json.root());
  } catch (const JsonProblem& problem) {
    throw Error(fmt::format("column {}: {}", problem.column, problem.reason));
  }
}

}  // namespace

Request parse_request(std::string_view line) { return parse<Request>(line, request_of); }
Answer parse_answer(std::string_view line) { return parse<Answer>(line, answer_of); }

}  // namespace anemon::profiler
