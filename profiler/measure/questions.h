// What can be asked of the profiler; each answer is a document anemon.result/1. They are what
// anemonctl's commands and the library both call.
//
// Blocking; one thread. A run that fails is an answer (its `outcome` says how); Error is thrown for
// what cannot be asked: a model that is not there, a shape it cannot take (which lists those it
// can). `progress` gets lines for people, "warming up", and may be empty.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/json.h"
#include "profiler/measure/run_request.h"
#include "profiler/statistics/batch_choice.h"
#include "profiler/statistics/comparison.h"

namespace anemon::profiler {

struct Asking {
  std::filesystem::path socket;  // of the daemon; empty: the defaults
  std::string chip;              // for placement; empty: this machine's, else the default
  std::function<void(const std::string&)> progress;
};

Json profile_model(const RunRequest& request, const Asking& asking);

// `batch` sequences of `sequence_length` tokens. A model with an open sequence is loaded for it;
// prefill and decode are told apart where the model can take one token at a time.
struct TransformerShape {
  uint64_t batch = 1;
  uint64_t sequence_length = 0;  // 0: the model's default
};
Json profile_transformer(const RunRequest& request, const TransformerShape& shape,
                         const Asking& asking);

struct VisionShape {
  uint64_t batch = 1;
  uint64_t height = 0, width = 0, channels = 0;  // 0: the model's default
};
Json profile_vision(const RunRequest& request, const VisionShape& shape, const Asking& asking);

// `units` empty: all the engine can be asked for. `runners`: further command lines, compared with
// the request's own. All loaded at once, their segments interleaved.
struct CompareRequest {
  RunRequest run;
  std::vector<ComputeUnits> units;
  std::vector<std::string> runners;
};
Json compare_engines(const CompareRequest& request, const Asking& asking);

struct BatchRequest {
  RunRequest run;
  std::vector<uint64_t> sizes = {1, 2, 4, 8, 16, 32};
  BatchLimits limits;
};
Json sweep_batches(const BatchRequest& request, const Asking& asking);

// Interleaved ABBA blocks.
struct AbRequest {
  RunRequest a, b;
  uint64_t blocks = 10;  // at least 6
  double margin = kEquivalenceMargin;
  Duration segment = std::chrono::milliseconds(300);  // of each of the four parts of a block
};
Json compare_models(const AbRequest& request, const Asking& asking);

// The run lasts `duration` where there is a source of power; kinds "power" and "memory".
Json profile_power(const RunRequest& request, Duration duration, const Asking& asking);
Json profile_memory(const RunRequest& request, const Asking& asking);

}  // namespace anemon::profiler
