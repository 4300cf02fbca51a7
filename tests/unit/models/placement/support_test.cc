#include "models/placement/support.h"

#include <functional>

#include "tests/catch.h"
#include "tests/models/graph_builder.h"

namespace anemon::models {
namespace {

using test::GraphBuilder;

constexpr DataType kHalf = DataType::fp16;
const Shape kImage = {1, 64, 32, 32};

TensorType half(Shape shape) { return {kHalf, true, std::move(shape)}; }
TensorType typed(DataType dtype, Shape shape = kImage) { return {dtype, true, std::move(shape)}; }

// The ids of what refuses the last operation that `build` adds, joined by blanks.
std::string refusals(const std::function<void(GraphBuilder&)>& build,
                     const Chip& chip = default_chip(), bool old_network = false) {
  GraphBuilder graph;
  build(graph);
  graph.function().old_network = old_network;
  std::vector<ValueType> types;
  for (const Value& value : graph.function().values) types.push_back(value.type);
  const OperationView view(graph.function(), graph.function().body.operations.back(), types);
  std::string ids;
  for (const Refusal& refusal : ane_refusals(view, chip)) {
    CHECK_FALSE(refusal.reason.empty());
    CHECK(refusal.confidence != Confidence::none);
    if (!ids.empty()) ids += ' ';
    ids += refusal.rule;
  }
  const std::optional<Refusal> first = ane_refusal(view, chip);
  CHECK(first.has_value() == !ids.empty());
  if (first) CHECK(ids.starts_with(first->rule));
  return ids;
}

std::string unary(const std::string& type, TensorType x, TensorType result,
                  const Chip& chip = default_chip(), bool old_network = false) {
  return refusals(
      [&](GraphBuilder& g) {
        g.add(type, {{"x", {g.input("x", x.dtype, x.shape)}}}, {result});
      },
      chip, old_network);
}

std::string conv(Shape weight, const Chip& chip = default_chip()) {
  return refusals(
      [&](GraphBuilder& g) {
        g.add("conv", {{"x", {g.input("x", kHalf, kImage)}}, {"weight", {g.weight(kHalf, weight)}}},
              {half(kImage)});
      },
      chip);
}

std::string max_pool(std::vector<int64_t> window, const Chip& chip = default_chip()) {
  return refusals(
      [&](GraphBuilder& g) {
        g.add("max_pool",
              {{"x", {g.input("x", kHalf, kImage)}}, {"kernel_sizes", {g.integers(window)}}},
              {half(kImage)});
      },
      chip);
}

std::string matmul(int64_t inner, bool turned = false, const Chip& chip = default_chip()) {
  return refusals(
      [&](GraphBuilder& g) {
        const Shape x = turned ? Shape{1, inner, 16} : Shape{1, 16, inner};
        g.add("matmul",
              {{"x", {g.input("x", kHalf, x)}},
               {"y", {g.input("y", kHalf, {1, inner, 16})}},
               {"transpose_x", {g.flag(turned)}}},
              {half({1, 16, 16})});
      },
      chip);
}

TEST_CASE("arithmetic in fp32 is refused in programs, casts and old networks are not") {
  CHECK(unary("relu", typed(DataType::fp32), typed(DataType::fp32)) == "DT-1");
  CHECK(unary("relu", half(kImage), half(kImage)).empty());
  CHECK(unary("cast", typed(DataType::fp32), half(kImage)).empty());
  CHECK(unary("cast", half(kImage), typed(DataType::fp32)).empty());
  CHECK(unary("relu", typed(DataType::fp32), typed(DataType::fp32), default_chip(), true).empty());
}

TEST_CASE("32-bit integers are refused, comparisons and 16-bit indices are not") {
  CHECK(unary("cast", half(kImage), typed(DataType::int32)) == "DT-3");
  CHECK(unary("cast", typed(DataType::int32), half(kImage)) == "DT-3");
  CHECK(unary("cast", half(kImage), typed(DataType::int8)) == "DT-3");
  CHECK(unary("cast", typed(DataType::boolean), half(kImage)).empty());
  CHECK(unary("abs", typed(DataType::int32), typed(DataType::int32)) == "DT-3");
  CHECK(unary("quantize", half(kImage), typed(DataType::int8)).empty());
  CHECK(refusals([](GraphBuilder& g) {
          g.add("greater",
                {{"x", {g.input("x", kHalf, kImage)}}, {"y", {g.input("y", kHalf, kImage)}}},
                {typed(DataType::boolean)});
        }).empty());
  CHECK(refusals([](GraphBuilder& g) {
          g.add("topk", {{"x", {g.input("x", kHalf, kImage)}}, {"k", {g.integer(4)}}},
                {half({1, 64, 32, 4}), typed(DataType::int32, {1, 64, 32, 4})});
        }).empty());
  CHECK(refusals([](GraphBuilder& g) {
          g.add("gather_along_axis",
                {{"x", {g.input("x", kHalf, kImage)}},
                 {"indices", {g.input("indices", DataType::int32, kImage)}}},
                {half(kImage)});
        }).empty());
}

TEST_CASE("parameters may be 32-bit integers") {
  CHECK(refusals([](GraphBuilder& g) {
          g.add("reshape",
                {{"x", {g.input("x", kHalf, kImage)}}, {"shape", {g.integers({1, 64, 1024})}}},
                {half({1, 64, 1024})});
        }).empty());
}

TEST_CASE("64-bit numbers and strings are refused") {
  for (const DataType type : {DataType::int64, DataType::fp64, DataType::string}) {
    CHECK(unary("identity", typed(type), typed(type)) == "DT-4");
  }
}

TEST_CASE("what has no implementation is refused by its kind") {
  CHECK(unary("lstm", half(kImage), half(kImage)) == "OP-1");
  CHECK(unary("custom", half(kImage), half(kImage)) == "OP-2");
  CHECK(unary("while_loop", half(kImage), half(kImage)) == "OP-3");
  CHECK(unary("list_read", half(kImage), half(kImage)) == "OP-3");
  for (const char* type : {"asin", "acos", "tan", "sinh", "cosh", "atanh", "mod", "reduce_prod",
                           "cumsum", "band_part", "sliding_windows", "crop_resize", "scatter"}) {
    CHECK(unary(type, half(kImage), half(kImage)) == "OP-4");
  }
  CHECK(unary("no_such_operation", half(kImage), half(kImage)) == "OP-6");
  for (const char* type : {"conv_transpose", "softmax", "atan", "gelu", "reduce_sum", "transpose",
                           "layer_norm", "tile", "resize_bilinear", "space_to_depth"}) {
    INFO(type);
    CHECK(unary(type, half(kImage), half(kImage)).empty());
  }
}

TEST_CASE("gather runs there by constant indices only") {
  const auto gather = [](const std::string& type, bool dynamic) {
    return refusals([&](GraphBuilder& g) {
      const ValueId indices =
          dynamic ? g.input("indices", DataType::int32, {3}) : g.integers({1, 2, 3});
      g.add(type, {{"x", {g.input("x", kHalf, kImage)}}, {"indices", {indices}}},
            {half({1, 3, 32, 32})});
    });
  };
  for (const char* type : {"gather", "gather_nd"}) {
    CHECK(gather(type, false).empty());
    CHECK(gather(type, true) == "OP-5");
  }
}

TEST_CASE("slices begin at constants") {
  const auto slice = [](bool dynamic) {
    return refusals([&](GraphBuilder& g) {
      const ValueId begin =
          dynamic ? g.input("begin", DataType::int32, {4}) : g.integers({0, 0, 4, 4});
      g.add("slice_by_size",
            {{"x", {g.input("x", kHalf, kImage)}},
             {"begin", {begin}},
             {"size", {g.integers({1, 64, 16, 16})}}},
            {half({1, 64, 16, 16})});
    });
  };
  CHECK(slice(false).empty());
  CHECK(slice(true) == "OP-4");
}

TEST_CASE("padding is with zeros, or with what is there") {
  const auto pad = [](const std::string& mode, double fill) {
    return refusals([&](GraphBuilder& g) {
      g.add("pad",
            {{"x", {g.input("x", kHalf, kImage)}},
             {"pad", {g.integers({1, 1, 1, 1})}},
             {"mode", {g.text(mode)}},
             {"constant_val", {g.numbers(kHalf, {}, {fill})}}},
            {half({1, 64, 34, 34})});
    });
  };
  CHECK(pad("constant", 0).empty());
  CHECK(pad("constant", -1) == "OP-7");
  CHECK(pad("reflect", -1).empty());
  CHECK(pad("replicate", 0).empty());
}

TEST_CASE("argmax is over channels or space, and gives no 32-bit integers") {
  const auto argmax = [](int64_t axis, DataType result) {
    return refusals([&](GraphBuilder& g) {
      g.add("reduce_argmax", {{"x", {g.input("x", kHalf, kImage)}}, {"axis", {g.integer(axis)}}},
            {typed(result, {1, 64, 32})});
    });
  };
  CHECK(argmax(1, DataType::uint16).empty());
  CHECK(argmax(-1, DataType::uint16).empty());
  CHECK(argmax(0, DataType::uint16) == "OP-7");
  CHECK(argmax(-4, DataType::uint16) == "OP-7");
  CHECK(argmax(1, DataType::int32) == "DT-3");
}

TEST_CASE("suppression takes 2048 boxes") {
  const auto suppression = [](int64_t boxes) {
    return refusals([&](GraphBuilder& g) {
      g.add("non_maximum_suppression", {{"boxes", {g.input("boxes", kHalf, {1, boxes, 4})}}},
            {half({1, 10, 4})});
    });
  };
  CHECK(suppression(2048).empty());
  CHECK(suppression(2049) == "OP-7");
}

TEST_CASE("blocks go to the batch in two dimensions") {
  CHECK(unary("space_to_batch", half(kImage), half(kImage)).empty());
  CHECK(unary("space_to_batch", half({1, 4, 8, 8, 8}), half({1, 4, 8, 8, 8})) == "OP-7");
}

TEST_CASE("an old inner product takes one row of one column") {
  const auto inner = [](Shape x) {
    return refusals(
        [&](GraphBuilder& g) {
          g.add("linear",
                {{"x", {g.input("x", DataType::fp32, x)}},
                 {"weight", {g.weight(DataType::fp32, {10, 64})}},
                 {"channel_axis", {g.integer(-3)}}},
                {typed(DataType::fp32, {1, 1, 10, 1, 1})});
        },
        default_chip(), true);
  };
  CHECK(inner({1, 1, 64, 1, 1}).empty());
  CHECK(inner({1, 1, 4, 4, 4}) == "OP-7");
}

TEST_CASE("shapes that depend on data are refused") {
  const auto reshape = [](bool dynamic) {
    return refusals([&](GraphBuilder& g) {
      const ValueId shape =
          dynamic ? g.input("shape", DataType::int32, {2}) : g.integers({64, 1024});
      g.add("reshape", {{"x", {g.input("x", kHalf, kImage)}}, {"shape", {shape}}},
            {half({64, 1024})});
    });
  };
  CHECK(reshape(false).empty());
  CHECK(reshape(true) == "SH-10");
  CHECK(unary("shape", half(kImage), typed(DataType::int32, {4})) == "OP-4 SH-10 DT-3");
}

TEST_CASE("tensors have five dimensions at most") {
  CHECK(unary("relu", half({1, 4, 16, 32, 32}), half({1, 4, 16, 32, 32})).empty());
  CHECK(unary("relu", half({1, 1, 4, 16, 8, 8}), half({1, 1, 4, 16, 8, 8})) == "SH-1");
}

TEST_CASE("extents have the chip's limit") {
  const auto wide = [](int64_t extent, const char* chip) {
    return unary("relu", half({1, 1, 1, extent}), half({1, 1, 1, extent}), *find_chip(chip));
  };
  CHECK(wide(65536, "M4").empty());
  CHECK(wide(65537, "M4") == "SH-3");
  CHECK(wide(16384, "M1").empty());
  CHECK(wide(16385, "M1") == "SH-3");
  CHECK(wide(16385, "A17 Pro").empty());
}

TEST_CASE("products sum over 32768 elements at most, where the limit is known") {
  CHECK(matmul(32768).empty());
  CHECK(matmul(40000) == "SH-4");
  CHECK(matmul(40000, true) == "SH-4");
  CHECK(matmul(40000, false, *find_chip("A18")).empty());
}

TEST_CASE("convolution windows are 15 wide, 31 high or 16 square") {
  CHECK(conv({64, 64, 1, 15}).empty());
  CHECK(conv({64, 64, 1, 16}) == "SH-5");
  CHECK(conv({64, 64, 31, 1}).empty());
  CHECK(conv({64, 64, 32, 1}) == "SH-5");
  CHECK(conv({64, 64, 16, 16}).empty());
  CHECK(conv({64, 64, 17, 17}) == "SH-5");
  CHECK(conv({64, 64, 15}).empty());
  CHECK(conv({64, 64, 16}) == "SH-5");
  CHECK(conv({64, 64, 1, 31}, *find_chip("M2")).empty());
}

TEST_CASE("maxima are pooled over 8 columns at most") {
  CHECK(max_pool({8, 8}).empty());
  CHECK(max_pool({9, 1}).empty());
  CHECK(max_pool({1, 9}) == "SH-7");
  CHECK(max_pool({9, 9}) == "SH-7");
  CHECK(max_pool({9, 9}, *find_chip("M1")).empty());
  CHECK(max_pool({9, 9}, *find_chip("M2")).empty());
}

TEST_CASE("models that are updatable or no networks are refused as a whole") {
  Model model;
  model.kind = "mlProgram";
  CHECK_FALSE(refused_model(model));
  model.updatable = true;
  REQUIRE(refused_model(model));
  CHECK(refused_model(model)->rule == "MX-3");
  CHECK(refused_model(model)->reason == "updatable model");
  Model trees;
  trees.kind = "treeEnsembleClassifier";
  REQUIRE(refused_model(trees));
  CHECK_THAT(refused_model(trees)->reason, ANEMON_CONTAINS("treeEnsembleClassifier"));
}

TEST_CASE("few operations do not run on the GPU") {
  const auto on_gpu = [](const std::string& type) {
    GraphBuilder g;
    g.add(type, {{"x", {g.input("x", kHalf, kImage)}}}, {half(kImage)});
    std::vector<ValueType> types;
    for (const Value& value : g.function().values) types.push_back(value.type);
    return !gpu_refusal({g.function(), g.function().body.operations.back(), types});
  };
  CHECK(on_gpu("relu"));
  CHECK(on_gpu("lstm"));
  CHECK(on_gpu("cumsum"));
  CHECK_FALSE(on_gpu("crop_resize"));
  CHECK_FALSE(on_gpu("sliding_windows"));
  CHECK_FALSE(on_gpu("while_loop"));
}

}  // namespace
}  // namespace anemon::models
