#include <fstream>

#include "tests/fake_coreml/coreml_test.h"

namespace anemon::profiler {
namespace {

using fake_coreml::Failure;
using fake_coreml::Feature;
using fake_coreml::Kind;

std::string text_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE_METHOD(CoreMLTest, "a model is compiled, loaded and described") {
  script().on_compile = [this] { clock_.advance(std::chrono::milliseconds(30)); };
  script().on_load = [this] { clock_.advance(std::chrono::milliseconds(70)); };
  const auto model = load();
  REQUIRE(times_.compile);
  CHECK(*times_.compile == std::chrono::milliseconds(30));
  CHECK(times_.load == std::chrono::milliseconds(70));
  CHECK(!times_.cached);
  REQUIRE(model->inputs().size() == 1);
  CHECK(model->inputs()[0].name == "x");
  CHECK(model->inputs()[0].kind == models::FeatureKind::array);
  CHECK(to_text(model->inputs()[0].tensor) == "fp32[2,3]");
  REQUIRE(model->outputs().size() == 1);
  CHECK(model->outputs()[0].name == "y");
}

TEST_CASE_METHOD(CoreMLTest, "each compute unit is asked for by the framework's own number") {
  for (const auto units : {ComputeUnits::cpu_only, ComputeUnits::cpu_and_gpu,
                           ComputeUnits::cpu_and_ane, ComputeUnits::all}) {
    LoadRequest asked = request();
    asked.units = units;
    load(asked);
  }
  CHECK(record().units == std::vector<long>{0, 1, 3, 2});
}

TEST_CASE_METHOD(CoreMLTest,
                 "a compiled model is kept where asked, reused, and made anew for a newer model") {
  LoadRequest asked = request();
  asked.compiled = scratch_.path() / "kept" / "net.mlmodelc";
  load(asked);
  CHECK(times_.compile);
  CHECK(!times_.cached);
  CHECK(text_in(*asked.compiled / "net.mlmodel") == "a model");
  CHECK(record().loaded == std::vector<std::string>{asked.compiled->string()});

  load(asked);
  CHECK(!times_.compile);
  CHECK(times_.cached);
  CHECK(record().compiled == 1);

  std::ofstream(asked.model) << "another model";
  std::filesystem::last_write_time(
      asked.model, std::filesystem::last_write_time(*asked.compiled) + std::chrono::hours(1));
  load(asked);
  CHECK(!times_.cached);
  CHECK(record().compiled == 2);
  CHECK(text_in(*asked.compiled / "net.mlmodel") == "another model");
}

TEST_CASE_METHOD(
    CoreMLTest,
    "a compiled model that nobody asked to keep lives as long as what was loaded from it") {
  auto model = load();
  REQUIRE(record().loaded.size() == 1);
  CHECK(std::filesystem::exists(record().loaded[0]));
  model.reset();
  CHECK(!std::filesystem::exists(record().loaded[0]));
}

TEST_CASE_METHOD(CoreMLTest, "a model that is given compiled is loaded as it is and stays") {
  const auto compiled = scratch_.path() / "ready.mlmodelc";
  std::filesystem::create_directories(compiled);
  LoadRequest asked = request();
  asked.model = compiled;
  load(asked);
  CHECK(record().compiled == 0);
  CHECK(!times_.compile);
  CHECK(record().loaded == std::vector<std::string>{compiled.string()});
  CHECK(std::filesystem::exists(compiled));
}

TEST_CASE_METHOD(CoreMLTest,
                 "a function is chosen by its name, and one that is not there is refused") {
  script().functions = {"prefill", "decode"};
  LoadRequest asked = request();
  asked.function = "decode";
  load(asked);
  CHECK(record().functions == std::vector<std::string>{"decode"});
  asked.function = "encode";
  CHECK_THAT(error_of([&] { load(asked); }),
             ANEMON_CONTAINS("load failed: ") && ANEMON_CONTAINS("no function named encode"));
}

TEST_CASE_METHOD(CoreMLTest, "before macOS 15 a function cannot be chosen, and the error says so") {
  script().macos = 14.4;
  script().functions = {"decode"};
  LoadRequest asked = request();
  asked.function = "decode";
  CHECK_THAT(error_of([&] { load(asked); }), ANEMON_CONTAINS("needs macOS 15"));
  CHECK(record().units.empty());
}

TEST_CASE_METHOD(CoreMLTest, "inputs of every kind are described in the program's words") {
  Feature array, image, sizes, dictionary, range;
  array.name = "a_half";
  array.dtype = fake_coreml::kHalf;
  array.shape = {1, 4};
  array.enumerated = {{1, 4}, {1, 8}};
  image.name = "b_image";
  image.kind = Kind::image;
  image.shape = {6, 8};
  sizes = image;
  sizes.name = "c_gray";
  sizes.pixels = fake_coreml::kGray;
  sizes.ranges = {{4, 5}, {4, 0x7FFFFFFFFFFFFFFFUL}};
  dictionary.name = "d_words";
  dictionary.kind = Kind::dictionary;
  range.name = "e_range";
  range.shape = {1, 3};
  range.ranges = {{1, 1}, {1, 16}};
  range.optional = true;
  script().inputs = {range, dictionary, sizes, image, array};
  const auto model = load();
  const auto& inputs = model->inputs();
  REQUIRE(inputs.size() == 5);
  CHECK(inputs[0].name == "a_half");
  CHECK(to_text(inputs[0].tensor) == "fp16[1,4]");
  CHECK(inputs[0].flexibility == models::Flexibility::enumerated);
  CHECK(inputs[0].enumerated == std::vector<models::Shape>{{1, 4}, {1, 8}});
  CHECK(inputs[1].kind == models::FeatureKind::image);
  CHECK(inputs[1].color_space == "RGB");
  CHECK(inputs[1].tensor.shape == models::Shape{3, 6, 8});
  CHECK(inputs[2].color_space == "GRAYSCALE");
  CHECK(inputs[2].flexibility == models::Flexibility::unbounded);
  REQUIRE(inputs[2].ranges.size() == 3);
  CHECK(inputs[2].ranges[1].lower == 4);
  CHECK(inputs[2].ranges[1].upper == 8);
  CHECK(inputs[2].ranges[2].upper == models::kAnyExtent);
  CHECK(inputs[3].kind == models::FeatureKind::dictionary);
  CHECK(inputs[3].tensor.dtype == models::DataType::string);
  CHECK(inputs[4].flexibility == models::Flexibility::range);
  CHECK(inputs[4].ranges[1].upper == 16);
  CHECK(inputs[4].optional);
}

TEST_CASE_METHOD(CoreMLTest,
                 "a shape that was asked for is the input's, and one it does not take is refused "
                 "with those it takes") {
  script().inputs[0].enumerated = {{2, 3}, {4, 3}};
  LoadRequest asked = request();
  asked.shapes["x"] = {4, 3};
  CHECK(load(asked)->inputs()[0].tensor.shape == models::Shape{4, 3});
  asked.shapes["x"] = {5, 3};
  CHECK_THAT(error_of([&] { load(asked); }),
             ANEMON_CONTAINS("5x3") && ANEMON_CONTAINS("one of 2x3, 4x3"));
  asked.shapes = {{"z", {1}}};
  CHECK_THAT(error_of([&] { load(asked); }), ANEMON_CONTAINS("'z', which is no input"));
}

TEST_CASE_METHOD(CoreMLTest, "a shape that the model leaves open must be asked for") {
  script().inputs[0].shape = {};
  CHECK_THAT(error_of([&] { load(); }), ANEMON_CONTAINS("which shape input 'x' has"));
  LoadRequest asked = request();
  asked.shapes["x"] = {2, 2};
  CHECK(load(asked)->inputs()[0].tensor.shape == models::Shape{2, 2});
}

TEST_CASE_METHOD(CoreMLTest,
                 "the engine tells its name, its version and what it can be asked for") {
  const EngineFacts facts = open_coreml()->facts();
  CHECK(facts.name == "coreml");
  CHECK(!facts.version.empty());
  CHECK(facts.threads == 0);
  CHECK(facts.compute_units.size() == 4);
}

}  // namespace
}  // namespace anemon::profiler
