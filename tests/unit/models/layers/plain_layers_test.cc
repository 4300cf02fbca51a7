// Arguments of layers that compute by element, by matrix, or only move data.
#include "tests/catch.h"
#include "tests/unit/models/layers/network_writer.h"

using namespace anemon::models;
using namespace anemon::models::test;

using Integers = std::vector<int64_t>;

TEST_CASE("an inner product is a linear operation over the channels") {
  const ReadNetwork read = read_layer(
      140,
      ProtoWriter().integer(1, 12).integer(2, 5).message(20, weights(60)).message(21, weights(5)));
  CHECK(read.operation().type == "linear");
  CHECK(read.shape("weight") == Shape{5, 12});
  CHECK(read.shape("bias") == Shape{5});
  CHECK(read.integer("channel_axis") == -3);
}

TEST_CASE("a batched product with weights is linear, with two inputs a matmul") {
  const ReadNetwork one =
      read_layer(1045, ProtoWriter().integer(5, 12).integer(6, 5).message(8, weights(60)));
  CHECK(one.operation().type == "linear");
  CHECK(one.shape("weight") == Shape{5, 12});
  CHECK_FALSE(one.has("channel_axis"));
  const ReadNetwork two = read_layer(1045, ProtoWriter().integer(2, 1), 2);
  CHECK(two.operation().type == "matmul");
  CHECK(two.reads("y") == "y");
  CHECK(two.integer("transpose_x") == 0);
  CHECK(two.integer("transpose_y") == 1);
}

TEST_CASE("embeddings look up along the axis of their family") {
  const auto params = [](uint32_t first, uint32_t second) {
    return ProtoWriter().integer(first, 10).integer(second, 4).message(20, weights(40));
  };
  const ReadNetwork old = read_layer(150, params(1, 2));
  CHECK(old.shape("weight") == Shape{4, 10});
  CHECK(old.integer("axis") == -3);
  const ReadNetwork nd = read_layer(1040, params(1, 2));
  CHECK(nd.shape("weight") == Shape{4, 10});
  CHECK(nd.integer("axis") == -1);
}

TEST_CASE("normalisations name their axes and weights") {
  const auto batch = [](bool compute, bool instance) {
    ProtoWriter params = ProtoWriter().integer(1, 8).float32(10, 0.25F);
    params.integer(5, compute ? 1 : 0).integer(6, instance ? 1 : 0);
    for (const uint32_t field : {15U, 16U, 17U, 18U}) params.message(field, weights(8));
    return params;
  };
  const ReadNetwork plain = read_layer(160, batch(false, false));
  CHECK(plain.operation().type == "batch_norm");
  for (const char* name : {"gamma", "beta", "mean", "variance"}) {
    CHECK(plain.shape(name) == Shape{8});
  }
  CHECK(plain.number("epsilon") == 0.25);
  CHECK(plain.integer("axis") == -3);
  CHECK(read_layer(160, batch(true, false)).operation().type == "batch_norm");
  const ReadNetwork instance = read_layer(160, batch(true, true));
  CHECK(instance.operation().type == "instance_norm");
  CHECK_FALSE(instance.has("mean"));

  const ReadNetwork mvn = read_layer(165, ProtoWriter().integer(1, 1).integer(2, 1));
  CHECK(mvn.operation().type == "layer_norm");
  CHECK(mvn.integers("axes") == Integers{-3, -2, -1});
  CHECK(read_layer(165, {}).operation().type == "mvn");
  CHECK(read_layer(165, {}).integers("axes") == Integers{-2, -1});

  const ReadNetwork norm =
      read_layer(1350, list(1, {6, 7}).message(3, weights(42)).message(4, weights(42)));
  CHECK(norm.integers("axes") == Integers{-2, -1});
  CHECK(norm.shape("gamma") == Shape{6, 7});
  CHECK(read_layer(175, {}).integer("axis") == -3);
  CHECK(read_layer(950, ProtoWriter().integer(1, 1)).integer("axis") == 1);
  CHECK(read_layer(180, ProtoWriter().integer(3, 5)).integer("size") == 5);
}

