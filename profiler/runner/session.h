// The runner's side: takes requests, drives an engine, answers. docs/runner-protocol.md.
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
#include "profiler/engine.h"
#include "profiler/runner/index_ranges.h"
#include "profiler/runner/protocol.h"
#include "profiler/runner/request_reader.h"

namespace anemon::profiler {

// One thread, the engine's. The descriptors are the caller's; nobody else may write to `answers`.
class Session {
 public:
  Session(const std::vector<EngineSpec>& engines, const Clock& clock, int requests, int answers)
      : engines_(engines), clock_(clock), requests_(requests), answers_(answers) {}

  // Until bye, or the end of the requests. False: whoever asks is gone without a bye. Throws Error
  // when answers cannot be written.
  bool run();

 private:
  void handle(const Request& request);
  void answer(const HelloRequest& request);
  void answer(const PlanRequest& request);
  void answer(const LoadRequest& request);
  void answer(const FillRequest& request);
  void answer(const PredictRequest& request);
  void answer(const StopRequest&) {}  // came too late: what it was to end has ended
  void answer(const OperationsRequest&);
  void answer(const ResultsRequest& request);
  void answer(const MemoryRequest&);
  void answer(const ByeRequest&);

  Engine& engine();
  LoadedModel& model();
  bool go_on();  // between two lines of samples: whether nobody wants them to end
  void write(const Answer& answer);

  const std::vector<EngineSpec>& engines_;
  const Clock& clock_;
  RequestReader requests_;
  const int answers_;
  const EngineSpec* spec_ = nullptr;  // of the engine
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<LoadedModel> model_;  // before its engine it goes
  LoadRequest loaded_;
  std::optional<std::map<std::string, IndexRange>>
      ranges_;          // of the model's inputs, once asked for
  uint64_t items_ = 0;  // that have inputs
  bool over_ = false;
};

}  // namespace anemon::profiler
