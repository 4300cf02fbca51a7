#include "profiler/measure/item_shapes.h"

#include <utility>

#include "core/error.h"
#include "profiler/measure/image_input.h"
#include "profiler/measure/sequence_input.h"
#include "tests/catch.h"

using namespace anemon;
using namespace anemon::profiler;
using models::DataType;
using models::ExtentRange;
using models::Feature;
using models::FeatureKind;
using models::Shape;

namespace {

using Ranges = std::vector<ExtentRange>;

Feature array(const std::string& name, DataType dtype, Shape shape, Ranges ranges = {}) {
  Feature feature;
  feature.name = name;
  feature.kind = FeatureKind::array;
  feature.tensor = {dtype, true, std::move(shape)};
  feature.ranges = std::move(ranges);
  return feature;
}

Feature image(const std::string& name, Shape shape, Ranges ranges = {}) {
  Feature feature = array(name, DataType::uint8, std::move(shape), std::move(ranges));
  feature.kind = FeatureKind::image;
  return feature;
}

template <class Call>
Error error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was thrown");
  throw 0;
}

const Feature kIds = array("input_ids", DataType::int32, {1, 64}, {{1, 1}, {1, 128}});
const Feature kMask = array("attention_mask", DataType::int32, {1, 64}, {{1, 1}, {1, 128}});

}  // namespace

TEST_CASE("the tokens are found by name and kind, and masks are none") {
  const std::vector<Feature> bert = {kMask, array("token_type_ids", DataType::int32, {1, 64}),
                                     kIds};
  CHECK(find_sequence(bert).feature->name == "input_ids");
  CHECK(find_sequence(bert).sequence == 1);
  CHECK(find_sequence(bert).has_batch_axis);

  const std::vector<Feature> plain = {array("x", DataType::fp32, {1, 8}),
                                      array("words", DataType::int32, {1, 8})};
  CHECK(find_sequence(plain).feature->name == "words");
  CHECK(find_sequence(plain).reason == "integers of rank 2");

  // Numbers, as some converters leave tokens; and without a batch.
  const std::vector<Feature> numbers = {array("tokens", DataType::fp32, {20})};
  CHECK(find_sequence(numbers).reason == "its name");
  CHECK(find_sequence(numbers).sequence == 0);
  CHECK_FALSE(find_sequence(numbers).has_batch_axis);

  const std::vector<Feature> embedded = {array("mel", DataType::fp16, {1, 80, 3000})};
  CHECK(find_sequence(embedded).sequence == 1);
  const std::vector<Feature> for_ane = {array("x", DataType::fp16, {1, 768, 1, 256})};
  CHECK(find_sequence(for_ane).sequence == 3);
  // The one axis that is open is the sequence, wherever it stands.
  const std::vector<Feature> open = {
      array("mel", DataType::fp16, {1, 80, 300}, {{1, 1}, {80, 80}, {1, 3000}})};
  CHECK(find_sequence(open).sequence == 2);
}

TEST_CASE("a model without a sequence is an error that lists its inputs") {
  const std::vector<Feature> inputs = {image("photo", {3, 32, 32}), kMask};
  const Error error = error_of([&] { find_sequence(inputs); });
  CHECK(error.what() == std::string("the model has no input that could be a sequence of tokens"));
  CHECK(error.hint() == "its inputs: photo 3x32x32, attention_mask 1x1..128");
}

TEST_CASE("an open sequence is loaded for, and what is open alike follows it") {
  const std::vector<Feature> inputs = {kIds, kMask, array("scale", DataType::fp32, {1, 4})};
  const SequenceShapes shapes = shape_sequences(inputs, find_sequence(inputs), 1, 32);
  CHECK(shapes.length == 32);
  CHECK(shapes.shapes.items == 1);
  CHECK(shapes.shapes.shapes ==
        models::InputShapes{{"input_ids", {1, 32}}, {"attention_mask", {1, 32}}});
  CHECK(shape_sequences(inputs, find_sequence(inputs), 1, 0).length == 64);
}

