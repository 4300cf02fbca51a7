// Errors of the framework in the program's words.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace anemon::profiler {

enum class Phase : uint8_t { compile, load, predict, plan };
std::string_view to_string(Phase phase);  // "compile", "load", "predict", "compute plan"

// Of an NSError, or of an exception that was raised; `domain` is then the exception's name.
struct FailureCause {
  std::string domain;
  long code = 0;
  std::string text;
  bool raised = false;
};

// Throws Error, "load failed: /m.mlmodel: TEXT (com.apple.CoreML 3), because: TEXT
// (NSCocoaErrorDomain 260)", with what can be done as the hint. It is a CompileFailure where a
// compiler failed: the framework's, or the Neural Engine's while a model is loaded. `causes`: the
// outermost first; empty: the framework said nothing.
[[noreturn]] void fail(Phase phase, const std::filesystem::path& model,
                       const std::vector<FailureCause>& causes);

}  // namespace anemon::profiler