TEST_CASE("unary functions keep what they do to the operand first") {
  const ReadNetwork power = read_layer(
      220, ProtoWriter().integer(1, 3).float32(2, 2.0F).float32(4, 0.5F).float32(5, 3.0F));
  CHECK(power.operation().type == "pow");
  CHECK(power.number("y") == 2);
  CHECK(power.number("scale") == 3);
  CHECK(power.number("shift") == 0.5);
  const ReadNetwork log =
      read_layer(220, ProtoWriter().integer(1, 5).float32(3, 0.125F).float32(5, 1.0F));
  CHECK(log.operation().type == "log");
  CHECK(log.number("epsilon") == 0.125);
  CHECK_FALSE(log.has("scale"));
  CHECK_FALSE(log.has("shift"));
  CHECK(read_layer(220, ProtoWriter().integer(1, 7)).operation().type == "threshold");
  CHECK(read_layer(220, ProtoWriter().integer(1, 8)).oddities.size() == 1);
}

TEST_CASE("activations become the operation of their function") {
  const std::pair<uint32_t, const char*> functions[] = {{5, "linear_activation"},
                                                        {10, "relu"},
                                                        {15, "leaky_relu"},
                                                        {20, "thresholded_relu"},
                                                        {25, "prelu"},
                                                        {30, "tanh"},
                                                        {31, "scaled_tanh"},
                                                        {40, "sigmoid"},
                                                        {41, "sigmoid_hard"},
                                                        {50, "elu"},
                                                        {60, "softsign"},
                                                        {70, "softplus"},
                                                        {71, "softplus_parametric"}};
  for (const auto& [field, name] : functions) {
    CHECK(read_layer(130, ProtoWriter().message(field, {})).operation().type == name);
  }
  const ReadNetwork hard =
      read_layer(130, ProtoWriter().message(41, ProtoWriter().float32(1, 0.5F).float32(2, 0.25F)));
  CHECK(hard.number("alpha") == 0.5);
  CHECK(hard.number("beta") == 0.25);
  const ReadNetwork prelu =
      read_layer(130, ProtoWriter().message(25, ProtoWriter().message(1, weights(8))));
  CHECK(prelu.shape("alpha") == Shape{8});
  const ReadNetwork none = read_layer(130, {});
  CHECK(none.operation().type == "identity");
  CHECK(none.oddities.size() == 1);
}

TEST_CASE("layers of many operands take two, more, or one and a number") {
  CHECK(read_layer(230, {}, 2).reads("y") == "y");
  const ReadNetwork shifted = read_layer(230, ProtoWriter().float32(1, 1.5F), 1);
  CHECK(shifted.number("y") == 1.5);
  const ReadNetwork three = read_layer(231, {}, 3);
  CHECK(three.operation().type == "mul_n");
  CHECK(three.reads("values") == "x y z");
  CHECK(read_layer(260, {}, 3).operation().type == "maximum_n");
  CHECK(read_layer(261, {}, 1).operation().type == "identity");
  CHECK(read_layer(240, {}, 2).reads("values") == "x y");
  CHECK(read_layer(815, ProtoWriter().float32(1, 0.5F)).number("y") == 0.5);
  CHECK(read_layer(830, ProtoWriter().float32(2, 0.5F)).number("y") == 0.5);
  CHECK(read_layer(1330, {}, 3).reads("b") == "z");
}

TEST_CASE("scale and bias broadcast over the channels they name") {
  const ReadNetwork scale = read_layer(245, list(1, {8}).message(2, weights(8)));
  CHECK(scale.operation().type == "mul");
  CHECK(scale.shape("y") == Shape{8, 1, 1});
  const ReadNetwork both = read_layer(245, list(1, {8})
                                               .message(2, weights(8))
                                               .integer(3, 1)
                                               .append(list(4, {8, 6, 6}).bytes())
                                               .message(5, weights(288)));
  CHECK(both.operation().type == "scale");
  CHECK(both.shape("scale") == Shape{8, 1, 1});
  CHECK(both.shape("bias") == Shape{8, 6, 6});
  const ReadNetwork bias = read_layer(250, list(1, {1}).message(2, weights(1)));
  CHECK(bias.operation().type == "add");
  CHECK(bias.shape("y") == Shape{1, 1, 1});
}

