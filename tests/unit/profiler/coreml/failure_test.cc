#include "profiler/coreml/failure.h"

#include "profiler/compile_failure.h"
#include "tests/catch.h"

namespace anemon::profiler {
namespace {

Error failure(Phase phase, const std::filesystem::path& model,
              const std::vector<FailureCause>& causes) {
  try {
    fail(phase, model, causes);
  } catch (const Error& error) {
    return error;
  }
}

TEST_CASE("a failure names the step, the model and its causes, the outermost first") {
  const Error error = failure(
      Phase::load, "/m.mlmodel",
      {{"com.apple.CoreML", 0, "no load", false}, {"NSPOSIXErrorDomain", 28, "disk full", false}});
  CHECK(std::string(error.what()) ==
        "load failed: /m.mlmodel: no load (com.apple.CoreML 0), because: disk full "
        "(NSPOSIXErrorDomain 28)");
}

TEST_CASE("the hint is that of the innermost cause that has one") {
  const Error error =
      failure(Phase::predict, "m",
              {{"com.apple.CoreML", 1, "type", false}, {"com.apple.CoreML", 4, "layer", false}});
  CHECK_THAT(error.hint(), ANEMON_CONTAINS("a layer of its author's own"));
}

TEST_CASE("another domain's numbers are not Core ML's") {
  CHECK(failure(Phase::predict, "m", {{"NSPOSIXErrorDomain", 1, "x", false}}).hint().empty());
}

TEST_CASE("what the Neural Engine's compiler says is hinted at before anything else") {
  const Error error = failure(Phase::load, "m",
                              {{"com.apple.CoreML", 3, "read", false},
                               {"com.apple.appleneuralengine", 1, "ANECCompile() FAILED", false}});
  CHECK_THAT(error.hint(), ANEMON_CONTAINS("cpu-and-gpu"));
}

TEST_CASE("a compiler's failure is told apart from a model that is refused") {
  const std::vector<FailureCause> plain{{"com.apple.CoreML", 0, "x", false}};
  const std::vector<FailureCause> engine{{"com.apple.CoreML", 0, "ANECCompile() FAILED", false}};
  CHECK_THROWS_AS(fail(Phase::compile, "m", plain), CompileFailure);
  CHECK_THROWS_AS(fail(Phase::load, "m", engine), CompileFailure);
  const auto is_compile_failure = [](Phase phase, const std::vector<FailureCause>& causes) {
    try {
      fail(phase, "m", causes);
    } catch (const CompileFailure&) {
      return true;
    } catch (const Error&) {
      return false;
    }
  };
  CHECK(!is_compile_failure(Phase::load, plain));
  CHECK(!is_compile_failure(Phase::predict, engine));
}

TEST_CASE("a cause without words and a failure without cause say so") {
  CHECK_THAT(failure(Phase::compile, "m", {{"D", 7, "", false}}).what(),
             ANEMON_CONTAINS("no description (D 7)"));
  CHECK_THAT(failure(Phase::plan, "m", {}).what(),
             ANEMON_CONTAINS("compute plan failed: m: Core ML gave neither a result nor an error"));
}

}  // namespace
}  // namespace anemon::profiler
