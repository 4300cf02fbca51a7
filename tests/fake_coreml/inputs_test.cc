#include "tests/fake_coreml/coreml_test.h"

namespace anemon::profiler {
namespace {

using fake_coreml::Feature;
using fake_coreml::Kind;

TEST_CASE_METHOD(CoreMLTest,
                 "an input that is missing, unknown, given twice or of a wrong size is named") {
  const auto model = load();
  const std::vector<float> six(6);
  const auto set = [&](std::vector<FeatureValue> inputs) {
    return error_of([&] { model->set_inputs(0, inputs); });
  };
  CHECK_THAT(set({}), ANEMON_CONTAINS("input 'x' is missing"));
  CHECK_THAT(set({numbers("x", six), numbers("z", {1})}),
             ANEMON_CONTAINS("no input 'z'") && ANEMON_CONTAINS("its inputs: x"));
  CHECK_THAT(set({numbers("x", six), numbers("x", six)}), ANEMON_CONTAINS("'x' is given twice"));
  CHECK_THAT(set({numbers("x", {1, 2})}),
             ANEMON_CONTAINS("input 'x': 2 numbers are given, 2x3 has 6"));
  FeatureValue turned = numbers("x", six);
  turned.shape = {3, 2};
  CHECK_THAT(set({turned}), ANEMON_CONTAINS("3x2 is given, the model was loaded for 2x3"));
  turned.shape = {2, 3};
  CHECK(set({turned}).empty());
}

TEST_CASE_METHOD(CoreMLTest, "inputs that are refused leave those that were set before") {
  const auto model = load();
  model->set_inputs(0, {numbers("x", {1, 2, 3, 4, 5, 6})});
  CHECK(!error_of([&] { model->set_inputs(0, {numbers("x", {1})}); }).empty());
  model->predict(1);
  CHECK(model->results(0)[0].numbers[5] == 12);
}

TEST_CASE_METHOD(CoreMLTest, "predicting items without inputs, or none, is an error") {
  const auto model = load();
  CHECK_THAT(error_of([&] { model->predict(1); }), ANEMON_CONTAINS("item 0 of 1 has no inputs"));
  model->set_inputs(2, {numbers("x", std::vector<float>(6))});
  CHECK_THAT(error_of([&] { model->predict(3); }), ANEMON_CONTAINS("item 0 of 3 has no inputs"));
  CHECK_THAT(error_of([&] { model->predict(0); }), ANEMON_CONTAINS("no items"));
  CHECK_THAT(error_of([&] { model->results(0); }), ANEMON_CONTAINS("item 0 has no results"));
}

TEST_CASE_METHOD(CoreMLTest, "an element type that arrays cannot hold is refused by name") {
  script().inputs[0].dtype = 0x20000 | 16;
  const auto model = load();
  CHECK_THAT(error_of([&] { model->set_inputs(0, {numbers("x", std::vector<float>(6))}); }),
             ANEMON_CONTAINS("cannot hold unknown"));
}

TEST_CASE_METHOD(CoreMLTest,
                 "an image in a pixel format that models do not use is refused by name") {
  script().inputs[0].kind = Kind::image;
  script().inputs[0].pixels = 0x34323076;  // '420v'
  CHECK_THAT(error_of([&] { load(); }), ANEMON_CONTAINS("'420v'"));
}

TEST_CASE_METHOD(CoreMLTest, "an image for which there is no memory says so") {
  script().inputs[0].kind = Kind::image;
  script().no_pixel_buffers = true;
  const auto model = load();
  CHECK_THAT(error_of([&] { model->set_inputs(0, {numbers("x", std::vector<float>(18))}); }),
             ANEMON_CONTAINS("image of 2x3 cannot be made: CoreVideo error -6662"));
}

TEST_CASE_METHOD(CoreMLTest, "keys that should be integers and are none are named") {
  Feature ids;
  ids.name = "ids";
  ids.kind = Kind::dictionary;
  ids.element = Kind::integer;
  script().inputs = {ids};
  const auto model = load();
  FeatureValue value;
  value.name = "ids";
  value.dictionary = {{"12x", 1}};
  CHECK_THAT(error_of([&] { model->set_inputs(0, {value}); }), ANEMON_CONTAINS("'12x' is none"));
  value.dictionary = {};
  CHECK_THAT(error_of([&] { model->set_inputs(0, {value}); }),
             ANEMON_CONTAINS("'ids' cannot be made: an empty dictionary"));
}

TEST_CASE_METHOD(CoreMLTest, "a text that is not UTF-8 is refused") {
  script().inputs[0].kind = Kind::string;
  const auto model = load();
  FeatureValue value;
  value.name = "x";
  value.text = "\xFF\xFE";
  CHECK_THAT(error_of([&] { model->set_inputs(0, {value}); }), ANEMON_CONTAINS("not UTF-8"));
}

}  // namespace
}  // namespace anemon::profiler