TEST_CASE("axes of old layers count from the end") {
  CHECK(read_layer(320, {}, 2).integer("axis") == -3);
  CHECK(read_layer(320, ProtoWriter().integer(100, 1), 2).integer("axis") == -5);
  CHECK(read_layer(330, ProtoWriter().integer(1, 2)).integer("axis") == -3);
  CHECK(read_layer(330, ProtoWriter().integer(1, 2)).integer("num_splits") == 2);
  const ReadNetwork slice =
      read_layer(350, ProtoWriter().integer(1, 1).integer(2, -1).integer(3, 2).integer(4, 1));
  CHECK(slice.operation().type == "slice");
  CHECK(slice.integer("axis") == -2);
  CHECK(slice.integer("begin") == 1);
  CHECK(slice.integer("end") == -1);
  CHECK(slice.integer("stride") == 2);
}

TEST_CASE("old reductions reduce the axes of their enumeration") {
  const auto axes = [](int64_t axis) {
    return read_layer(280, ProtoWriter().integer(3, axis)).integers("axes");
  };
  CHECK(axes(0) == Integers{-3, -2, -1});
  CHECK(axes(1) == Integers{-2, -1});
  CHECK(axes(2) == Integers{-3});
  CHECK(axes(3) == Integers{-2});
  CHECK(axes(4) == Integers{-1});
  const ReadNetwork most = read_layer(280, ProtoWriter().integer(1, 9).integer(3, 4));
  CHECK(most.operation().type == "reduce_argmax");
  CHECK(most.integer("axis") == -1);
  CHECK(read_layer(280, ProtoWriter().integer(1, 3)).operation().type == "reduce_log_sum");

  const ReadNetwork nd = read_layer(1270, list(1, {1, 2}).integer(2, 1));
  CHECK(nd.integers("axes") == Integers{1, 2});
  CHECK(nd.integer("keep_dims") == 1);
  CHECK_FALSE(read_layer(1270, list(1, {1}).integer(3, 1)).has("axes"));
}

TEST_CASE("shapes and orders speak of all five dimensions") {
  CHECK(read_layer(300, list(1, {4, 5, 6})).integers("shape") == Integers{0, 0, 4, 5, 6});
  CHECK(read_layer(300, list(1, {2, 4, 5, 6})).integers("shape") == Integers{2, 0, 4, 5, 6});
  CHECK_FALSE(read_layer(300, list(1, {4, 5, 6})).has("mode"));
  CHECK(read_layer(300, list(1, {4, 5, 6}).integer(2, 1)).text("mode") == "channel_last");
  CHECK(read_layer(310, list(1, {0, 3, 1, 2})).integers("perm") == Integers{0, 1, 4, 2, 3});
  CHECK(read_layer(310, list(1, {3, 1, 2, 0})).integers("perm") == Integers{4, 1, 2, 3, 0});
  CHECK(read_layer(310, {}).integers("perm") == Integers{0, 1, 2, 3, 4});
  CHECK(read_layer(340, ProtoWriter().integer(1, 3)).integers("reps") == Integers{3, 1, 1, 1, 1});
  CHECK(read_layer(985, list(1, {1, 0})).integers("perm") == Integers{1, 0});
  CHECK(read_layer(1140, list(1, {-1, 4})).integers("shape") == Integers{-1, 4});
  CHECK(read_layer(1145, {}, 2).reads("shape") == "y");
  CHECK(read_layer(1120, list(1, {0})).integers("axes") == Integers{0});
  CHECK_FALSE(read_layer(1120, list(1, {0}).integer(2, 1)).has("axes"));
}

TEST_CASE("parameters of layers of any rank may come from inputs") {
  CHECK(read_layer(920, list(1, {2, 3})).integers("reps") == Integers{2, 3});
  CHECK(read_layer(920, list(1, {2, 3}), 2).reads("reps") == "y");
  CHECK(read_layer(1015, ProtoWriter().integer(2, 5)).integer("k") == 5);
  CHECK(read_layer(1015, ProtoWriter().integer(2, 5), 2).reads("k") == "y");
  const ReadNetwork still =
      read_layer(995, list(1, {1, 2})
                          .append(list(3, {3, 4}).append(list(5, {1, 1}).bytes()).bytes())
                          .append(list(4, {0, 1}).bytes()));
  CHECK(still.integers("begin") == Integers{1, 2});
  CHECK(still.integers("end") == Integers{3, 4});
  CHECK(still.integers("end_mask") == Integers{0, 1});
  CHECK_FALSE(still.has("begin_mask"));
  const ReadNetwork moving = read_layer(1000, list(5, {1, 1}), 3);
  CHECK(moving.reads("begin") == "y");
  CHECK(moving.reads("end") == "z");
  CHECK(moving.integers("stride") == Integers{1, 1});
  const ReadNetwork range = read_layer(640, ProtoWriter().float32(3, 2.0F), 2);
  CHECK(range.reads("end") == "x");
  CHECK(range.reads("start") == "y");
  CHECK(range.number("step") == 2);
}

