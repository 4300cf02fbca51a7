// What a runner is asked and what it answers: one line of JSON each, docs/runner-protocol.md.
//
// Both ends read strictly: what is there must be as described, what is unknown is passed over.
// Times are seconds in the text and Durations here; a number that is none is `null` and NaN.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "models/graph/model.h"
#include "profiler/coreml/compute_plan.h"
#include "profiler/engine.h"

namespace anemon::profiler {

inline constexpr int64_t kProtocolVersion = 1;
inline constexpr size_t kMaxLine = size_t{16} << 20;          // bytes, without the line feed
inline constexpr size_t kMaxNumbersInLine = size_t{1} << 16;  // of results; more take more lines
inline constexpr size_t kMaxOperationsInLine = 1000;
inline constexpr size_t kMaxItems = size_t{1} << 16;  // of a batch
inline constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();

// ---- Requests

struct HelloRequest {
  int64_t protocol = kProtocolVersion;
  std::string engine;  // empty: the runner's first
  bool operator==(const HelloRequest&) const = default;
};

// How the elements of an input come about.
struct InputFill {
  enum class Kind : uint8_t {
    automatic,  // by the input's kind: never zeros
    normal,     // of mean `first` and deviation `second`
    uniform,    // from `first` to `second`
    integers,   // from `first` to `second`, both included
    values,     // `numbers`, `text` or `dictionary`
    file,       // little-endian fp32, as many as the shape has
  };
  std::string name;
  Kind kind = Kind::automatic;
  double first = 0, second = 0;
  models::Shape shape;  // empty: as loaded
  std::vector<float> numbers;
  std::string text;
  std::map<std::string, double> dictionary;
  std::string path;
  bool operator==(const InputFill&) const = default;
};

// Inputs without an entry are filled automatically. Random ones differ from item to item and are
// the same for the same seed, name and item, on every machine.
struct FillRequest {
  uint64_t items = 1;
  uint64_t seed = 1;
  std::vector<InputFill> inputs;
  bool operator==(const FillRequest&) const = default;
};

// Runs until all minimums that are given are reached, or one maximum, or a stop; without any of
// them, one call.
struct PredictRequest {
  uint64_t items = 1;
  std::optional<uint64_t> min_count;
  std::optional<Duration> min_time;
  std::optional<uint64_t> max_count;
  std::optional<Duration> max_time;
  Duration chunk = std::chrono::milliseconds(100);  // between lines of samples, about
  bool time_operations = false;
  bool operator==(const PredictRequest&) const = default;
};

struct StopRequest {  // ends a predict at its next line of samples; has no answer of its own
  bool operator==(const StopRequest&) const = default;
};
struct PlanRequest {  // before anything is loaded, and best by a runner of its own
  LoadRequest load;
};
struct OperationsRequest {
  bool operator==(const OperationsRequest&) const = default;
};
struct ResultsRequest {
  uint64_t item = 0;
  uint64_t numbers = 0;  // at most so many of each output; statistics and checksum are of all
  bool operator==(const ResultsRequest&) const = default;
};
struct MemoryRequest {
  bool operator==(const MemoryRequest&) const = default;
};
struct ByeRequest {
  bool operator==(const ByeRequest&) const = default;
};

using Request =
    std::variant<HelloRequest, PlanRequest, LoadRequest, FillRequest, PredictRequest, StopRequest,
                 OperationsRequest, ResultsRequest, MemoryRequest, ByeRequest>;

// ---- Answers

struct Hello {
  int64_t protocol = kProtocolVersion;
  std::string runner;  // "anemon-runner 0.1.0"
  int64_t pid = 0;
  EngineFacts engine;                // the one in use
  std::vector<std::string> engines;  // that it could use
};

// What the engine intends for the model's operations.
struct Plan {
  ComputePlan plan;
  bool more = false;  // a further line follows
};

struct FeatureInfo {
  std::string name;
  models::FeatureKind kind = models::FeatureKind::unknown;
  models::TensorType tensor;
  std::string color_space;
  bool optional = false;
  bool operator==(const FeatureInfo&) const = default;
};

struct Loaded {
  LoadTimes times;
  std::vector<FeatureInfo> inputs, outputs;
  std::optional<uint64_t> weight_bytes, activation_bytes;
};

// What an input was filled with in the end.
struct FilledInput {
  std::string name;
  InputFill::Kind kind = InputFill::Kind::values;
  double first = kAbsent, second = kAbsent;
  std::string reason;  // why this kind, where nothing was asked for
};
struct Filled {
  std::vector<FilledInput> inputs;
};

// Calls in the order in which they were made; columns of the same length.
struct Samples {
  uint64_t first = 0;         // how many calls of this predict came before
  std::vector<double> start;  // seconds since the predict's origin
  std::vector<double> total;  // of the call as the runner sees it
  // Of the engine. Empty: it does not tell; NaN: not of this call.
  std::vector<double> preprocessing, execution, postprocessing, memory_transfer;
};

struct Predicted {
  uint64_t count = 0;
  Duration elapsed{};
  Duration origin{};  // the first call began then, on the clock that stops in sleep (core/clock.h)
};

struct Operations {
  std::vector<OperationTime> operations;
  bool more = false;  // a further line follows
};

struct ResultStatistics {
  double least = kAbsent, most = kAbsent, mean = kAbsent, rms = kAbsent;  // of finite elements
  uint64_t not_a_number = 0, infinite = 0;
};

// One output, or a part of it.
struct Results {
  FeatureValue value;   // `numbers` from `offset` on; shape, text and dictionary are the whole's
  uint64_t offset = 0;  // of the first number
  uint64_t count = 0;   // elements of the whole output
  ResultStatistics statistics;
  std::string checksum;  // FNV-1a, 64 bits, of all elements as little-endian fp32: 16 digits
  bool last = false;     // no further line follows
};

// Of the runner itself. What the system does not tell is unset.
struct MemoryUse {
  std::optional<uint64_t> resident, peak_resident;
  std::optional<uint64_t> footprint, peak_footprint;                // macOS
  std::optional<uint64_t> neural_footprint, peak_neural_footprint;  // macOS 15.4 and later
  bool operator==(const MemoryUse&) const = default;
};

struct Bye {
  bool operator==(const Bye&) const = default;
};

// Whatever was asked for did not come about; the runner goes on.
struct Failure {
  enum class Kind : uint8_t {
    refused,   // by the engine, for a reason that it states
    compiler,  // the framework's compiler failed
    memory,    // there was not enough
    protocol,  // the request is not as described, or comes too early
    internal,  // a defect
  };
  Kind kind = Kind::refused;
  std::string request;  // its name
  std::string error, hint;
  bool operator==(const Failure&) const = default;
};

using Answer = std::variant<Hello, Plan, Loaded, Filled, Samples, Predicted, Operations, Results,
                            MemoryUse, Bye, Failure>;

std::string_view name_of(InputFill::Kind kind);
std::string_view name_of(Failure::Kind kind);
std::string_view name_of(const Request& request);
std::string_view name_of(const Answer& answer);

// With the line feed. What is no UTF-8 is replaced.
std::string to_line(const Request& request);
std::string to_line(const Answer& answer);

// Of a line without its line feed. Each throws Error that says what is wrong, and where.
Request parse_request(std::string_view line);
Answer parse_answer(std::string_view line);

}  // namespace anemon::profiler
