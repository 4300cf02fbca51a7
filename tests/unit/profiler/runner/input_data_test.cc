#include "profiler/runner/input_data.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "profiler/runner/output_summary.h"
#include "tests/catch.h"
#include "tests/models/graph_builder.h"
#include "tests/scratch_directory.h"

using namespace anemon;
using namespace anemon::profiler;
using models::DataType;
using models::FeatureKind;

namespace {

models::Feature feature(FeatureKind kind, DataType dtype, models::Shape shape,
                        const std::string& name = "x") {
  models::Feature feature;
  feature.name = name;
  feature.kind = kind;
  feature.tensor = {dtype, true, std::move(shape)};
  return feature;
}

FeatureValue automatic(const models::Feature& input, uint64_t seed = 1, uint64_t item = 0,
                       const std::map<std::string, IndexRange>& ranges = {}) {
  InputFill fill;
  fill.name = input.name;
  return input_value(input, choose_fill(input, fill, ranges).fill, seed, item);
}

double mean(const std::vector<float>& numbers) {
  double sum = 0;
  for (const float number : numbers) sum += number;
  return sum / static_cast<double>(numbers.size());
}

std::string why(const models::Feature& input, const InputFill& fill) {
  try {
    input_value(input, fill, 1, 0);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("arrays are normal by default, of mean 0 and deviation 1") {
  const auto value = automatic(feature(FeatureKind::array, DataType::fp16, {100, 100}));
  REQUIRE(value.numbers.size() == 10000);
  CHECK(mean(value.numbers) == Approx(0).margin(0.05));
  double squares = 0;
  for (const float number : value.numbers) squares += double{number} * number;
  CHECK(squares / 10000 == Approx(1).margin(0.06));
  CHECK(std::count(value.numbers.begin(), value.numbers.end(), 0.0f) == 0);
}

TEST_CASE("images are filled with whole pixels from 0 to 255") {
  const auto value = automatic(feature(FeatureKind::image, DataType::uint8, {3, 64, 64}));
  const std::set<float> seen(value.numbers.begin(), value.numbers.end());
  CHECK(*seen.begin() == 0);
  CHECK(*seen.rbegin() == 255);
  CHECK(seen.size() == 256);
}

TEST_CASE("integers index what the model looks up, whatever the type; masks let through") {
  const auto ids = feature(FeatureKind::array, DataType::int32, {2000}, "ids");
  const auto looked_up = automatic(ids, 1, 0, {{"ids", {50, "embed"}}});
  const std::set<float> seen(looked_up.numbers.begin(), looked_up.numbers.end());
  CHECK(seen.size() == 50);
  CHECK(*seen.rbegin() == 49);
  const auto old = feature(FeatureKind::array, DataType::fp32, {100}, "ids");
  for (const float number : automatic(old, 1, 0, {{"ids", {2, "embed"}}}).numbers) {
    CHECK((number == 0 || number == 1));
  }
  const auto mask = automatic(feature(FeatureKind::array, DataType::int32, {8}, "attention_mask"));
  CHECK(mask.numbers == std::vector<float>(8, 1.0f));
}

TEST_CASE("random numbers depend on seed, name and item, and on nothing else") {
  const auto x = feature(FeatureKind::array, DataType::fp32, {16});
  const auto z = feature(FeatureKind::array, DataType::fp32, {16}, "z");
  CHECK(automatic(x).numbers == automatic(x).numbers);
  CHECK(automatic(x).numbers != automatic(x, 2).numbers);
  CHECK(automatic(x).numbers != automatic(x, 1, 1).numbers);
  CHECK(automatic(x).numbers != automatic(z).numbers);
  // The same on every machine.
  InputFill fill;
  fill.kind = InputFill::Kind::integers;
  fill.second = 999;
  const auto drawn = input_value(x, fill, 42, 3).numbers;
  CHECK(std::vector<float>(drawn.begin(), drawn.begin() + 4) ==
        std::vector<float>{339, 595, 68, 856});
}

TEST_CASE("given values must fit, and files hold fp32 numbers alone") {
  const auto x = feature(FeatureKind::array, DataType::fp32, {2, 2});
  InputFill fill;
  fill.kind = InputFill::Kind::values;
  fill.numbers = {1, 2, 3};
  CHECK_THAT(why(x, fill), ANEMON_CONTAINS("input x: 3 numbers were given; its shape 2x2 has 4"));
  fill.numbers.push_back(4);
  CHECK(input_value(x, fill, 1, 0).numbers == fill.numbers);

  const test::ScratchDirectory scratch;
  fill.kind = InputFill::Kind::file;
  fill.path = scratch / "x.f32";
  CHECK_THAT(why(x, fill), ANEMON_CONTAINS("cannot read"));
  const std::string bytes(reinterpret_cast<const char*>(fill.numbers.data()), 16);
  scratch.write("x.f32", bytes.substr(0, 15));
  CHECK_THAT(why(x, fill), ANEMON_CONTAINS("has 15 bytes; 4 numbers"));
  scratch.write("x.f32", bytes);
  CHECK(input_value(x, fill, 1, 0).numbers == fill.numbers);
}

TEST_CASE("a shape that is open or too large is an error, not an attempt") {
  InputFill fill;
  fill.kind = InputFill::Kind::normal;
  fill.second = 1;
  CHECK_THAT(why(feature(FeatureKind::array, DataType::fp32, {2, -1}), fill),
             ANEMON_CONTAINS("is not known"));
  CHECK_THAT(why(feature(FeatureKind::array, DataType::fp32, {1 << 20, 1 << 20}), fill),
             ANEMON_CONTAINS("too large"));
}

TEST_CASE("texts and dictionaries get one of their own") {
  CHECK(automatic(feature(FeatureKind::string, DataType::string, {})).text == "a");
  CHECK(automatic(feature(FeatureKind::dictionary, DataType::unknown, {})).dictionary.size() == 1);
  CHECK(automatic(feature(FeatureKind::number, DataType::fp64, {})).numbers.size() == 1);
  InputFill fill;
  CHECK_THROWS_AS(choose_fill(feature(FeatureKind::sequence, DataType::unknown, {}), fill, {}),
                  Error);
}

TEST_CASE("the table that an input indexes is found through what hands it on") {
  models::test::GraphBuilder graph;
  const auto ids = graph.input("ids", DataType::int32, {1, 8});
  const auto other = graph.input("positions", DataType::int32, {8});
  const auto free = graph.input("free", DataType::int32, {8});
  const auto cast = graph.add("cast", {{"x", {ids}}, {"dtype", {graph.text("int16")}}});
  const auto table = graph.weight(DataType::fp16, {30522, 64});
  graph.add("gather", {{"x", {table}}, {"indices", {cast}}, {"axis", {graph.integer(0)}}});
  const auto wide = graph.weight(DataType::fp16, {64, 512});
  graph.add("gather", {{"x", {wide}}, {"indices", {other}}, {"axis", {graph.integer(-1)}}});
  const auto narrow = graph.weight(DataType::fp16, {2, 64});
  graph.add("gather", {{"x", {narrow}}, {"indices", {other}}, {"axis", {graph.integer(0)}}});
  const auto sum = graph.add("add", {{"x", {free}}, {"y", {other}}});
  graph.add("gather", {{"x", {table}}, {"indices", {sum}}, {"axis", {graph.integer(0)}}});

  const auto ranges = index_ranges(graph.model(), "");
  REQUIRE(ranges.size() == 2);
  CHECK(ranges.at("ids").rows == 30522);
  CHECK(ranges.at("ids").table == "gather_1");
  CHECK(ranges.at("positions").rows == 2);
  CHECK(index_ranges(graph.model(), "main").size() == 2);
  CHECK(index_ranges(graph.model(), "none").empty());
}

TEST_CASE("an output is summed up over its finite elements, its checksum over all") {
  FeatureValue value;
  value.numbers = {3, -4, std::nanf(""), HUGE_VALF};
  const Results results = summary(value);
  CHECK(results.count == 4);
  CHECK(results.statistics.least == -4);
  CHECK(results.statistics.most == 3);
  CHECK(results.statistics.mean == -0.5);
  CHECK(results.statistics.rms == Approx(std::sqrt(12.5)));
  CHECK(results.statistics.not_a_number == 1);
  CHECK(results.statistics.infinite == 1);
  CHECK(std::isnan(summary(FeatureValue{}).statistics.mean));
  CHECK(summary(FeatureValue{}).checksum == "cbf29ce484222325");
  value.numbers[0] = std::nextafter(3.0f, 4.0f);
  CHECK(summary(value).checksum != results.checksum);
}
