#include "profiler/reference/refusal.h"

namespace anemon::profiler::reference {

std::string title_of(const models::Operation& operation) {
  const std::string& kind = operation.layer.empty() ? operation.type : operation.layer;
  return "operation '" + operation.name + "' (" + kind + ")";
}

Error refused(const models::Operation& operation, const Refusal& refusal) {
  return Error(title_of(operation) + " cannot run on the reference engine: " + refusal.what(),
               refusal.hint());
}

Error unsupported(const models::Operation& operation) {
  const std::string& kind = operation.layer.empty() ? operation.type : operation.layer;
  return Error(
      "operation " + operation.name + " (" + kind + ") is not supported by the reference engine",
      "run the model with Core ML on a Mac, or profile it without this operation");
}

}  // namespace anemon::profiler::reference
