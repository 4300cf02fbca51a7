// Whole models through the engine's interface.
#include <cmath>
#include <filesystem>
#include <random>

#include "core/error.h"
#include "models/read/read_model.h"
#include "profiler/reference/kernels.h"
#include "profiler/reference/loaded_model.h"
#include "profiler/reference/reference_engine.h"
#include "tests/catch.h"
#include "tests/conformance/model_data.h"

using namespace anemon;
using namespace anemon::profiler;
namespace fs = std::filesystem;

namespace {

std::unique_ptr<LoadedModel> load(const fs::path& model, bool rounded = false,
                                  models::InputShapes shapes = {}) {
  LoadRequest request;
  request.model = model;
  request.round_to_fp16 = rounded;
  request.shapes = std::move(shapes);
  LoadTimes times;
  auto loaded = open_reference_engine()->load(request, times);
  CHECK(times.load > Duration{});
  CHECK_FALSE(times.compile);
  return loaded;
}

std::vector<FeatureValue> random_inputs(const LoadedModel& model) {
  std::minstd_rand random(7);
  std::vector<FeatureValue> inputs;
  for (const models::Feature& feature : model.inputs()) {
    FeatureValue value;
    value.name = feature.name;
    value.shape = feature.tensor.shape;
    size_t count = 1;
    const bool tensor =
        feature.kind == models::FeatureKind::array || feature.kind == models::FeatureKind::image;
    for (const int64_t extent : feature.tensor.shape) {
      if (tensor) count *= static_cast<size_t>(extent);
    }
    const bool whole =
        feature.kind == models::FeatureKind::image || is_integer(feature.tensor.dtype);
    std::uniform_real_distribution<float> pixel(0, whole ? 5 : 1);
    for (size_t i = 0; i < count; ++i) {
      const float number = pixel(random);
      value.numbers.push_back(whole ? std::floor(number) : number);
    }
    inputs.push_back(std::move(value));
  }
  return inputs;
}

const FeatureValue& named(const std::vector<FeatureValue>& values, const std::string& name) {
  for (const FeatureValue& value : values) {
    if (value.name == name) return value;
  }
  throw Error("no feature " + name);
}

double sum(const std::map<std::string, double>& dictionary) {
  double total = 0;
  for (const auto& [key, value] : dictionary) total += value;
  return total;
}

}  // namespace

TEST_CASE("classifiers give a label and a probability for each class") {
  const auto data = test::model_data();
  if (!data) return;
  for (const char* name : {"mnistCNN.mlmodel", "MNISTClassifier.mlmodel"}) {
    INFO(name);
    const auto model = load(*data / "coreml" / name);
    model->set_inputs(0, random_inputs(*model));
    const PredictTimes times = model->predict(1);
    CHECK(times.total >= *times.execution);
    const auto results = model->results(0);
    const auto& probabilities = named(results, "output").dictionary;
    CHECK(probabilities.size() == 10);
    CHECK(sum(probabilities) == Approx(1).margin(1e-4));
    const std::string& label = named(results, "classLabel").text;
    REQUIRE(probabilities.contains(label));
    for (const auto& [key, value] : probabilities) CHECK(value <= probabilities.at(label));
  }
}

TEST_CASE("a program's classes are integers where the file says so") {
  const auto data = test::model_data();
  if (!data) return;
  const auto model = load(*data / "coreml" / "DrawMNIST.mlpackage");
  model->set_inputs(0, random_inputs(*model));
  model->predict(1);
  const auto results = model->results(0);
  CHECK(named(results, "Prediction").numbers.size() == 1);
  CHECK(named(results, "Prediction_probs").dictionary.size() == 10);
  CHECK(sum(named(results, "Prediction_probs").dictionary) == Approx(1).margin(1e-4));
}

TEST_CASE("every item of a batch is computed from its own inputs") {
  const auto data = test::model_data();
  if (!data) return;
  const auto model = load(*data / "coreml" / "qyz_mlp.mlmodel");
  std::vector<FeatureValue> inputs = random_inputs(*model);
  model->set_inputs(0, inputs);
  for (float& number : inputs[0].numbers) number *= 2;
  model->set_inputs(1, inputs);
  model->predict(2);
  const float first = model->results(0)[0].numbers[0];
  const float second = model->results(1)[0].numbers[0];
  CHECK(first != second);
  model->set_inputs(0, inputs);
  model->predict(1);
  CHECK(model->results(0)[0].numbers[0] == second);
}

