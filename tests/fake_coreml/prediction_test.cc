#include "tests/fake_coreml/coreml_test.h"

namespace anemon::profiler {
namespace {

using fake_coreml::Feature;
using fake_coreml::Kind;
using fake_coreml::Value;
using fake_coreml::Values;

Feature feature(const std::string& name, Kind kind, std::vector<long> shape = {}) {
  Feature made;
  made.name = name;
  made.kind = kind;
  made.shape = std::move(shape);
  return made;
}

TEST_CASE_METHOD(CoreMLTest, "a prediction is timed and its results are the framework's") {
  script().on_predict = [this] { clock_.advance(std::chrono::microseconds(250)); };
  const auto model = load();
  model->set_inputs(0, {numbers("x", {1, 2, 3, 4, 5, 6})});
  const PredictTimes times = model->predict(1);
  CHECK(times.total == std::chrono::microseconds(250));
  CHECK(!times.execution);
  const auto results = model->results(0);
  REQUIRE(results.size() == 1);
  CHECK(results[0].name == "y");
  CHECK(results[0].shape == models::Shape{2, 3});
  CHECK(results[0].numbers == std::vector<float>{2, 4, 6, 8, 10, 12});
  CHECK(record().single == 1);
  CHECK(record().batches.empty());
}

TEST_CASE_METHOD(CoreMLTest, "arrays of every element type go in and come out") {
  const auto dtype = GENERATE(fake_coreml::kHalf, fake_coreml::kFloat, fake_coreml::kDouble,
                              fake_coreml::kInt32, fake_coreml::kInt8);
  script().inputs[0].dtype = dtype;
  script().outputs[0].dtype = dtype;
  const auto model = load();
  model->set_inputs(0, {numbers("x", {1, -2, 3, 0, 5, 60})});
  model->predict(1);
  CHECK(model->results(0)[0].numbers == std::vector<float>{2, -4, 6, 0, 10, 120});
}

TEST_CASE_METHOD(CoreMLTest,
                 "outputs whose rows are further apart than they are long are read right") {
  script().padded_outputs = true;
  const auto model = load();
  model->set_inputs(0, {numbers("x", {1, 2, 3, 4, 5, 6})});
  model->predict(1);
  CHECK(model->results(0)[0].numbers == std::vector<float>{2, 4, 6, 8, 10, 12});
}

TEST_CASE_METHOD(CoreMLTest, "an input whose rows move apart when it is written is written right") {
  script().moving_arrays = true;
  const auto model = load();
  model->set_inputs(0, {numbers("x", {1, 2, 3, 4, 5, 6})});
  model->predict(1);
  CHECK(model->results(0)[0].numbers == std::vector<float>{2, 4, 6, 8, 10, 12});
}

TEST_CASE_METHOD(CoreMLTest, "several items are one call, whatever sizes follow each other") {
  const auto model = load();
  for (size_t item = 0; item < 4; ++item) {
    const auto value = static_cast<float>(item);
    model->set_inputs(item, {numbers("x", {value, 0, 0, 0, 0, 0})});
  }
  for (const size_t items : {4, 2, 1, 3, 3}) {
    model->predict(items);
    for (size_t item = 0; item < items; ++item) {
      CHECK(model->results(item)[0].numbers[0] == 2 * static_cast<float>(item));
    }
  }
  CHECK(record().batches == std::vector<size_t>{4, 2, 3, 3});
  CHECK(record().single == 1);
}

TEST_CASE_METHOD(CoreMLTest, "results are those of the last call alone") {
  const auto model = load();
  for (size_t item = 0; item < 2; ++item) {
    model->set_inputs(item, {numbers("x", {1, 0, 0, 0, 0, 0})});
  }
  model->predict(2);
  model->predict(1);
  CHECK(model->results(0).size() == 1);
  CHECK_THAT(error_of([&] { model->results(1); }), ANEMON_CONTAINS("item 1 has no results"));
  script().predict.nothing = true;
  CHECK(!error_of([&] { model->predict(1); }).empty());
  CHECK_THAT(error_of([&] { model->results(0); }), ANEMON_CONTAINS("item 0 has no results"));
}

TEST_CASE_METHOD(CoreMLTest, "inputs that are set again are those of the next batch") {
  const auto model = load();
  for (size_t item = 0; item < 2; ++item) {
    model->set_inputs(item, {numbers("x", {1, 0, 0, 0, 0, 0})});
  }
  model->predict(2);
  model->set_inputs(1, {numbers("x", {7, 0, 0, 0, 0, 0})});
  model->predict(2);
  CHECK(model->results(0)[0].numbers[0] == 2);
  CHECK(model->results(1)[0].numbers[0] == 14);
}

TEST_CASE_METHOD(CoreMLTest, "numbers, strings, dictionaries and sequences go in and come out") {
  Feature ids = feature("ids", Kind::dictionary);
  ids.element = Kind::integer;
  Feature steps = feature("steps", Kind::sequence);
  steps.element = Kind::integer;
  script().inputs = {feature("count", Kind::integer),
                     feature("rate", Kind::number),
                     feature("text", Kind::string),
                     feature("words", Kind::dictionary),
                     ids,
                     steps,
                     feature("lines", Kind::sequence)};
  script().outputs = script().inputs;
  for (Feature& output : script().outputs) output.name = "out_" + output.name;
  Values seen;
  script().compute = [&seen](Values& values) {
    seen = values;
    for (const auto& [name, value] : seen) values["out_" + name] = value;
  };
  const auto model = load();
  FeatureValue text, words, keyed, lines;
  text.name = "text";
  text.text = "caf\u00e9";
  words.name = "words";
  words.dictionary = {{"a", 1.5}, {"b", 2}};
  keyed.name = "ids";
  keyed.dictionary = {{"-3", 4}};
  lines.name = "lines";
  lines.text = "one\ntwo";
  model->set_inputs(0, {numbers("count", {41}), numbers("rate", {2.5F}), text, words, keyed,
                        numbers("steps", {3, 1, 2}), lines});
  model->predict(1);
  CHECK(seen["lines"].text == "one;two;");
  CHECK(seen["words"].dictionary.at("a") == 1.5);
  std::map<std::string, FeatureValue> out;
  for (FeatureValue& value : model->results(0)) out[value.name] = value;
  CHECK(out["out_count"].numbers == std::vector<float>{41});
  CHECK(out["out_rate"].numbers == std::vector<float>{2.5F});
  CHECK(out["out_text"].text == "caf\u00e9");
  CHECK(out["out_words"].dictionary.at("b") == 2);
  CHECK(out["out_ids"].dictionary.at("-3") == 4);
  CHECK(out["out_steps"].numbers == std::vector<float>{3, 1, 2});
}

TEST_CASE_METHOD(CoreMLTest, "images keep their channels and their rows in every pixel format") {
  const auto pixels = GENERATE(fake_coreml::kBgra, fake_coreml::kArgb, fake_coreml::kGray);
  Feature image = feature("image", Kind::image, {2, 3});
  image.pixels = pixels;
  script().inputs = {image};
  image.name = "out";
  script().outputs = {image};
  std::vector<double> seen;
  script().compute = [&seen](Values& values) {
    seen = values["image"].numbers;
    values["out"] = values["image"];
  };
  const auto model = load();
  const size_t channels = pixels == fake_coreml::kGray ? 1 : 3;
  std::vector<float> planes;
  for (size_t i = 0; i < channels * 6; ++i) planes.push_back(static_cast<float>(10 * i));
  model->set_inputs(0, {numbers("image", planes)});
  model->predict(1);
  CHECK(std::equal(planes.begin(), planes.end(), seen.begin(), seen.end()));
  const auto results = model->results(0);
  CHECK(results[0].shape == models::Shape{static_cast<int64_t>(channels), 2, 3});
  CHECK(results[0].numbers == planes);
}

TEST_CASE_METHOD(CoreMLTest, "an image of the size that was asked for is given") {
  Feature image = feature("image", Kind::image, {2, 2});
  image.enumerated = {{2, 2}, {4, 5}};
  script().inputs = {image};
  script().outputs = {};
  size_t given = 0;
  script().compute = [&given](Values& values) { given = values["image"].numbers.size(); };
  LoadRequest asked = request();
  asked.shapes["image"] = {3, 4, 5};
  const auto model = load(asked);
  model->set_inputs(0, {numbers("image", std::vector<float>(60))});
  model->predict(1);
  CHECK(given == 60);
}

TEST_CASE_METHOD(CoreMLTest,
                 "an optional input may be left out, and an output that has no value is left out") {
  Feature mask = feature("mask", Kind::number);
  mask.optional = true;
  script().inputs.push_back(mask);
  mask.name = "maybe";
  script().outputs.push_back(mask);
  const auto model = load();
  model->set_inputs(0, {numbers("x", {1, 2, 3, 4, 5, 6})});
  model->predict(1);
  CHECK(model->results(0).size() == 1);
}

class StateTest : public CoreMLTest {
 protected:
  StateTest() {
    // A running sum of the input's first element.
    script().states = {feature("sum", Kind::state, {1, 2})};
    script().compute = [](Values& values) {
      values["sum"].numbers[0] += values["x"].numbers[0];
      values["y"] = Value{std::vector<double>(6, values["sum"].numbers[0])};
    };
  }
};

TEST_CASE_METHOD(StateTest, "a state goes from call to call") {
  const auto model = load();
  model->set_inputs(0, {numbers("x", {1, 0, 0, 0, 0, 0})});
  for (const float expected : {1.0F, 2.0F, 3.0F}) {
    model->predict(1);
    CHECK(model->results(0)[0].numbers[0] == expected);
  }
}

TEST_CASE_METHOD(StateTest,
                 "a state is an input that need not be given, and begins with what is given") {
  const auto model = load();
  REQUIRE(model->inputs().size() == 2);
  CHECK(model->inputs()[1].name == "sum");
  CHECK(model->inputs()[1].kind == models::FeatureKind::state);
  CHECK(model->inputs()[1].optional);
  CHECK(to_text(model->inputs()[1].tensor) == "fp32[1,2]");
  model->set_inputs(0, {numbers("x", {1, 0, 0, 0, 0, 0}), numbers("sum", {10, 0})});
  model->predict(1);
  CHECK(model->results(0)[0].numbers[0] == 11);
  CHECK_THAT(error_of([&] {
               model->set_inputs(0, {numbers("x", {1, 0, 0, 0, 0, 0}), numbers("sum", {10})});
             }),
             ANEMON_CONTAINS("'sum': 1 numbers are given"));
}

TEST_CASE_METHOD(StateTest, "each item of a batch has a state of its own") {
  const auto model = load();
  model->set_inputs(0, {numbers("x", {1, 0, 0, 0, 0, 0})});
  model->set_inputs(1, {numbers("x", {100, 0, 0, 0, 0, 0})});
  model->predict(2);
  model->predict(2);
  CHECK(model->results(0)[0].numbers[0] == 2);
  CHECK(model->results(1)[0].numbers[0] == 200);
  CHECK(record().batches.empty());
  CHECK(record().single == 4);
}

TEST_CASE_METHOD(CoreMLTest,
                 "a thousand predictions leave nothing behind but the last one's results") {
  const auto model = load();
  model->set_inputs(0, {numbers("x", {1, 2, 3, 4, 5, 6})});
  model->predict(1);
  const long after_one = fake_coreml::live_objects();
  for (int i = 0; i < 1000; ++i) model->predict(1);
  CHECK(fake_coreml::live_objects() == after_one);
}

}  // namespace
}  // namespace anemon::profiler
