#include "profiler/coreml/compiled_model.h"

#include "core/error.h"
#include "tests/catch.h"
#include "tests/manual_clock.h"
#include "tests/scratch_directory.h"

namespace anemon::profiler {
namespace {

namespace fs = std::filesystem;

struct Fixture {
  test::ScratchDirectory scratch;
  test::ManualClock clock;
  LoadRequest request;
  LoadTimes times;
  int compiled = 0;

  Fixture() {
    scratch.write("net.mlpackage/Manifest.json", "{}");
    request.model = scratch / "net.mlpackage";
  }
  CompiledModel make() {
    times = {};
    return CompiledModel(
        request, clock,
        [this](const fs::path&) {
          clock.advance(std::chrono::seconds(2));
          const std::string name = "made" + std::to_string(++compiled) + ".mlmodelc";
          scratch.write(name + "/coremldata.bin", "compiled");
          return scratch / name;
        },
        times);
  }
};

TEST_CASE_METHOD(Fixture, "a package with a newer file inside is compiled anew") {
  request.compiled = scratch / "kept.mlmodelc";
  make();
  CHECK(*times.compile == std::chrono::seconds(2));
  make();
  CHECK(times.cached);
  fs::last_write_time(request.model / "Manifest.json",
                      fs::last_write_time(*request.compiled) + std::chrono::hours(1));
  make();
  CHECK(!times.cached);
  CHECK(compiled == 2);
  CHECK(fs::exists(*request.compiled / "coremldata.bin"));
  CHECK(!fs::exists(scratch / "made2.mlmodelc"));
}

TEST_CASE_METHOD(Fixture,
                 "a file that lies where the compiled model is to be kept is no compiled model") {
  request.compiled = scratch.write("kept.mlmodelc", "a file");
  make();
  CHECK(!times.cached);
  CHECK(fs::is_directory(*request.compiled));
}

TEST_CASE_METHOD(Fixture,
                 "a place that cannot be written to is an error that names it, and nothing stays") {
  scratch.write("file", "");
  request.compiled = scratch / "file" / "kept.mlmodelc";
  try {
    make();
    FAIL("no error");
  } catch (const Error& error) {
    CHECK_THAT(error.what(),
               ANEMON_CONTAINS("cannot be kept in") && ANEMON_CONTAINS("kept.mlmodelc"));
  }
  CHECK(!fs::exists(scratch / "made1.mlmodelc"));
}

TEST_CASE_METHOD(Fixture, "what nobody asked to keep is removed with the object") {
  {
    const CompiledModel model = make();
    CHECK(model.path() == scratch / "made1.mlmodelc");
    CHECK(fs::exists(model.path()));
  }
  CHECK(!fs::exists(scratch / "made1.mlmodelc"));
  CHECK(fs::exists(request.model));
}

}  // namespace
}  // namespace anemon::profiler
