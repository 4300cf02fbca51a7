// Why an operation cannot run. Whoever plans or runs it adds which one that is.
#pragma once

#include <string>

#include "core/error.h"
#include "models/graph/function.h"

namespace anemon::profiler::reference {

class Refusal : public Error {
 public:
  using Error::Error;
};

// "operation 'conv_1' (conv)"; of old networks with the layer's kind.
std::string title_of(const models::Operation& operation);
Error refused(const models::Operation& operation, const Refusal& refusal);
Error unsupported(const models::Operation& operation);

}  // namespace anemon::profiler::reference