TEST_CASE("a length that goes not is an error that lists those that do") {
  const std::vector<Feature> open = {kIds, kMask};
  CHECK(error_of([&] { shape_sequences(open, find_sequence(open), 1, 200); }).what() ==
        std::string("input 'input_ids' does not take the shape 1x200: it takes 1x1..128"));
  const std::vector<Feature> fixed = {array("ids", DataType::int32, {1, 64})};
  CHECK(error_of([&] { shape_sequences(fixed, find_sequence(fixed), 1, 32); }).what() ==
        std::string("input 'ids' does not take the shape 1x32: it takes 1x64"));
  CHECK(shape_sequences(fixed, find_sequence(fixed), 1, 64).length == 64);

  Feature listed = array("ids", DataType::int32, {1, 64});
  listed.enumerated = {{1, 32}, {1, 64}};
  const std::vector<Feature> enumerated = {listed};
  CHECK(shape_sequences(enumerated, find_sequence(enumerated), 1, 32).length == 32);
  CHECK(error_of([&] { shape_sequences(enumerated, find_sequence(enumerated), 1, 48); }).what() ==
        std::string("input 'ids' does not take the shape 1x48: it takes one of 1x32, 1x64"));
}

TEST_CASE("a batch goes into the shape where it is open, else into items of a call") {
  const std::vector<Feature> closed = {kIds, kMask};
  const SequenceShapes items = shape_sequences(closed, find_sequence(closed), 4, 16);
  CHECK(items.shapes.items == 4);
  CHECK(items.shapes.shapes.at("input_ids") == Shape{1, 16});

  const std::vector<Feature> open = {
      array("input_ids", DataType::int32, {1, 64}, {{1, 8}, {1, 128}}),
      array("attention_mask", DataType::int32, {1, 64}, {{1, 8}, {1, 128}})};
  const SequenceShapes shaped = shape_sequences(open, find_sequence(open), 4, 16);
  CHECK(shaped.shapes.items == 1);
  CHECK(shaped.shapes.shapes ==
        models::InputShapes{{"input_ids", {4, 16}}, {"attention_mask", {4, 16}}});
  CHECK(shape_sequences(open, find_sequence(open), 16, 16).shapes.items == 16);

  // A shape that holds two sequences takes a multiple of two.
  const std::vector<Feature> pairs = {array("ids", DataType::int32, {2, 8})};
  CHECK(shape_sequences(pairs, find_sequence(pairs), 6, 8).shapes.items == 3);
  CHECK(error_of([&] { shape_sequences(pairs, find_sequence(pairs), 3, 8); }).what() ==
        std::string("input 'ids' does not take the shape 3x8: it takes 2x8"));
  CHECK_THROWS_AS(shape_sequences(pairs, find_sequence(pairs), 0, 8), Error);
}

TEST_CASE("of a mask over queries and keys the keys get the context") {
  const std::vector<Feature> inputs = {
      kIds, array("causal", DataType::fp16, {1, 1, 64, 64}, {{1, 1}, {1, 1}, {1, 128}, {1, 128}})};
  const SequenceInput sequence = find_sequence(inputs);
  CHECK(shape_sequences(inputs, sequence, 1, 32).shapes.shapes.at("causal") == Shape{1, 1, 32, 32});
  CHECK(shape_sequences(inputs, sequence, 1, 1, {}, 32).shapes.shapes.at("causal") ==
        Shape{1, 1, 1, 32});
}

TEST_CASE("shapes that were given stay, and are where a sequence starts from") {
  const std::vector<Feature> inputs = {kIds, kMask};
  const SequenceShapes shapes =
      shape_sequences(inputs, find_sequence(inputs), 1, 0, {{"input_ids", {1, 16}}});
  CHECK(shapes.length == 16);
  CHECK(shapes.shapes.shapes.at("attention_mask") == Shape{1, 16});
  const SequenceShapes mask =
      shape_sequences(inputs, find_sequence(inputs), 1, 8, {{"attention_mask", {1, 99}}});
  CHECK(mask.shapes.shapes.at("attention_mask") == Shape{1, 99});
}

