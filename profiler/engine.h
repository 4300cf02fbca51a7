// What runs a model: one interface for Core ML and for the reference engine. It lives in the
// runner, a process of its own (profiler/runner/): a framework that crashes or hangs takes nobody
// along.
//
// Threads: everything of one engine is called from one thread. Errors are thrown as Error; what an
// engine does not support is an error that names it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "models/analysis/analysis.h"
#include "models/graph/model.h"

namespace anemon::profiler {

enum class ComputeUnits : uint8_t { cpu_only, cpu_and_gpu, cpu_and_ane, all };
std::string_view to_string(ComputeUnits units);  // "cpu-only", "cpu-and-gpu", "cpu-and-ane", "all"
std::optional<ComputeUnits> parse_compute_units(std::string_view text);

struct EngineFacts {
  std::string name;      // "coreml", "reference (CPU)": as every report labels its numbers
  std::string version;   // of the framework
  unsigned threads = 0;  // that it computes with; 0: the framework decides
  std::vector<ComputeUnits> compute_units;  // those that it can be asked for
};

struct LoadRequest {
  std::filesystem::path model;
  std::string function;  // empty: the default one
  ComputeUnits units = ComputeUnits::all;
  models::InputShapes shapes;  // by input's name; others take their default
  unsigned threads = 1;
  bool round_to_fp16 = false;  // reference engine: results of fp16 operations are rounded to fp16
  // coreml: keep and reuse the compiled model here; a path ending in .mlmodelc.
  std::optional<std::filesystem::path> compiled;
};

// Unset: the engine has no such step, or it was not needed.
struct LoadTimes {
  std::optional<Duration> compile;
  Duration load{};
  bool cached = false;  // what was compiled before was reused
};

// The value of one input or output. Arrays and images are flat in `numbers`, outermost dimension
// first; images hold pixels 0..255 as [channels, H, W]. Numbers and integers are one element.
struct FeatureValue {
  std::string name;
  models::Shape shape;
  std::vector<float> numbers;
  std::string text;                          // FeatureKind::string
  std::map<std::string, double> dictionary;  // keys of integers are written in decimal
};

// Of one call, items of a batch together. What an engine cannot tell apart is unset.
struct PredictTimes {
  Duration total{};
  std::optional<Duration> preprocessing, execution, postprocessing, memory_transfer;
};

// Sums over the calls since time_operations(true), in the order of the file.
struct OperationTime {
  std::string name;  // the author's
  std::string type;  // "conv"; old networks: the layer's kind
  Duration total{};
  uint64_t calls = 0;
  std::string fused_into;  // its work is done by this operation; `total` is then 0
};

class LoadedModel {
 public:
  virtual ~LoadedModel() = default;

  // With the shapes that the model was loaded for.
  virtual const std::vector<models::Feature>& inputs() const = 0;
  virtual const std::vector<models::Feature>& outputs() const = 0;

  // The inputs of item `item` of a batch; kept for every following call. Throws Error that names
  // an input that is missing, of a wrong size, or not the model's.
  virtual void set_inputs(size_t item, std::vector<FeatureValue> inputs) = 0;

  // Runs the first `items` items in one call; states are those of the call before.
  virtual PredictTimes predict(size_t items) = 0;

  // Of the last call.
  virtual std::vector<FeatureValue> results(size_t item) const = 0;

  // From the next call on; resets the sums. Does nothing where the engine cannot tell.
  virtual void time_operations(bool on) = 0;
  virtual std::vector<OperationTime> operation_times() const = 0;

  // Bytes of weights as the engine holds them and of its activations, where it can tell.
  virtual std::optional<uint64_t> weight_bytes() const { return std::nullopt; }
  virtual std::optional<uint64_t> activation_bytes() const { return std::nullopt; }
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual EngineFacts facts() const = 0;
  virtual std::unique_ptr<LoadedModel> load(const LoadRequest& request, LoadTimes& times) = 0;
};

// A row for each engine that this program was built with, best first.
struct ComputePlan;  // profiler/coreml/compute_plan.h
struct EngineSpec {
  std::string_view name;  // "reference", "coreml"
  std::unique_ptr<Engine> (*open)();
  // What the engine intends for a model, before anything runs; null: it has no plan to tell. It can
  // take minutes and gigabytes and may not come back: call it in a process of its own.
  ComputePlan (*plan)(const LoadRequest& request) = nullptr;
};
const std::vector<EngineSpec>& engines();

}  // namespace anemon::profiler
