// Arguments of convolutions, poolings and other layers over height and width.
#include "tests/catch.h"
#include "tests/unit/models/layers/network_writer.h"

using namespace anemon::models;
using namespace anemon::models::test;

using Integers = std::vector<int64_t>;

namespace {

ProtoWriter borders(int64_t top, int64_t bottom, int64_t left, int64_t right) {
  return ProtoWriter()
      .message(10, ProtoWriter().integer(1, top).integer(2, bottom))
      .message(10, ProtoWriter().integer(1, left).integer(2, right));
}
ProtoWriter valid(const ProtoWriter& amounts) { return ProtoWriter().message(1, amounts); }

}  // namespace

TEST_CASE("a convolution has the format's defaults for what it leaves out") {
  const ReadNetwork read =
      read_layer(100, ProtoWriter().integer(1, 16).integer(2, 8).message(90, weights(16 * 8 * 9)));
  CHECK(read.operation().type == "conv");
  CHECK(read.reads("x") == "x");
  CHECK(read.shape("weight") == Shape{16, 8, 3, 3});
  CHECK_FALSE(read.has("bias"));
  CHECK(read.integers("strides") == Integers{1, 1});
  CHECK(read.integers("dilations") == Integers{1, 1});
  CHECK(read.integer("groups") == 1);
  CHECK(read.text("pad_type") == "valid");
  CHECK(read.oddities.empty());
}

TEST_CASE("a convolution's parameters have MIL's names and order") {
  const ReadNetwork read = read_layer(100, ProtoWriter()
                                               .integer(1, 16)
                                               .integer(2, 2)
                                               .integer(10, 4)
                                               .message(90, weights(16 * 2 * 15))
                                               .message(91, weights(16))
                                               .append(list(20, {5, 3}).bytes())
                                               .append(list(30, {2, 1}).bytes())
                                               .append(list(40, {1, 2}).bytes())
                                               .message(50, valid(borders(1, 2, 3, 4))));
  CHECK(read.shape("weight") == Shape{16, 2, 5, 3});
  CHECK(read.shape("bias") == Shape{16});
  CHECK(read.integers("strides") == Integers{2, 1});
  CHECK(read.integers("dilations") == Integers{1, 2});
  CHECK(read.integer("groups") == 4);
  CHECK(read.text("pad_type") == "custom");
  CHECK(read.integers("pad") == Integers{1, 2, 3, 4});
  CHECK(read.oddities.empty());
}

TEST_CASE("same padding says where the odd row goes") {
  const ProtoWriter shape = ProtoWriter().integer(1, 1).integer(2, 1);
  CHECK(read_layer(100, ProtoWriter(shape).message(51, {})).text("pad_type") == "same");
  const ProtoWriter top_left = ProtoWriter().integer(1, 1);
  CHECK(read_layer(100, ProtoWriter(shape).message(51, top_left)).text("pad_type") == "same_lower");
  // Of two members of a oneof the last one counts.
  const ReadNetwork last =
      read_layer(100, ProtoWriter(shape).message(51, {}).message(50, valid(borders(0, 1, 0, 0))));
  CHECK(last.text("pad_type") == "custom");
}

TEST_CASE("a deconvolution's weights are laid out as MIL's conv_transpose has them") {
  const ReadNetwork read = read_layer(100, ProtoWriter()
                                               .integer(1, 12)
                                               .integer(2, 8)
                                               .integer(10, 2)
                                               .integer(60, 1)
                                               .append(list(20, {2, 2}).bytes())
                                               .append(list(30, {2, 2}).bytes())
                                               .append(list(100, {24, 24}).bytes())
                                               .message(90, weights(8 * 6 * 4)));
  CHECK(read.operation().type == "conv_transpose");
  CHECK(read.shape("weight") == Shape{8, 6, 2, 2});
  CHECK(read.integers("output_shape") == Integers{24, 24});
  CHECK(read.oddities.empty());
}

TEST_CASE("a convolution may take its weights from another layer") {
  const ReadNetwork read = read_layer(100, ProtoWriter().integer(1, 4).integer(2, 8), 2);
  CHECK(read.reads("weight") == "y");
}

TEST_CASE("three-dimensional convolutions count the input channels of all groups") {
  const auto params = [](bool transposed) {
    return ProtoWriter()
        .integer(1, 6)
        .integer(2, 4)
        .integer(10, 2)
        .integer(20, 3)
        .integer(21, 2)
        .integer(22, 1)
        .integer(31, 2)
        .integer(42, 3)
        .integer(80, 1)
        .integer(85, 2)
        .integer(86, transposed ? 1 : 0)
        .message(60, weights(72));
  };
  const ReadNetwork forward = read_layer(1471, params(false));
  CHECK(forward.operation().type == "conv");
  CHECK(forward.shape("weight") == Shape{6, 2, 3, 2, 1});
  CHECK(forward.integers("strides") == Integers{2, 1, 1});
  CHECK(forward.integers("dilations") == Integers{1, 1, 3});
  CHECK(forward.text("pad_type") == "custom");
  CHECK(forward.integers("pad") == Integers{1, 0, 0, 0, 0, 2});
  CHECK(forward.oddities.empty());
  const ReadNetwork back = read_layer(1471, params(true));
  CHECK(back.operation().type == "conv_transpose");
  CHECK(back.shape("weight") == Shape{4, 3, 3, 2, 1});
  CHECK(read_layer(1471, ProtoWriter().integer(70, 1)).text("pad_type") == "valid");
  CHECK(read_layer(1471, ProtoWriter().integer(70, 2)).text("pad_type") == "same");
}