TEST_CASE("the image is an image, else an array that could be one") {
  const std::vector<Feature> both = {array("x", DataType::fp32, {1, 3, 8, 8}),
                                     image("photo", {3, 32, 16})};
  CHECK(find_image(both).feature->name == "photo");
  const std::vector<Feature> first = {array("x", DataType::fp32, {1, 3, 8, 16})};
  ImageInput found = find_image(first);
  CHECK(std::pair(found.channels, found.width) == std::pair<size_t, size_t>(1, 3));
  CHECK(found.has_batch_axis);
  const std::vector<Feature> last = {array("x", DataType::fp32, {1, 8, 16, 3})};
  found = find_image(last);
  CHECK(std::pair(found.channels, found.width) == std::pair<size_t, size_t>(3, 2));
  CHECK(found.reason == "an array of rank 4, channels last");
  const std::vector<Feature> flat = {array("x", DataType::fp32, {3, 8, 16})};
  CHECK_FALSE(find_image(flat).has_batch_axis);
  const std::vector<Feature> none = {kIds};
  CHECK(error_of([&] { find_image(none); }).hint() == "its inputs: input_ids 1x1..128");
}

TEST_CASE("images are loaded for their size, or an error lists the sizes") {
  const std::vector<Feature> open = {image("photo", {3, 299, 299}, {{3, 3}, {299, -1}, {299, -1}})};
  ImageShapes shapes = shape_images(open, find_image(open), 2, {512, 640, 3});
  CHECK(shapes.shapes.shapes.at("photo") == Shape{3, 512, 640});
  CHECK(shapes.shapes.items == 2);
  CHECK(error_of([&] {
          shape_images(open, find_image(open), 1, {64, 640, 0});
        }).what() ==
        std::string("input 'photo' does not take the shape 3x64x640: it takes 3x299..x299.."));
  CHECK_THROWS_AS(shape_images(open, find_image(open), 1, {512, 640, 1}), Error);

  Feature listed = image("photo", {3, 32, 32});
  listed.enumerated = {{3, 32, 32}, {3, 64, 96}};
  const std::vector<Feature> enumerated = {listed};
  shapes = shape_images(enumerated, find_image(enumerated), 1, {64, 0, 0});
  CHECK(shapes.size.width == 96);  // the only one of that height
  CHECK(shapes.size.channels == 3);
}

TEST_CASE("a batch of images goes into an array's first axis where that is open") {
  const std::vector<Feature> open = {
      array("x", DataType::fp32, {1, 3, 8, 8}, {{1, 16}, {3, 3}, {8, 8}, {8, 8}})};
  CHECK(shape_images(open, find_image(open), 4, {}).shapes.shapes.at("x") == Shape{4, 3, 8, 8});
  CHECK(shape_images(open, find_image(open), 4, {}).shapes.items == 1);
  CHECK(shape_images(open, find_image(open), 32, {}).shapes.items == 32);
}

TEST_CASE("a model takes batches by shape when all its inputs take all sizes") {
  const Feature open = array("x", DataType::fp32, {1, 4}, {{1, 8}, {4, 4}});
  CHECK(takes_batches({open}, {1, 2, 8}));
  CHECK_FALSE(takes_batches({open}, {1, 16}));
  CHECK_FALSE(takes_batches({open, array("y", DataType::fp32, {1, 4})}, {1, 2}));
  CHECK_FALSE(takes_batches({image("photo", {3, 8, 8})}, {1}));
  CHECK_FALSE(takes_batches({}, {1}));
  CHECK(batch_shapes({open}, 2) == models::InputShapes{{"x", {2, 4}}});
}
