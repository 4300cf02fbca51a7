// Writes a convolution network of some 5 million multiplications as small.mlpackage into a folder.
#include <iostream>

#include "tests/models/graph_builder.h"
#include "tests/models/model_writer.h"

using namespace anemon::models;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: small_model FOLDER\n";
    return 2;
  }
  constexpr int64_t kChannels = 16, kSide = 32;
  const Shape shape = {1, kChannels, kSide, kSide};
  test::GraphBuilder graph("CoreML7");
  ValueId x = graph.input("x", DataType::fp32, shape);
  for (int i = 0; i < 2; ++i) {
    const std::vector<ValueId> y =
        graph.add("conv",
                  {{"x", {x}},
                   {"weight", {graph.weight(DataType::fp32, {kChannels, kChannels, 3, 3})}},
                   {"strides", {graph.integers({1, 1})}},
                   {"pad_type", {graph.text("same")}},
                   {"dilations", {graph.integers({1, 1})}},
                   {"groups", {graph.integer(1)}}},
                  {{DataType::fp32, true, shape}});
    x = graph.add("sigmoid", {{"x", {y.front()}}}, {{DataType::fp32, true, shape}}).front();
  }
  graph.output(x);
  test::write_package(std::filesystem::path(argv[1]) / "small.mlpackage", graph.model());
}
