// Convolutions and pools by hand.
#include "tests/catch.h"
#include "tests/unit/models/analysis/inferred.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

struct Layer {
  Shape x{1, 3, 7, 7};
  Shape weight{8, 3, 3, 3};
  std::vector<Argument> more;
};

Shape conv(GraphBuilder& graph, Layer layer, const std::string& type = "conv") {
  layer.more.push_back({"x", {graph.input("x", DataType::fp16, layer.x)}});
  layer.more.push_back({"weight", {graph.weight(DataType::fp16, layer.weight)}});
  return inferred(graph, graph.add(type, layer.more));
}

Shape pool(GraphBuilder& graph, Shape x, std::vector<int64_t> kernel, std::vector<int64_t> strides,
           std::vector<int64_t> pad, bool ceil) {
  return inferred(graph,
                  graph.add("max_pool", {{"x", {graph.input("x", DataType::fp16, std::move(x))}},
                                         {"kernel_sizes", {graph.integers(std::move(kernel))}},
                                         {"strides", {graph.integers(std::move(strides))}},
                                         {"pad_type", {graph.text("custom")}},
                                         {"pad", {graph.integers(std::move(pad))}},
                                         {"ceil_mode", {graph.flag(ceil)}}}));
}

}  // namespace

TEST_CASE("a convolution without more arguments slides by one over what there is") {
  GraphBuilder graph;
  CHECK(conv(graph, {}) == Shape{1, 8, 5, 5});
}

TEST_CASE("same padding divides odd sizes upwards, whatever the kernel") {
  for (const char* padding : {"same", "same_lower"}) {
    GraphBuilder graph;
    CHECK(conv(graph, {{1, 3, 7, 8},
                       {8, 3, 5, 1},
                       {{"pad_type", {graph.text(padding)}},
                        {"strides", {graph.integers({2, 2})}}}}) == Shape{1, 8, 4, 4});
  }
}

TEST_CASE("a pad is only looked at when padding is custom") {
  GraphBuilder valid, custom;
  CHECK(conv(valid, {{1, 3, 7, 7},
                     {8, 3, 3, 3},
                     {{"pad_type", {valid.text("valid")}},
                      {"pad", {valid.integers({9, 9, 9, 9})}}}}) == Shape{1, 8, 5, 5});
  CHECK(conv(custom, {{1, 3, 7, 7},
                      {8, 3, 3, 3},
                      {{"pad_type", {custom.text("custom")}},
                       {"pad", {custom.integers({0, 1, 2, 3})}}}}) == Shape{1, 8, 6, 10});
}

TEST_CASE("dilation widens the kernel") {
  GraphBuilder graph;
  CHECK(conv(graph, {{1, 3, 20, 20}, {8, 3, 3, 3}, {{"dilations", {graph.integers({2, 9})}}}}) ==
        Shape{1, 8, 16, 2});
}

TEST_CASE("a kernel larger than its input leaves the size open") {
  GraphBuilder graph;
  CHECK(conv(graph, {{1, 3, 2, 7}, {8, 3, 3, 3}, {}}) == Shape{1, 8, kAnyExtent, 5});
}

TEST_CASE("convolutions of one and three dimensions follow their kernel") {
  GraphBuilder one, three;
  CHECK(conv(one, {{2, 3, 10}, {4, 3, 3}, {}}) == Shape{2, 4, 8});
  CHECK(conv(three, {{2, 3, 10, 9, 8}, {4, 3, 3, 3, 3}, {}}) == Shape{2, 4, 8, 7, 6});
}

TEST_CASE("a convolution in an old network slides over the last two of five dimensions") {
  GraphBuilder graph;
  CHECK(conv(graph, {{4, 1, 3, 224, 224},
                     {32, 3, 3, 3},
                     {{"strides", {graph.integers({2, 2})}},
                      {"pad_type", {graph.text("same")}}}}) == Shape{4, 1, 32, 112, 112});
}

TEST_CASE("open dimensions stay open where the window goes, and only there") {
  GraphBuilder graph;
  CHECK(conv(graph, {{kAnyExtent, 3, kAnyExtent, 9}, {8, 3, 3, 3}, {}}) ==
        Shape{kAnyExtent, 8, kAnyExtent, 7});
}

TEST_CASE("a transposed convolution grows") {
  GraphBuilder valid, same, custom, stated;
  const std::string type = "conv_transpose";
  CHECK(conv(valid, {{1, 8, 5, 5}, {8, 4, 3, 3}, {{"strides", {valid.integers({2, 2})}}}}, type) ==
        Shape{1, 4, 11, 11});
  CHECK(conv(same,
             {{1, 8, 5, 5},
              {8, 4, 3, 3},
              {{"strides", {same.integers({2, 3})}}, {"pad_type", {same.text("same")}}}},
             type) == Shape{1, 4, 10, 15});
  CHECK(conv(custom,
             {{1, 8, 5, 5},
              {8, 4, 4, 4},
              {{"strides", {custom.integers({2, 2})}},
               {"groups", {custom.integer(2)}},
               {"pad_type", {custom.text("custom")}},
               {"pad", {custom.integers({1, 1, 0, 1})}}}},
             type) == Shape{1, 8, 10, 11});
  CHECK(conv(stated,
             {{1, 8, 5, 5}, {8, 4, 3, 3}, {{"output_shape", {stated.integers({1, 4, 12, 10})}}}},
             type) == Shape{1, 4, 12, 10});
}

TEST_CASE("ceil_mode adds the window that hangs over") {
  GraphBuilder floor, ceil;
  CHECK(pool(floor, {1, 3, 6, 6}, {3, 3}, {2, 2}, {0, 0, 0, 0}, false) == Shape{1, 3, 2, 2});
  CHECK(pool(ceil, {1, 3, 6, 6}, {3, 3}, {2, 2}, {0, 0, 0, 0}, true) == Shape{1, 3, 3, 3});
}

TEST_CASE("ceil_mode adds no window that begins in the padding at the end") {
  GraphBuilder graph;  // starts at -1, 1, 3; the next would begin at 5, where the input ends
  CHECK(pool(graph, {1, 3, 5, 5}, {2, 2}, {2, 2}, {1, 1, 1, 1}, true) == Shape{1, 3, 3, 3});
}

TEST_CASE("an old network clips a window in one dimension when another is padded") {
  GraphBuilder program, old;
  old.function().old_network = true;
  const std::vector<int64_t> pad{0, 0, 1, 1};
  CHECK(pool(program, {1, 3, 5, 5}, {1, 2}, {3, 2}, pad, true) == Shape{1, 3, 3, 3});
  CHECK(pool(old, {1, 1, 3, 5, 5}, {1, 2}, {3, 2}, pad, true) == Shape{1, 1, 3, 2, 3});
}

TEST_CASE("windows that make no sense give no shape") {
  GraphBuilder stride, rank, list;
  CHECK(conv(stride, {{1, 3, 7, 7}, {8, 3, 3, 3}, {{"strides", {stride.integers({0, 1})}}}}) ==
        Shape{1, 8, kAnyExtent, 5});
  CHECK(conv(rank, {{7, 7}, {8, 3, 3, 3}, {}}) == kUnranked);
  CHECK(conv(list, {{1, 3, 7, 7}, {8, 3, 3, 3}, {{"strides", {list.integers({1})}}}}) == kUnranked);
}
