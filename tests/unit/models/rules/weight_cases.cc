#include "tests/unit/models/rules/cases.h"

namespace anemon::models::test {
namespace {

// A weight of 2^k rows that no operation needs to be read for.
Subject weighing(DataType dtype, int64_t elements) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 1});
  const ValueId weight = graph.weight(dtype, {elements, 1});
  return ending_in(
      graph,
      graph.add("linear", {{"x", {x}}, {"weight", {weight}}}, {fp16({1, elements})}).front());
}

// Indices of `bits` bits with a table, as iOS 18 writes them.
Subject palettised(DataType indices, int64_t levels, int64_t elements) {
  GraphBuilder graph("CoreML8");
  const ValueId x = graph.input("x", DataType::fp16, {1, 1});
  const ValueId data = graph.weight(indices, {elements, 1});
  const ValueId table = graph.weight(DataType::fp16, {1, 1, levels, 1});
  const ValueId weight = graph
                             .add("constexpr_lut_to_dense", {{"indices", {data}}, {"lut", {table}}},
                                  {fp16({elements, 1})})
                             .front();
  return ending_in(
      graph,
      graph.add("linear", {{"x", {x}}, {"weight", {weight}}}, {fp16({1, elements})}).front());
}

// int4 weights [64, 128] of a linear (or [128, 64] of a matmul) with scales of this shape.
Subject scaled(Shape scales, bool matmul = false) {
  GraphBuilder graph("CoreML8");
  const ValueId x = graph.input("x", DataType::fp16, {1, 128});
  const Shape shape = matmul ? Shape{128, 64} : Shape{64, 128};
  const ValueId data = graph.weight(DataType::int4, shape);
  const ValueId scale = graph.weight(DataType::fp16, std::move(scales));
  const ValueId weight = graph
                             .add("constexpr_blockwise_shift_scale",
                                  {{"data", {data}}, {"scale", {scale}}}, {fp16(shape)})
                             .front();
  const std::string type = matmul ? "matmul" : "linear";
  const std::string name = matmul ? "y" : "weight";
  return ending_in(graph, graph.add(type, {{"x", {x}}, {name, {weight}}}, {fp16({1, 64})}).front());
}

}  // namespace

std::vector<Case> weight_cases() {
  constexpr int64_t kFirstBlob = 128;  // its metadata ends here
  constexpr int64_t kGigabyte = 1000000000;
  return {
      {"WT-1",
       "one file",
       [] { return weighing(DataType::uint8, (int64_t{1} << 31) - kFirstBlob + 1); },
       {Severity::error, {}, "2147483649 bytes", {}, {}, "2 files"},
       [] { return weighing(DataType::uint8, (int64_t{1} << 31) - kFirstBlob); }},
      {"WT-2",
       "1 GB",
       [] { return weighing(DataType::fp16, kGigabyte / 2 + 1); },
       {Severity::warning,
        {},
        "1 GB of weights",
        {},
        {},
        "2 parts of at most 1 GB; reading them "
        "once takes at least 15.6 ms on M4"},
       [] { return weighing(DataType::fp16, kGigabyte / 2); }},
      {"WT-2",
       "bits",
       [] { return palettised(DataType::uint8, 256, 2 * kGigabyte); },
       {Severity::warning, {}, "2 GB of weights"},
       [] { return palettised(DataType::uint6, 64, 2 * kGigabyte); }},
      {"WT-4",
       "blocks of a linear",
       [] {
         return scaled({64, 4});
       },
       {Severity::warning, {0}, "constexpr_blockwise_shift_scale_0"},
       [] {
         return scaled({64, 1});
       }},
      {"WT-4",
       "blocks of a matmul",
       [] {
         return scaled({4, 1}, true);
       },
       {Severity::warning, {0}, "more than one scale along their input"},
       [] {
         return scaled({1, 64}, true);
       }},
  };
}

}  // namespace anemon::models::test
