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

// resnet.mlpackage, resnet-small.mlpackage (half as deep), hostile.mlpackage,
// noweights.mlpackage, and files that are no models.
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
  write_bytes(folder / "empty.mlmodel", "");
  write_bytes(folder / "text.mlmodel", "this is no model at all, but a line of text\n");
}

}  // namespace anemon::test
