// What tests of runs have in common.
#pragma once

#include <string>

#include "profiler/runner/runner_process.h"
#include "tests/catch.h"

namespace anemon::profiler::test {

inline LoadRequest model(const std::string& name) {
  LoadRequest request;
  request.model = "/models/" + name;
  return request;
}

inline Predicted first_inference(RunnerProcess& runner) {
  PredictRequest predict;
  predict.max_count = 1;
  return runner.predict(RunPhase::first_inference, predict, [](const Samples&) { return true; });
}

template <class Run>
RunFailure failure_of(Run run) {
  try {
    run();
  } catch (const RunFailure& failure) {
    return failure;
  }
  FAIL("the run went well");
  throw 0;
}

}  // namespace anemon::profiler::test
