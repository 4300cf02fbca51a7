// What an engine throws from load() when the framework's own compiler fails, as against a model
// that the engine refuses.
#pragma once

#include "core/error.h"

namespace anemon::profiler {

class CompileFailure : public Error {
 public:
  using Error::Error;
};

}  // namespace anemon::profiler
