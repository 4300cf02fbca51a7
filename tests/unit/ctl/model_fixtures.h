// Small models for the tests of `anemonctl model ...`, written as coremltools would.
#pragma once

#include <filesystem>

#include "tests/models/graph_builder.h"
#include "tests/models/model_writer.h"

namespace anemon::test {

using models::DataType;
using models::test::GraphBuilder;

// Twelve convolutions in fp16, large enough for the Neural Engine: nothing to complain about.
inline models::Model residual_model(DataType weights = DataType::fp16) {
  GraphBuilder graph("CoreML7");
  models::ValueId x = graph.input("x", DataType::fp16, {1, 64, 128, 128});
  for (int i = 0; i < 12; ++i) {
    const auto y = graph.add("conv",
                             {{"x", {x}},
                              {"weight", {graph.weight(weights, {64, 64, 3, 3})}},
                              {"strides", {graph.integers({1, 1})}},
                              {"pad_type", {graph.text("same")}},
                              {"dilations", {graph.integers({1, 1})}},
                              {"groups", {graph.integer(1)}}},
                             {{DataType::fp16, true, {1, 64, 128, 128}}});
    x = graph.add("relu", {{"x", {y.front()}}}, {{DataType::fp16, true, {1, 64, 128, 128}}})
            .front();
  }
  graph.output(x);
  models::Model model = graph.model();
  model.metadata["author"] = "the tests";
  return model;
}

// Things the Neural Engine does not do, and names that a terminal must not obey.
inline models::Model hostile_model() {
  GraphBuilder graph("CoreML7");
  const auto x = graph.input("x\x1b[2J", DataType::fp32, {1, 4, 8, 8});
  const auto y = graph.add("tan", {{"x", {x}}}, {{DataType::fp32, true, {1, 4, 8, 8}}});
  graph.function().body.operations.back().name =
      "tan\xc2\x9b"
      "31m\r\nnew line";
  const auto z = graph.add("cumsum", {{"x", {y.front()}}, {"axis", {graph.integer(1)}}},
                           {{DataType::fp32, true, {1, 4, 8, 8}}});
  graph.function().body.operations.back().name = "sum\xff\x1b]0;title\x07";
  graph.output(z.front());
  models::Model model = graph.model();
  model.metadata["author"] = "me\x1b[31m";
  return model;
}

// A convolution of `channels` that any engine runs in well under a millisecond.
inline models::Model tiny_model(int64_t channels) {
  GraphBuilder graph("CoreML7");
  const models::Shape shape = {1, channels, 8, 8};
  const auto x = graph.input("x", DataType::fp32, shape);
  std::vector<double> weights(static_cast<size_t>(channels * channels * 9));
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = double(i % 7) / 7 - 0.4;
  const auto y =
      graph.add("conv",
                {{"x", {x}},
                 {"weight", {graph.numbers(DataType::fp32, {channels, channels, 3, 3}, weights)}},
                 {"strides", {graph.integers({1, 1})}},
                 {"pad_type", {graph.text("same")}},
                 {"dilations", {graph.integers({1, 1})}},
                 {"groups", {graph.integer(1)}}},
                {{DataType::fp32, true, shape}});
  graph.output(graph.add("relu", {{"x", {y.front()}}}, {{DataType::fp32, true, shape}}).front());
  return graph.model();
}

// Eight tokens, looked up in a table of fifty.
inline models::Model tokens_model() {
  GraphBuilder graph("CoreML7");
  const auto ids = graph.input("input_ids", DataType::int32, {1, 8});
  std::vector<double> table(50 * 16);
  for (size_t i = 0; i < table.size(); ++i) table[i] = double(i % 11) / 11;
  const auto y = graph.add("gather",
                           {{"x", {graph.numbers(DataType::fp32, {50, 16}, table)}},
                            {"indices", {ids}},
                            {"axis", {graph.integer(0)}},
                            {"batch_dims", {graph.integer(0)}},
                            {"validate_indices", {graph.flag(false)}}},
                           {{DataType::fp32, true, {1, 8, 16}}});
  graph.output(
      graph.add("relu", {{"x", {y.front()}}}, {{DataType::fp32, true, {1, 8, 16}}}).front());
  return graph.model();
}

// resnet.mlpackage, resnet-small.mlpackage (half as deep), hostile.mlpackage,
// noweights.mlpackage, files that are no models, and those that run at once: tiny.mlpackage,
// tinier.mlpackage and tokens.mlpackage.
inline void write_model_fixtures(const std::filesystem::path& folder) {
  using namespace models::test;
  write_package(folder / "resnet.mlpackage", residual_model());
  models::Model smaller = residual_model();
  auto& operations = smaller.functions.front().body.operations;
  smaller.functions.front().body.outputs = operations[operations.size() / 2 - 1].results;
  operations.resize(operations.size() / 2);
  smaller.interface.outputs.front().name =
      smaller.functions.front().values[operations.back().results.front()].name;
  write_package(folder / "resnet-small.mlpackage", smaller);
  write_package(folder / "hostile.mlpackage", hostile_model());
  PackageOptions without;
  without.weights = false;
  write_package(folder / "noweights.mlpackage", residual_model(), without);
  write_package(folder / "tiny.mlpackage", tiny_model(8));
  write_package(folder / "tinier.mlpackage", tiny_model(2));
  write_package(folder / "tokens.mlpackage", tokens_model());
  write_bytes(folder / "empty.mlmodel", "");
  write_bytes(folder / "text.mlmodel", "this is no model at all, but a line of text\n");
}

}  // namespace anemon::test
