#include "tests/unit/models/rules/cases.h"

namespace anemon::models::test {
namespace {

Subject on(DataType dtype, Shape shape, const std::string& chip = "M4") {
  GraphBuilder graph;
  return ending_in(graph, relu(graph, graph.input("x", dtype, std::move(shape))), chip);
}
Subject on(Shape shape, const std::string& chip = "M4") {
  return on(DataType::fp16, std::move(shape), chip);
}

// Weights of short rows, plain or unpacked, are no activations.
Subject short_rows_of_weights(bool computed) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {64, 32, 3, 64});
  ValueId weight;
  if (computed) {
    weight = graph.input("weight", DataType::fp16, {64, 32, 3, 1});
  } else {
    const ValueId data = graph.weight(DataType::int8, {64, 32, 3, 1});
    const ValueId scale = graph.weight(DataType::fp16, {64, 1, 1, 1});
    weight = graph
                 .add("constexpr_blockwise_shift_scale", {{"data", {data}}, {"scale", {scale}}},
                      {fp16({64, 32, 3, 1})})
                 .front();
  }
  return ending_in(
      graph, graph.add("add", {{"x", {x}}, {"y", {weight}}}, {fp16({64, 32, 3, 64})}).front());
}

// Maps of 7x7: those of a convolution, and what elementwise operations make of them, cannot be
// transposed; behind a transposition the author is free again.
Subject small_maps(bool behind_transposition) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 512, 7, 7});
  const ValueId weight = graph.weight(DataType::fp16, {512, 512, 1, 1});
  ValueId value =
      graph.add("conv", {{"x", {x}}, {"weight", {weight}}}, {fp16({1, 512, 7, 7})}).front();
  value = relu(graph, value);
  if (behind_transposition) {
    value = graph
                .add("transpose", {{"x", {value}}, {"perm", {graph.integers({0, 1, 3, 2})}}},
                     {fp16({1, 512, 7, 7})})
                .front();
    value = relu(graph, value);
  }
  return ending_in(graph, value);
}

Subject flexible(Flexibility flexibility) {
  Subject subject = on({1, 3, 32, 32});
  Feature& input = subject.model.interface.inputs.front();
  input.flexibility = flexibility;
  if (flexibility == Flexibility::enumerated) {
    input.enumerated = {{1, 3, 32, 32}, {1, 3, 64, 64}};
  } else {
    const int64_t upper = flexibility == Flexibility::range ? 64 : kAnyExtent;
    input.ranges = {{1, 1}, {3, 3}, {32, upper}, {32, upper}};
  }
  return subject;
}

Subject reshaped(bool computed) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 8, 4});
  const ValueId shape =
      computed ? graph.input("shape", DataType::int32, {2}) : graph.integers({1, 32});
  const ValueId y = graph.add("reshape", {{"x", {x}}, {"shape", {shape}}}, {fp16({1, 32})}).front();
  return ending_in(graph, y);
}

Subject asking_for_shape(bool asking) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 8});
  if (!asking) return ending_in(graph, relu(graph, x));
  return ending_in(graph, graph.add("shape", {{"x", {x}}}, {int32({2})}).front());
}

}  // namespace

std::vector<Case> shape_cases() {
  const Severity error = Severity::error;
  const Severity warning = Severity::warning;
  return {
      {"SH-1",
       "six dimensions",
       [] {
         return on({1, 2, 2, 2, 2, 2});
       },
       {error, {0}, "more than 5 dimensions"},
       [] {
         return on({1, 2, 2, 2, 2});
       }},
      // Rows of 7 fp16 are 14 bytes: 4.57 times their size; of 8 exactly 4.
      {"SH-2",
       "waste",
       [] {
         return on({1, 64, 64, 7});
       },
       {warning,
        {0},
        "fp16[1,64,64,7] takes 4.57 times",
        {},
        2.0 * 4096 * 50,
        "409.6 kB less in 2"},
       [] {
         return on({1, 64, 64, 8});
       }},
      {"SH-2",
       "size",
       [] {
         return on({1025, 1});
       },
       {warning, {0}, "32 times", {}, 2.0 * 1025 * 62},
       [] {
         return on({1024, 1});
       }},
      {"SH-2",
       "weights",
       [] { return short_rows_of_weights(true); },
       {warning, {0}, "fp16[64,32,3,1]"},
       [] { return short_rows_of_weights(false); }},
      {"SH-2",
       "maps of convolutions",
       [] { return small_maps(true); },
       {warning, {2, 3}, "fp16[1,512,7,7]"},
       [] { return small_maps(false); }},
      {"SH-3",
       "every chip",
       [] {
         return on({1, 65537});
       },
       {error, {0}, "above 65536"},
       [] {
         return on({1, 16384});
       }},
      {"SH-3",
       "older chips",
       [] {
         return on({1, 16385});
       },
       {warning, {0}, "of up to 16385, refused by A14, M1, A15, M2, A16, M3"},
       [] {
         return on({1, 16384}, "M1");
       }},
      {"SH-3",
       "the limit of newer chips",
       [] {
         return on({1, 65536});
       },
       {warning, {0}, "of up to 65536"},
       [] {
         return on({1, 16384});
       }},
      {"SH-9",
       "a range",
       [] { return flexible(Flexibility::range); },
       {warning, {}, "x (range)"},
       [] { return flexible(Flexibility::enumerated); }},
      {"SH-9",
       "no limit",
       [] { return flexible(Flexibility::unbounded); },
       {warning, {}, "x (unbounded)"},
       [] { return flexible(Flexibility::enumerated); }},
      {"SH-10",
       "reshape",
       [] { return reshaped(true); },
       {error, {0}, "reshape_0"},
       [] { return reshaped(false); }},
      {"SH-10",
       "shape",
       [] { return asking_for_shape(true); },
       {error, {0}, "shape_0"},
       [] { return asking_for_shape(false); }},
      {"SH-14",
       "one activation",
       [] {
         return on({1, 50, 1000, 1001});
       },
       {warning, {0}, "100.1 MB"},
       [] {
         return on({1, 50, 1000, 1000});
       }},
  };
}

}  // namespace anemon::models::test
