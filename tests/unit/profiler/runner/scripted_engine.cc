#include "tests/unit/profiler/runner/scripted_engine.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/error.h"
#include "profiler/compile_failure.h"
#include "profiler/coreml/compute_plan.h"

namespace anemon::profiler {
namespace {

struct Script {
  std::string behaviour;
  int number = 0;
};

Script script_of(const std::filesystem::path& model) {
  const std::string name = model.filename().string();
  const size_t colon = name.find(':');
  if (colon == std::string::npos) return {name, 0};
  return {name.substr(0, colon), std::atoi(name.c_str() + colon + 1)};
}

[[noreturn]] void hang() {
  for (;;) ::pause();
}

// Pages must be written to, else they are promises alone.
void take_all_memory() {
  std::vector<std::unique_ptr<char[]>> taken;
  constexpr size_t kPiece = size_t{4} << 20;
  for (;;) {
    taken.push_back(std::make_unique<char[]>(kPiece));
    std::memset(taken.back().get(), 1, kPiece);
  }
}

void misbehave(const std::string& behaviour, const std::string& where) {
  if (behaviour == "segfault-" + where) {
    std::signal(SIGSEGV, SIG_DFL);  // sanitizers make an exit of it
    ::raise(SIGSEGV);
  }
  if (behaviour == "abort-" + where) {
    std::fputs("an assertion of the framework\n", stderr);
    std::abort();
  }
  if (behaviour == "kill-" + where) ::kill(::getpid(), SIGKILL);
  if (behaviour == "hang-" + where) {
    std::signal(SIGTERM, SIG_IGN);
    hang();
  }
  if (behaviour == "exit-" + where) ::_exit(7);
  if (behaviour == "throw-" + where) throw Error("layer frobnicate is not supported", "remove it");
  if (behaviour == "alien-" + where) throw std::runtime_error("something else");
  if (behaviour == "compiler-" + where) throw CompileFailure("ANECCompile() FAILED");
  if (behaviour == "hungry-" + where) take_all_memory();
  if (behaviour == "fork-" + where) {
    if (::fork() == 0) hang();
    ::_exit(3);
  }
}

void print_everywhere() {
  std::printf("printf says hello\n");
  std::fflush(stdout);
  std::cout << "cout says hello" << std::endl;
  [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, "write says hello\n", 17);
}

models::Feature feature(const std::string& name, models::DataType dtype, models::Shape shape) {
  models::Feature feature;
  feature.name = name;
  feature.kind = models::FeatureKind::array;
  feature.tensor = {dtype, true, std::move(shape)};
  return feature;
}

class ScriptedModel final : public LoadedModel {
 public:
  explicit ScriptedModel(Script script) : script_(std::move(script)) {
    const int64_t width = script_.behaviour == "wide" ? script_.number : 6;
    inputs_ = {feature("x", models::DataType::fp32, {2, 3}),
               feature("ids", models::DataType::int32, {4})};
    outputs_ = {feature("y", models::DataType::fp32, {width})};
  }

  const std::vector<models::Feature>& inputs() const override { return inputs_; }
  const std::vector<models::Feature>& outputs() const override { return outputs_; }

  void set_inputs(size_t item, std::vector<FeatureValue> inputs) override {
    items_.resize(std::max(items_.size(), item + 1));
    items_[item] = std::move(inputs);
  }

  PredictTimes predict(size_t items) override {
    if (calls_ >= static_cast<uint64_t>(script_.number)) misbehave(script_.behaviour, "predict");
    if (script_.behaviour == "chatty") print_everywhere();
    if (script_.behaviour == "slow") {
      std::this_thread::sleep_for(std::chrono::milliseconds(script_.number));
    }
    ++calls_;
    predicted_ = items;
    PredictTimes times;
    times.execution = std::chrono::microseconds(3);
    if (calls_ % 2 == 0) times.preprocessing = std::chrono::microseconds(1);
    return times;
  }

  std::vector<FeatureValue> results(size_t item) const override {
    if (item >= predicted_) throw Error("there is no such item");
    FeatureValue y;
    y.name = "y";
    y.shape = outputs_[0].tensor.shape;
    if (script_.behaviour == "wide") {
      for (int i = 0; i < script_.number; ++i) y.numbers.push_back(static_cast<float>(i));
    } else {
      y.numbers = items_[item][0].numbers;
      for (float& number : y.numbers) number *= 2;
    }
    return {y};
  }

  void time_operations(bool on) override {
    timing_ = on;
    calls_ = 0;
  }
  std::vector<OperationTime> operation_times() const override {
    std::vector<OperationTime> times;
    if (!timing_) return times;
    const int count = script_.behaviour == "many" ? script_.number : 2;
    for (int i = 0; i < count; ++i) {
      times.push_back({"op_" + std::to_string(i), "mul", std::chrono::microseconds(i), calls_,
                       i == 1 ? "op_0" : ""});
    }
    return times;
  }
  std::optional<uint64_t> weight_bytes() const override { return 1234; }

 private:
  const Script script_;
  std::vector<models::Feature> inputs_, outputs_;
  std::vector<std::vector<FeatureValue>> items_;
  size_t predicted_ = 0;
  uint64_t calls_ = 0;
  bool timing_ = false;
};

class ScriptedEngine final : public Engine {
 public:
  EngineFacts facts() const override {
    return {"scripted", "1.0", 1, {ComputeUnits::cpu_only, ComputeUnits::all}};
  }

  std::unique_ptr<LoadedModel> load(const LoadRequest& request, LoadTimes& times) override {
    const Script script = script_of(request.model);
    misbehave(script.behaviour, "load");
    if (script.behaviour == "thirsty") {
      char byte = 0;
      if (::read(STDIN_FILENO, &byte, 1) != 0) throw Error("read what was not for it");
    }
    times.load = std::chrono::milliseconds(5);
    if (request.compiled) times.compile = std::chrono::milliseconds(7);
    return std::make_unique<ScriptedModel>(script);
  }
};

ComputePlan plan_scripted(const LoadRequest& request) {
  const Script script = script_of(request.model);
  misbehave(script.behaviour, "load");
  ComputePlan plan;
  plan.kind = "program";
  for (int i = 0; i < script.number; ++i) {
    PlannedOperation operation;
    operation.name = "op_" + std::to_string(i);
    if (i % 2 == 0) {
      operation.preferred = models::Engine::ane;
      operation.supported = {models::Engine::ane, models::Engine::cpu};
      operation.cost = 0.5;
    }
    plan.operations.push_back(std::move(operation));
  }
  return plan;
}

}  // namespace

std::unique_ptr<Engine> open_scripted_engine() { return std::make_unique<ScriptedEngine>(); }

const std::vector<EngineSpec>& engines() {
  static const std::vector<EngineSpec> engines = {
      {"scripted", open_scripted_engine, plan_scripted}};
  return engines;
}

}  // namespace anemon::profiler
