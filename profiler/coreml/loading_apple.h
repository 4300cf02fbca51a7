// From a file to a model that can be called.
#pragma once

#import <CoreML/CoreML.h>

#include <filesystem>

#include "profiler/coreml/objc_apple.h"
#include "profiler/engine.h"

namespace anemon::profiler {

// Makes a directory of its own in the system's temporary place: the caller's to move or remove.
std::filesystem::path compile_model(const std::filesystem::path& model);

// Throws Error where the request needs a newer macOS. Call inside a pool.
MLModelConfiguration* configuration_for(const LoadRequest& request);

// `compiled` must stay where it is while the model lives.
Ref<MLModel*> load_model(const std::filesystem::path& compiled, const LoadRequest& request);

}  // namespace anemon::profiler
