#include "tests/unit/models/rules/cases.h"

namespace anemon::models::test {
namespace {

// Padded so that the result is as large as x.
Subject convolution(int64_t height, int64_t width) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 4, 64, 64});
  const ValueId weight = graph.weight(DataType::fp16, {4, 4, height, width});
  return ending_in(
      graph,
      graph
          .add("conv", {{"x", {x}}, {"weight", {weight}}, {"pad_type", {graph.text("same")}}},
               {fp16({1, 4, 64, 64})})
          .front());
}

Subject computed_weights(bool computed) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 4, 64, 64});
  const ValueId weight = computed ? graph.input("w", DataType::fp16, {4, 4, 1, 1})
                                  : graph.weight(DataType::fp16, {4, 4, 1, 1});
  return ending_in(
      graph, graph.add("conv", {{"x", {x}}, {"weight", {weight}}}, {fp16({1, 4, 64, 64})}).front());
}

Subject pooling(const std::string& type, int64_t height, int64_t width) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 4, 64, 64});
  return ending_in(graph, graph
                              .add(type,
                                   {{"x", {x}},
                                    {"kernel_sizes", {graph.integers({height, width})}},
                                    {"strides", {graph.integers({1, 1})}},
                                    {"pad_type", {graph.text("valid")}}},
                                   {fp16({1, 4, 65 - height, 65 - width})})
                              .front());
}

Subject inner(int64_t extent) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, extent});
  const ValueId y = graph.weight(DataType::fp16, {extent, 8});
  return ending_in(graph, graph.add("matmul", {{"x", {x}}, {"y", {y}}}, {fp16({1, 8})}).front());
}

}  // namespace

std::vector<Case> window_cases() {
  const Severity error = Severity::error;
  const Severity warning = Severity::warning;
  return {
      {"SH-4",
       "matmul",
       [] { return inner(32769); },
       {error, {0}, "matmul_0"},
       [] { return inner(32768); }},
      {"SH-5",
       "wide",
       [] { return convolution(1, 16); },
       {error, {0}, "of 1x16"},
       [] { return convolution(1, 15); }},
      {"SH-5",
       "high",
       [] { return convolution(32, 1); },
       {error, {0}, "of 32x1"},
       [] { return convolution(31, 1); }},
      {"SH-5",
       "square",
       [] { return convolution(17, 17); },
       {error, {0}, "of 17x17"},
       [] { return convolution(16, 16); }},
      {"SH-6",
       "area",
       [] { return convolution(14, 14); },
       {warning, {0}, "more than 169"},
       [] { return convolution(13, 13); }},
      // What does not compile is not slow to compile.
      {"SH-6",
       "below the limit of SH-5",
       [] { return convolution(16, 16); },
       {warning, {0}, "conv_0"},
       [] { return convolution(17, 17); }},
      {"SH-7",
       "maximum",
       [] { return pooling("max_pool", 1, 9); },
       {warning, {0}, "max_pool_0"},
       [] { return pooling("max_pool", 9, 1); }},
      {"SH-7",
       "average",
       [] { return pooling("avg_pool", 15, 15); },
       {warning, {0}, "avg_pool_0"},
       [] { return pooling("avg_pool", 14, 14); }},
      {"SH-11",
       "an input",
       [] { return computed_weights(true); },
       {warning, {0}, "conv_0"},
       [] { return computed_weights(false); }},
  };
}

}  // namespace anemon::models::test