TEST_CASE("the rest of the layers of any rank keep their parameters") {
  CHECK(read_layer(975, ProtoWriter().integer(1, 1).append(list(3, {2, 4}).bytes()))
            .integers("split_sizes") == Integers{2, 4});
  CHECK(read_layer(975, ProtoWriter().integer(2, 3)).integer("num_splits") == 3);
  CHECK(read_layer(960, list(1, {0, 1, 1})).integers("axes") == Integers{1, 2});
  CHECK(read_layer(935, ProtoWriter().integer(1, 1).integer(2, 5), 3).text("mode") == "max");
  CHECK(read_layer(1025, ProtoWriter().integer(2, 1)).integer("keep_dims") == 0);
  CHECK(read_layer(1025, {}).integer("keep_dims") == 1);
  CHECK(read_layer(1461, ProtoWriter().integer(2, 1)).integer("ascending") == 0);
  CHECK(read_layer(1155, list(2, {1, 1, 0, 0})).integers("pad") == Integers{1, 1, 0, 0});
  const ReadNetwork sizes = read_layer(1155, list(2, {1, 1, 0, 0}).integer(3, 1));
  CHECK(sizes.operation().type == "constantPad");
  CHECK(sizes.integers("sizes") == Integers{1, 1, 0, 0});
  CHECK(read_layer(1320, ProtoWriter().integer(1, 2)).integer("upper") == 2);
  CHECK(read_layer(1320, ProtoWriter().integer(1, -2)).operation().type == "lowerTriangular");
  CHECK(read_layer(1325, ProtoWriter().integer(1, -2)).integer("lower") == 2);
  CHECK(read_layer(1325, ProtoWriter().integer(1, 2)).operation().type == "upperTriangular");
  CHECK(read_layer(1175, list(4, {2, 3})).integers("shape") == Integers{2, 3});
  CHECK(read_layer(1215, list(3, {2, 3})).integers("shape") == Integers{2, 3});
  CHECK(read_layer(1400, ProtoWriter().integer(3, 9), 2).integer("max_boxes") == 9);
  CHECK(read_layer(1400, ProtoWriter().integer(3, 9), 5).reads("max_boxes") == "w4");
  CHECK(read_layer(795, ProtoWriter().integer(1, 1)).text("mode") == "TANH_APPROXIMATION");
}

TEST_CASE("constants are values, with leading ones up to rank 5 for the old layer") {
  const ReadNetwork old = read_layer(290, list(1, {2, 3, 1}).message(2, weights(6)), 0);
  const Value& value = old.function.values[old.operation().results[0]];
  CHECK(old.operation().type == "const");
  CHECK(value.name == "out");
  CHECK(value.type.tensor.shape == Shape{1, 1, 2, 3, 1});
  REQUIRE(value.constant);
  CHECK(value.constant->data.size() == 24);
  const ReadNetwork nd = read_layer(1070, list(1, {2, 3}).message(2, weights(6)), 0);
  CHECK(nd.function.values[nd.operation().results[0]].type.tensor.shape == Shape{2, 3});
}

TEST_CASE("a custom layer keeps its class and its weights") {
  const ReadNetwork read = read_layer(
      500, ProtoWriter().bytes(10, "MyLayer").message(20, weights(3)).message(20, weights(5)), 2);
  CHECK(read.text("class_name") == "MyLayer");
  CHECK(read.reads("values") == "x y");
  REQUIRE(read.operation().argument("weights") != nullptr);
  const auto& found = read.operation().argument("weights")->values;
  REQUIRE(found.size() == 2);
  CHECK(read.function.values[found[1]].constant->data.size() == 20);
}