TEST_CASE("poolings keep their kind, kernel and padding") {
  const ReadNetwork plain = read_layer(120, {});
  CHECK(plain.operation().type == "max_pool");
  CHECK(plain.integers("kernel_sizes") == Integers{3, 3});
  CHECK(plain.integers("strides") == Integers{1, 1});
  CHECK(plain.text("pad_type") == "valid");
  CHECK(plain.integer("ceil_mode") == 0);

  const ReadNetwork average = read_layer(120, ProtoWriter()
                                                  .integer(1, 1)
                                                  .append(list(10, {2, 4}).bytes())
                                                  .append(list(20, {2, 3}).bytes())
                                                  .message(31, {})
                                                  .integer(50, 1));
  CHECK(average.operation().type == "avg_pool");
  CHECK(average.integers("kernel_sizes") == Integers{2, 4});
  CHECK(average.integers("strides") == Integers{2, 3});
  CHECK(average.text("pad_type") == "same");
  CHECK(average.integer("exclude_padding_from_average") == 1);

  const ReadNetwork last_pixel =
      read_layer(120, ProtoWriter().integer(1, 2).message(32, list(10, {1, 2})));
  CHECK(last_pixel.operation().type == "l2_pool");
  CHECK(last_pixel.text("pad_type") == "custom");
  CHECK(last_pixel.integers("pad") == Integers{1, 1, 2, 2});
  CHECK(last_pixel.integer("ceil_mode") == 1);
}

TEST_CASE("a global pooling is a reduction over height and width") {
  for (const auto& [type, name] :
       {std::pair{0, "reduce_max"}, std::pair{1, "reduce_mean"}, std::pair{2, "reduce_l2_norm"}}) {
    const ReadNetwork read = read_layer(120, ProtoWriter().integer(1, type).integer(60, 1));
    CHECK(read.operation().type == name);
    CHECK(read.integers("axes") == Integers{-2, -1});
    CHECK(read.integer("keep_dims") == 1);
  }
  const ReadNetwork deep = read_layer(1466, ProtoWriter().integer(1, 1));
  CHECK(deep.operation().type == "reduce_mean");
  CHECK(deep.integers("axes") == Integers{-3, -2, -1});
}

TEST_CASE("three-dimensional poolings have three of everything") {
  const ReadNetwork read = read_layer(
      1465, ProtoWriter().integer(1, 1).integer(2, 2).integer(4, 5).integer(6, 2).integer(9, 1));
  CHECK(read.operation().type == "avg_pool");
  CHECK(read.integers("kernel_sizes") == Integers{2, 3, 5});
  CHECK(read.integers("strides") == Integers{1, 2, 1});
  CHECK(read.integers("pad") == Integers{0, 1, 0, 0, 0, 0});
}

TEST_CASE("padding and cropping keep their amounts") {
  const ReadNetwork constant = read_layer(
      200,
      ProtoWriter().message(1, ProtoWriter().float32(1, 0.5F)).message(10, borders(1, 2, 3, 4)));
  CHECK(constant.integers("pad") == Integers{1, 2, 3, 4});
  CHECK(constant.text("mode") == "constant");
  CHECK(constant.number("constant_val") == 0.5);
  CHECK(read_layer(200, ProtoWriter().message(2, {})).text("mode") == "reflect");
  CHECK(read_layer(200, ProtoWriter().message(3, {})).text("mode") == "replicate");

  const ReadNetwork crop = read_layer(190, ProtoWriter().message(1, borders(1, 2, 3, 4)));
  CHECK(crop.operation().type == "crop");
  CHECK(crop.integers("crop_height") == Integers{1, 2});
  CHECK(crop.integers("crop_width") == Integers{3, 4});
  const ReadNetwork like = read_layer(190, list(5, {4, 6}), 2);
  CHECK(like.operation().type == "crop_like");
  CHECK(like.reads("reference") == "y");
  CHECK(like.integers("offset") == Integers{4, 6});
}

TEST_CASE("resizing keeps factors, sizes and modes") {
  const ReadNetwork nearest = read_layer(210, list(1, {2, 3}));
  CHECK(nearest.operation().type == "upsample_nearest_neighbor");
  CHECK(nearest.number("scale_factor_height") == 2);
  CHECK(nearest.number("scale_factor_width") == 3);
  const ReadNetwork linear =
      read_layer(210, ProtoWriter().bytes(7, floats({1.5F, 2.5F})).integer(5, 1).integer(6, 1));
  CHECK(linear.operation().type == "upsample_bilinear");
  CHECK(linear.number("scale_factor_height") == 1.5);
  CHECK(linear.number("scale_factor_width") == 2.5);
  CHECK(linear.integer("align_corners") == 1);

  const ReadNetwork resize =
      read_layer(211, list(1, {20, 30}).message(2, ProtoWriter().integer(1, 2)));
  CHECK(resize.integer("target_size_height") == 20);
  CHECK(resize.integer("target_size_width") == 30);
  CHECK(resize.text("sampling_mode") == "DEFAULT");

  const ReadNetwork boxes = read_layer(212, list(1, {7, 5}).integer(2, 1).float32(5, 0.25F), 2);
  CHECK(boxes.reads("roi") == "y");
  CHECK(boxes.integer("target_height") == 7);
  CHECK(boxes.integer("target_width") == 5);
  CHECK(boxes.number("spatial_scale") == 0.25);
  CHECK(boxes.integer("normalized_coordinates") == 1);
}

TEST_CASE("data moves between channels and space by the block's size") {
  const auto with = [](int64_t mode) {
    return read_layer(345, ProtoWriter().integer(1, mode).integer(2, 2));
  };
  CHECK(with(0).operation().type == "space_to_depth");
  CHECK(with(1).operation().type == "depth_to_space");
  CHECK(with(1).integer("block_size") == 2);
  CHECK(with(2).operation().type == "pixel_shuffle");
  CHECK(with(2).integer("upscale_factor") == 2);
}
