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

// A 3x3 convolution's weights have short rows, plain or unpacked; they are no activations.
Subject short_rows_of_weights(bool computed) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 32, 32, 32});
  ValueId weight;
  if (computed) {
    weight = graph.input("weight", DataType::fp16, {64, 32, 3, 3});
  } else {
    const ValueId data = graph.weight(DataType::int8, {64, 32, 3, 3});
    const ValueId scale = graph.weight(DataType::fp16, {64, 1, 1, 1});
    weight = graph
                 .add("constexpr_blockwise_shift_scale", {{"data", {data}}, {"scale", {scale}}},
                      {fp16({64, 32, 3, 3})})
                 .front();
  }
  return ending_in(
      graph,
      graph
          .add("conv", {{"x", {x}}, {"weight", {weight}}, {"pad_type", {graph.text("same")}}},
               {fp16({1, 64, 32, 32})})
          .front());
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
       {warning, {0}, "fp16[64,32,3,3]"},
       [] { return short_rows_of_weights(false); }},
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
