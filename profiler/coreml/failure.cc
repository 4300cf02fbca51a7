#include "profiler/coreml/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "profiler/compile_failure.h"

namespace anemon::profiler {
namespace {

constexpr std::string_view kCoreMLDomain = "com.apple.CoreML";

// MLModelError's numbers that say what to do.
struct KnownCode {
  long code;
  std::string_view hint;
};
constexpr std::array kCodes{
    KnownCode{1, "an input is of another kind than the model takes"},
    KnownCode{3, "see that the model is there, complete and readable"},
    KnownCode{4, "the model has a layer of its author's own, which only his application can run"},
    KnownCode{5, "the model is of its author's own kind, which only his application can run"},
    KnownCode{8, "the model is encrypted and its key could not be had"},
    KnownCode{9, "the model is encrypted with another key"},
};

// What the Neural Engine's compiler and its daemon call themselves in messages.
constexpr std::array<std::string_view, 5> kNeuralEngineWords{"ANECCompile", "ANECompiler", "ANE ",
                                                             "aned", "Neural Engine"};

constexpr std::string_view kOtherUnits =
    "ask for cpu-and-gpu: the Neural Engine's compiler may not take this model";

bool speaks_of_neural_engine(const FailureCause& cause) {
  return std::any_of(kNeuralEngineWords.begin(), kNeuralEngineWords.end(),
                     [&](auto word) { return cause.text.find(word) != std::string::npos; });
}

// Of the innermost cause that has one: it is the nearest to the reason.
std::optional<std::string_view> hint_of_code(const std::vector<FailureCause>& causes) {
  for (auto cause = causes.rbegin(); cause != causes.rend(); ++cause) {
    if (cause->raised || cause->domain != kCoreMLDomain) continue;
    for (const KnownCode& known : kCodes) {
      if (known.code == cause->code) return known.hint;
    }
  }
  return std::nullopt;
}

std::string_view hint_of_phase(Phase phase) {
  switch (phase) {
    case Phase::compile:
      return "`anemonctl model validate` says what is odd about the file";
    case Phase::load:
      return kOtherUnits;
    case Phase::plan:
      return "the model can be measured without a plan";
    case Phase::predict:
      break;
  }
  return "";
}

std::string to_text(const FailureCause& cause) {
  if (cause.raised) {
    return fmt::format("exception {}{}{}", cause.domain, cause.text.empty() ? "" : ": ",
                       cause.text);
  }
  return fmt::format("{} ({} {})", cause.text.empty() ? "no description" : cause.text, cause.domain,
                     cause.code);
}

}  // namespace

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::compile:
      return "compile";
    case Phase::load:
      return "load";
    case Phase::predict:
      return "predict";
    case Phase::plan:
      break;
  }
  return "compute plan";
}

void fail(Phase phase, const std::filesystem::path& model,
          const std::vector<FailureCause>& causes) {
  std::string message = fmt::format("{} failed: {}: ", to_string(phase), model.string());
  if (causes.empty()) message += "Core ML gave neither a result nor an error";
  for (size_t i = 0; i < causes.size(); ++i) {
    if (i > 0) message += ", because: ";
    message += to_text(causes[i]);
  }
  const bool neural_engine = std::any_of(causes.begin(), causes.end(), speaks_of_neural_engine);
  const std::string hint(neural_engine ? kOtherUnits
                                       : hint_of_code(causes).value_or(hint_of_phase(phase)));
  if (phase == Phase::compile || (phase == Phase::load && neural_engine)) {
    throw CompileFailure(message, hint);
  }
  throw Error(message, hint);
}

}  // namespace anemon::profiler
