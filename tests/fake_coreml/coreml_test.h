// What the tests of the Core ML engine share: a scripted model, a file that stands for it, and the
// check that nothing of the framework's is left behind.
#pragma once

#include <algorithm>
#include <fstream>
#include <string>

#include "core/error.h"
#include "profiler/coreml/coreml_engine.h"
#include "tests/catch.h"
#include "tests/fake_coreml/fake_coreml.h"
#include "tests/manual_clock.h"
#include "tests/scratch_directory.h"

namespace anemon::profiler {

class CoreMLTest {
 public:
  CoreMLTest() {
    fake_coreml::reset();
    std::ofstream(model_path()) << "a model";
    // One array of 2x3 in, one out: each element doubled.
    fake_coreml::Feature array;
    array.shape = {2, 3};
    array.name = "x";
    script().inputs = {array};
    array.name = "y";
    script().outputs = {array};
    script().compute = [](fake_coreml::Values& values) {
      fake_coreml::Value y;
      for (const double number : values["x"].numbers) y.numbers.push_back(2 * number);
      values["y"] = y;
    };
  }
  ~CoreMLTest() {
    CHECK(fake_coreml::live_objects() == objects_before_);
    CHECK(fake_coreml::live_pixel_buffers() == 0);
  }

  static fake_coreml::Script& script() { return fake_coreml::script(); }
  static fake_coreml::Record& record() { return fake_coreml::record(); }

  std::filesystem::path model_path() const { return scratch_.path() / "net.mlmodel"; }
  LoadRequest request() const {
    LoadRequest asked;
    asked.model = model_path();
    return asked;
  }
  std::unique_ptr<LoadedModel> load(const LoadRequest& asked) {
    times_ = {};
    return open_coreml(clock_)->load(asked, times_);
  }
  std::unique_ptr<LoadedModel> load() { return load(request()); }

 protected:
  test::ScratchDirectory scratch_;
  test::ManualClock clock_;
  LoadTimes times_;

 private:
  // Zero, unless another test has left some.
  const long objects_before_ = fake_coreml::live_objects();
};

inline FeatureValue numbers(const std::string& name, std::vector<float> values) {
  FeatureValue value;
  value.name = name;
  value.numbers = std::move(values);
  return value;
}

// The message of the Error that `body` throws, its hint after a bar; empty when it throws none.
template <typename Body>
std::string error_of(Body body) {
  try {
    body();
  } catch (const Error& error) {
    return std::string(error.what()) + (error.hint().empty() ? "" : " | " + error.hint());
  }
  return {};
}

}  // namespace anemon::profiler
