#include <algorithm>
#include <iterator>

#include "profiler/runner/protocol.h"

namespace anemon::profiler {

std::string_view name_of(InputFill::Kind kind) {
  static constexpr std::string_view kNames[] = {"automatic", "normal", "uniform",
                                                "integers",  "values", "file"};
  return kNames[static_cast<size_t>(kind)];
}

std::string_view name_of(Failure::Kind kind) {
  static constexpr std::string_view kNames[] = {"refused", "compiler", "memory", "protocol",
                                                "internal"};
  return kNames[static_cast<size_t>(kind)];
}

// In the order of the variants.
std::string_view name_of(const Request& request) {
  static constexpr std::string_view kNames[] = {
      "hello", "plan", "load", "fill", "predict", "stop", "operations", "results", "memory", "bye"};
  static_assert(std::size(kNames) == std::variant_size_v<Request>);
  return kNames[request.index()];
}

std::string_view name_of(const Answer& answer) {
  static constexpr std::string_view kNames[] = {"hello",   "plan",      "loaded",     "filled",
                                                "samples", "predicted", "operations", "results",
                                                "memory",  "bye",       "error"};
  static_assert(std::size(kNames) == std::variant_size_v<Answer>);
  return kNames[answer.index()];
}

}  // namespace anemon::profiler