TEST_CASE("times of operations sum up to the execution, with the file's own names") {
  const auto data = test::model_data();
  if (!data) return;
  const auto model = load(*data / "coreml" / "pose_hourglass.mlmodel");
  model->set_inputs(0, random_inputs(*model));
  model->predict(1);
  model->time_operations(true);
  Duration execution{};
  constexpr uint64_t kRuns = 3;
  for (uint64_t i = 0; i < kRuns; ++i) execution += *model->predict(1).execution;
  Duration operations{};
  size_t fused = 0;
  for (const OperationTime& time : model->operation_times()) {
    operations += time.total;
    CHECK_FALSE(time.name.empty());
    if (time.fused_into.empty()) continue;
    ++fused;
    CHECK(time.total == Duration{});
  }
  CHECK(fused > 100);
  CHECK(to_seconds(operations) <= to_seconds(execution));
  CHECK(to_seconds(operations) >= 0.95 * to_seconds(execution));
  CHECK(model->operation_times().front().calls == kRuns);
  model->time_operations(true);
  CHECK(model->operation_times().front().total == Duration{});
}

TEST_CASE("what is fused computes what the operations do one by one") {
  const auto data = test::model_data();
  if (!data) return;
  // Rounding to fp16 fuses nothing; this network states no fp16, so that nothing is rounded.
  const fs::path file = *data / "coreml" / "pose_hourglass.mlmodel";
  const auto fused = load(file);
  const auto plain = load(file, true);
  fused->set_inputs(0, random_inputs(*fused));
  plain->set_inputs(0, random_inputs(*plain));
  fused->predict(1);
  plain->predict(1);
  const auto a = fused->results(0)[0].numbers;
  const auto b = plain->results(0)[0].numbers;
  REQUIRE(a.size() == 14 * 48 * 48);
  REQUIRE(a.size() == b.size());
  double greatest = 0;
  double apart = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    greatest = std::max(greatest, static_cast<double>(std::fabs(b[i])));
    apart = std::max(apart, static_cast<double>(std::fabs(a[i] - b[i])));
  }
  CHECK(greatest > 0.01);
  CHECK(apart < 1e-3 * greatest);
}

TEST_CASE("a second prediction gives what the first gave") {
  const auto data = test::model_data();
  if (!data) return;
  for (const char* name : {"DTLN_AEC_128_Part1.mlpackage", "pose_hourglass.mlmodel"}) {
    INFO(name);
    const auto model = load(*data / "coreml" / name);
    model->set_inputs(0, random_inputs(*model));
    model->predict(1);
    const auto first = model->results(0);
    model->predict(1);
    const auto second = model->results(0);
    REQUIRE(first.size() == second.size());
    for (size_t i = 0; i < first.size(); ++i) CHECK(first[i].numbers == second[i].numbers);
  }
}

TEST_CASE("trees, linear models and their pipelines predict") {
  const auto data = test::model_data();
  if (!data) return;
  for (const char* name : {"tabular_glm.mlmodel", "tabular_tree_ensemble.mlmodel"}) {
    INFO(name);
    const auto model = load(*data / "coreml" / name);
    model->set_inputs(0, random_inputs(*model));
    model->predict(1);
    const auto results = model->results(0);
    const auto& probabilities = named(results, "DRILL_BIT_NAMEProbability").dictionary;
    CHECK(probabilities.size() == 3);
    CHECK(sum(probabilities) == Approx(1).margin(1e-5));
    CHECK(probabilities.contains(named(results, "DRILL_BIT_NAME").text));
  }
  const auto regressor = load(*data / "coreml" / "linreg_boston.mlmodel");
  regressor->set_inputs(0, random_inputs(*regressor));
  regressor->predict(1);
  CHECK(std::isfinite(regressor->results(0).at(0).numbers.at(0)));
}

TEST_CASE("words count for and against a sentiment") {
  const auto data = test::model_data();
  if (!data) return;
  const auto model = load(*data / "coreml" / "SentimentPolarity.mlmodel");
  const auto label_of = [&](std::map<std::string, double> words) {
    FeatureValue value;
    value.name = "input";
    value.dictionary = std::move(words);
    model->set_inputs(0, {value});
    model->predict(1);
    return named(model->results(0), "classLabel").text;
  };
  CHECK(label_of({{"wonderful", 3}, {"excellent", 3}, {"great", 2}}) == "Pos");
  CHECK(label_of({{"awful", 3}, {"boring", 3}, {"worst", 2}}) == "Neg");
}

TEST_CASE("states are kept from one prediction to the next") {
  const auto data = test::model_data();
  if (!data) return;
  const auto model = load(*data / "synthetic" / "mil_ios18_stateful_kv_sdpa.mlpackage");
  std::vector<FeatureValue> inputs = random_inputs(*model);
  for (float& number : inputs[0].numbers) number = 1;
  model->set_inputs(0, inputs);
  model->predict(1);
  // Four of 256 keys and values are written, with the same ones every time.
  const float first = model->results(0)[0].numbers[0];
  CHECK(first > 0);
  CHECK(first < 1);
  model->predict(1);
  CHECK(model->results(0)[0].numbers[0] == first);
}

