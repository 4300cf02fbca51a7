// Foundation's objects in C++ and back, and its ways to fail as Error. Call inside a pool.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/graph/tensor_type.h"
#include "profiler/coreml/failure.h"
#include "profiler/coreml/objc_apple.h"

namespace anemon::profiler {

std::string to_text(NSString* text);  // nil: empty
// Throws Error for what is no UTF-8.
NSString* to_nsstring(std::string_view text);
NSURL* to_url(const std::filesystem::path& path);
std::filesystem::path to_path(NSURL* url);

models::Shape to_shape(NSArray<NSNumber*>* numbers);
NSArray<NSNumber*>* to_numbers(const models::Shape& shape);

// With what lies under it, the outermost first; nil: empty.
std::vector<FailureCause> causes_of(NSError* error);
FailureCause cause_of(NSException* exception);

// Runs `body`; an Objective-C exception that it raises is thrown as fail() does.
template <typename Body>
void guarded(Phase phase, const std::filesystem::path& model, Body body) {
  std::vector<FailureCause> raised;
  @try {
    body();
  } @catch (NSException* exception) {
    raised.push_back(cause_of(exception));
  }
  if (!raised.empty()) fail(phase, model, raised);
}

}  // namespace anemon::profiler
