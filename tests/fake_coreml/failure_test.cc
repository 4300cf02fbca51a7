#include "tests/fake_coreml/coreml_test.h"

namespace anemon::profiler {
namespace {

using fake_coreml::Failure;

Failure nested() {
  Failure under{"NSCocoaErrorDomain", 260, "no weights", nullptr};
  return {"com.apple.CoreML", 3, "cannot be read", std::make_shared<Failure>(under)};
}

TEST_CASE_METHOD(CoreMLTest,
                 "a model that is not there is an error before the framework is asked") {
  LoadRequest asked = request();
  asked.model = scratch_.path() / "absent.mlpackage";
  CHECK_THAT(error_of([&] { load(asked); }), ANEMON_CONTAINS("load failed: ") &&
                                                 ANEMON_CONTAINS("absent.mlpackage") &&
                                                 ANEMON_CONTAINS("no such file"));
  CHECK(record().compiled == 0);
}

TEST_CASE_METHOD(CoreMLTest, "each step's failure names the step, the model and every cause") {
  script().compile.error = nested();
  const std::string causes =
      "net.mlmodel: cannot be read (com.apple.CoreML 3), because: no weights "
      "(NSCocoaErrorDomain 260) | see that the model is there, complete and readable";
  CHECK_THAT(error_of([&] { load(); }),
             ANEMON_CONTAINS("compile failed: ") && ANEMON_CONTAINS(causes));
  script().compile = {};
  script().load.error = nested();
  CHECK_THAT(error_of([&] { load(); }),
             ANEMON_CONTAINS("load failed: ") && ANEMON_CONTAINS(causes));
  script().load = {};
  const auto model = load();
  model->set_inputs(0, {numbers("x", std::vector<float>(6))});
  model->set_inputs(1, {numbers("x", std::vector<float>(6))});
  script().predict.error = nested();
  for (const size_t items : {1, 2}) {
    CHECK_THAT(error_of([&] { model->predict(items); }),
               ANEMON_CONTAINS("predict failed: ") && ANEMON_CONTAINS(causes));
  }
}

TEST_CASE_METHOD(CoreMLTest, "an exception in any step becomes an error, and the engine goes on") {
  script().compile.exception = "NSGenericException";
  CHECK_THAT(error_of([&] { load(); }),
             ANEMON_CONTAINS("compile failed: ") &&
                 ANEMON_CONTAINS("exception NSGenericException: because"));
  script().compile = {};
  script().load.exception = "NSRangeException";
  CHECK_THAT(error_of([&] { load(); }), ANEMON_CONTAINS("load failed: ") &&
                                            ANEMON_CONTAINS("exception NSRangeException: because"));
  script().load = {};
  const auto model = load();
  script().inputs_fault.exception = "NSInvalidArgumentException";
  CHECK_THAT(error_of([&] { model->set_inputs(0, {numbers("x", std::vector<float>(6))}); }),
             ANEMON_CONTAINS("exception NSInvalidArgumentException: because"));
  script().inputs_fault = {};
  model->set_inputs(0, {numbers("x", std::vector<float>(6))});
  model->set_inputs(1, {numbers("x", std::vector<float>(6))});
  script().predict.exception = "NSInternalInconsistencyException";
  for (const size_t items : {1, 2}) {
    CHECK_THAT(error_of([&] { model->predict(items); }),
               ANEMON_CONTAINS("predict failed: ") &&
                   ANEMON_CONTAINS("exception NSInternalInconsistencyException: because"));
  }
  script().predict = {};
  model->predict(1);
  CHECK(model->results(0).size() == 1);
}

TEST_CASE_METHOD(CoreMLTest,
                 "a step that gives neither a result nor an error is a failure that says so") {
  const std::string nothing = "Core ML gave neither a result nor an error";
  script().compile.nothing = true;
  CHECK_THAT(error_of([&] { load(); }), ANEMON_CONTAINS(nothing));
  script().compile = {};
  script().load.nothing = true;
  CHECK_THAT(error_of([&] { load(); }), ANEMON_CONTAINS(nothing));
  script().load = {};
  const auto model = load();
  model->set_inputs(0, {numbers("x", std::vector<float>(6))});
  model->set_inputs(1, {numbers("x", std::vector<float>(6))});
  script().predict.nothing = true;
  CHECK_THAT(error_of([&] { model->predict(1); }), ANEMON_CONTAINS(nothing));
  CHECK_THAT(error_of([&] { model->predict(2); }), ANEMON_CONTAINS(nothing));
}

TEST_CASE_METHOD(CoreMLTest, "an output that did not come is named") {
  script().compute = nullptr;
  const auto model = load();
  model->set_inputs(0, {numbers("x", std::vector<float>(6))});
  model->predict(1);
  CHECK_THAT(error_of([&] { model->results(0); }), ANEMON_CONTAINS("output 'y' is missing"));
}

TEST_CASE_METHOD(CoreMLTest, "a batch that comes back shorter is an error") {
  script().batch_results = 1;
  const auto model = load();
  model->set_inputs(0, {numbers("x", std::vector<float>(6))});
  model->set_inputs(1, {numbers("x", std::vector<float>(6))});
  CHECK_THAT(error_of([&] { model->predict(2); }), ANEMON_CONTAINS("1 results came for 2 items"));
}

TEST_CASE_METHOD(CoreMLTest, "a failed compile leaves no compiled model where one was to be kept") {
  script().compile.nothing = true;
  LoadRequest asked = request();
  asked.compiled = scratch_.path() / "kept.mlmodelc";
  CHECK(!error_of([&] { load(asked); }).empty());
  CHECK(!std::filesystem::exists(*asked.compiled));
}

TEST_CASE_METHOD(CoreMLTest, "what the Neural Engine's compiler refuses is hinted at") {
  script().load.error = Failure{"com.apple.CoreML", 0, "ANECCompile() FAILED", nullptr};
  CHECK_THAT(error_of([&] { load(); }), ANEMON_CONTAINS("| ask for cpu-and-gpu"));
}

}  // namespace
}  // namespace anemon::profiler