TEST_CASE("shapes that an input takes are loaded, others are refused") {
  const auto data = test::model_data();
  if (!data) return;
  const fs::path file = *data / "synthetic" / "mil_ios15_flex_range_unbounded.mlpackage";
  const auto model = load(file, false, {{"x", {1, 3, 32, 48}}});
  CHECK(model->inputs()[0].tensor.shape == models::Shape{1, 3, 32, 48});
  CHECK(model->outputs()[0].tensor.shape == models::Shape{1, 8, 32, 48});
  CHECK_THROWS_AS(load(file, false, {{"x", {1, 4, 32, 48}}}), Error);
  CHECK_THROWS_AS(load(file, false, {{"other", {1}}}), Error);
}

TEST_CASE("inputs that do not fit are named") {
  const auto data = test::model_data();
  if (!data) return;
  const auto model = load(*data / "coreml" / "qyz_mlp.mlmodel");
  FeatureValue value;
  value.name = "Input";
  value.numbers.assign(35, 0.0F);
  CHECK_THROWS_WITH(model->set_inputs(0, {value}), ANEMON_CONTAINS("35 elements"));
  value.name = "Inputs";
  CHECK_THROWS_WITH(model->set_inputs(0, {value}), ANEMON_CONTAINS("'Inputs'"));
  CHECK_THROWS_WITH(model->set_inputs(0, {}), ANEMON_CONTAINS("'Input' is missing"));
  CHECK_THROWS_WITH(model->predict(1), ANEMON_CONTAINS("no inputs"));
}

TEST_CASE("missing and damaged weights are errors that name them") {
  const auto data = test::model_data();
  if (!data) return;
  CHECK_THROWS_WITH(load(*data / "coreml" / "resnet50_noweights.mlpackage"),
                    ANEMON_CONTAINS("weights") && ANEMON_CONTAINS("missing"));
  CHECK_THROWS_WITH(load(*data / "synthetic" / "nn_BAD_weight_count_conv.mlmodel"),
                    ANEMON_CONTAINS("216 numbers"));
}

TEST_CASE("every operation of the real and made models has a kernel, and every one of them runs") {
  const auto data = test::model_data();
  if (!data) return;
  reference::PlanOptions options;
  options.invent_missing_weights = true;
  size_t ran = 0;
  for (const char* folder : {"coreml", "synthetic"}) {
    for (const auto& entry : fs::directory_iterator(*data / folder)) {
      std::unique_ptr<models::Model> model;
      try {
        model = std::make_unique<models::Model>(models::read_model(entry.path()));
      } catch (const Error&) {
        continue;  // a file that is no model
      }
      INFO(entry.path().filename().string());
      const bool damaged = entry.path().filename().string().find("BAD") != std::string::npos;
      const bool compiled = model->container == "mlmodelc" && model->kind != "mlProgram";
      if (model->functions.empty() || damaged || compiled) continue;
      const auto loaded = reference::load_model(std::move(model), "", {}, options);
      loaded->set_inputs(0, random_inputs(*loaded));
      CHECK_NOTHROW(loaded->predict(1));
      ++ran;
    }
  }
  CHECK(ran >= 18);
}

TEST_CASE("the engine says what it is, and computes on nothing but the CPU") {
  const auto data = test::model_data();
  if (!data) return;
  const auto engine = open_reference_engine();
  CHECK(engine->facts().name == "reference (CPU)");
  CHECK(engine->facts().version.starts_with("oneDNN 2."));
  CHECK(engine->facts().compute_units == std::vector{ComputeUnits::cpu_only});
  LoadRequest request;
  request.model = *data / "coreml" / "qyz_mlp.mlmodel";
  request.units = ComputeUnits::cpu_and_ane;
  LoadTimes times;
  CHECK_THROWS_WITH(engine->load(request, times), ANEMON_CONTAINS("CPU alone"));
  request.units = ComputeUnits::all;
  CHECK_NOTHROW(engine->load(request, times));
  CHECK(engine->facts().threads == 1);
}

TEST_CASE("two threads compute what one computes") {
  const auto data = test::model_data();
  if (!data) return;
  const auto engine = open_reference_engine();
  LoadRequest request;
  request.model = *data / "coreml" / "MNISTClassifier.mlmodel";
  LoadTimes times;
  std::vector<std::map<std::string, double>> probabilities;
  for (const unsigned threads : {1U, 2U}) {
    request.threads = threads;
    const auto model = engine->load(request, times);
    CHECK(engine->facts().threads == threads);
    model->set_inputs(0, random_inputs(*model));
    model->predict(1);
    probabilities.push_back(named(model->results(0), "output").dictionary);
  }
  for (const auto& [key, value] : probabilities[0]) {
    CHECK(probabilities[1].at(key) == Approx(value).margin(1e-5));
  }
}

TEST_CASE("operations are named once in the table of kernels") {
  const auto names = reference::supported_operations();
  for (size_t i = 1; i < names.size(); ++i) CHECK(names[i - 1] != names[i]);
  CHECK(names.size() >= 180);
}
