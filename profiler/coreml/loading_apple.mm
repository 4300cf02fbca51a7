#include "profiler/coreml/loading_apple.h"

#include "core/error.h"
#include "profiler/coreml/foundation_apple.h"

namespace anemon::profiler {
namespace {

// A number and not the name, which the SDK has from macOS 13 on.
constexpr auto kCpuAndNeuralEngine = static_cast<MLComputeUnits>(3);

MLComputeUnits to_coreml(ComputeUnits units) {
  switch (units) {
    case ComputeUnits::cpu_only:
      return MLComputeUnitsCPUOnly;
    case ComputeUnits::cpu_and_gpu:
      return MLComputeUnitsCPUAndGPU;
    case ComputeUnits::cpu_and_ane:
      return kCpuAndNeuralEngine;
    case ComputeUnits::all:
      break;
  }
  return MLComputeUnitsAll;
}

void choose_function(MLModelConfiguration* configuration, const std::string& function) {
#if __has_include(<CoreML/MLState.h>)  // an SDK of macOS 15
  if (ANEMON_MACOS(15.0)) {
    configuration.functionName = to_nsstring(function);
    return;
  }
#endif
  static_cast<void>(configuration);
  throw Error("function '" + function + "' cannot be chosen: that needs macOS 15",
              "without a function named, the model's default one runs");
}

}  // namespace

std::filesystem::path compile_model(const std::filesystem::path& model) {
  const Pool pool;
  std::filesystem::path compiled;
  guarded(Phase::compile, model, [&] {
    NSError* error = nil;
    NSURL* const url = [MLModel compileModelAtURL:to_url(model) error:&error];
    if (url == nil) fail(Phase::compile, model, causes_of(error));
    compiled = to_path(url);
  });
  return compiled;
}

MLModelConfiguration* configuration_for(const LoadRequest& request) {
  MLModelConfiguration* const configuration = ANEMON_OWNED([[MLModelConfiguration alloc] init]);
  configuration.computeUnits = to_coreml(request.units);
  if (!request.function.empty()) choose_function(configuration, request.function);
  return configuration;
}

Ref<MLModel*> load_model(const std::filesystem::path& compiled, const LoadRequest& request) {
  const Pool pool;
  Ref<MLModel*> model;
  guarded(Phase::load, request.model, [&] {
    NSError* error = nil;
    model = [MLModel modelWithContentsOfURL:to_url(compiled)
                              configuration:configuration_for(request)
                                      error:&error];
    if (!model) fail(Phase::load, request.model, causes_of(error));
  });
  return model;
}

}  // namespace anemon::profiler
