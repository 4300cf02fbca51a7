#include "tests/unit/models/rules/cases.h"

namespace anemon::models::test {
namespace {

Subject in_precision(DataType dtype) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp32, {1, 8, 4, 4});
  const TensorType type{dtype, true, {1, 8, 4, 4}};
  ValueId value = graph.add("cast", {{"x", {x}}, {"dtype", {graph.text("fp16")}}}, {type}).front();
  value = relu(graph, value);
  value = graph.add("cast", {{"x", {value}}, {"dtype", {graph.text("fp32")}}}, {fp32({1, 8, 4, 4})})
              .front();
  return ending_in(graph, value);
}

// What exporters make of an image: scaled in fp32, then cast. With `after` another operation in
// fp32 follows the cast, amid the others.
Subject scaled_image(DataType dtype, bool after) {
  GraphBuilder graph;
  const ValueId image = graph.input("image", dtype, {1, 3, 64, 64});
  const ValueId factor = graph.numbers(DataType::fp32, {}, {1 / 255.0});
  ValueId value =
      graph.add("mul", {{"x", {image}}, {"y", {factor}}}, {{dtype, true, {1, 3, 64, 64}}}).front();
  if (after) {
    value =
        graph.add("cast", {{"x", {value}}, {"dtype", {graph.text("fp16")}}}, {fp16({1, 3, 64, 64})})
            .front();
    value =
        graph.add("cast", {{"x", {value}}, {"dtype", {graph.text("fp32")}}}, {fp32({1, 3, 64, 64})})
            .front();
    value = relu(graph, value);
  }
  value =
      graph.add("cast", {{"x", {value}}, {"dtype", {graph.text("fp16")}}}, {fp16({1, 3, 64, 64})})
          .front();
  return ending_in(graph, relu(graph, value));
}

// At the edge, but with most of the work in it.
Subject product_before_the_cast(DataType dtype) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", dtype, {1, 64});
  const ValueId weight = graph.weight(dtype, {64, 64});
  ValueId value =
      graph.add("linear", {{"x", {x}}, {"weight", {weight}}}, {{dtype, true, {1, 64}}}).front();
  value =
      graph.add("cast", {{"x", {value}}, {"dtype", {graph.text("fp16")}}}, {fp16({1, 64})}).front();
  return ending_in(graph, relu(graph, value));
}

Subject linear_in_fp32(DataType dtype) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", dtype, {1, 256});
  const ValueId weight = graph.weight(dtype, {128, 256});
  return ending_in(
      graph,
      graph.add("linear", {{"x", {x}}, {"weight", {weight}}}, {{dtype, true, {1, 128}}}).front());
}

Subject argmax_to(DataType dtype) {
  GraphBuilder graph;
  const ValueId x = relu(graph, graph.input("x", DataType::fp16, {1, 32}));
  const ValueId best = graph
                           .add("reduce_argmax",
                                {{"x", {x}},
                                 {"axis", {graph.integer(-1)}},
                                 {"keep_dims", {graph.flag(true)}},
                                 {"output_dtype", {graph.text(std::string(name_of(dtype)))}}},
                                {{dtype, true, {1, 1}}})
                           .front();
  return ending_in(graph, best);
}

// Through integers and back, between two operations that the Neural Engine runs.
Subject integers_inside(bool integers) {
  GraphBuilder graph;
  ValueId value = relu(graph, graph.input("x", DataType::fp16, {1, 32}));
  if (integers) {
    value = graph.add("cast", {{"x", {value}}, {"dtype", {graph.text("int32")}}}, {int32({1, 32})})
                .front();
    value = graph.add("cast", {{"x", {value}}, {"dtype", {graph.text("fp16")}}}, {fp16({1, 32})})
                .front();
  }
  return ending_in(graph, relu(graph, value));
}

Subject of_type(DataType dtype) {
  GraphBuilder graph;
  return ending_in(graph, relu(graph, graph.input("x", dtype, {1, 32})));
}

// `others` operations beside one comparison.
Subject one_boolean_among(int others) {
  GraphBuilder graph;
  ValueId value = graph.input("x", DataType::fp16, {1, 32});
  for (int i = 0; i < others; ++i) value = relu(graph, value);
  return ending_in(
      graph,
      graph.add("greater", {{"x", {value}}, {"y", {value}}}, {{DataType::boolean, true, {1, 32}}})
          .front());
}

Subject sums_up_to(std::vector<double> weights, double limit) {
  GraphBuilder graph;
  const auto inputs = static_cast<int64_t>(weights.size());
  ValueId x = graph.input("x", DataType::fp16, {1, inputs});
  if (limit > 0) {
    x = graph
            .add("clip",
                 {{"x", {x}},
                  {"alpha", {graph.numbers(DataType::fp32, {}, {-limit})}},
                  {"beta", {graph.numbers(DataType::fp32, {}, {limit / 2})}}},
                 {fp16({1, inputs})})
            .front();
  }
  const ValueId weight = graph.numbers(DataType::fp32, {1, inputs}, std::move(weights));
  return ending_in(graph,
                   graph.add("linear", {{"x", {x}}, {"weight", {weight}}}, {fp16({1, 1})}).front());
}

// A matrix of two columns from the right: outputs sum over columns.
Subject columns(double first, double second) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 2});
  const ValueId y = graph.numbers(DataType::fp32, {2, 2}, {first, 1, second, 1});
  return ending_in(graph, graph.add("matmul", {{"x", {x}}, {"y", {y}}}, {fp16({1, 2})}).front());
}

}  // namespace

std::vector<Case> data_type_cases() {
  const Severity error = Severity::error;
  const Severity warning = Severity::warning;
  return {
      {"DT-1",
       "activations",
       [] { return in_precision(DataType::fp32); },
       {error, {1}, "1 operation (relu_1) in fp32", {}, 512.0, "half of 1.024 kB of activations"},
       [] { return in_precision(DataType::fp16); }},
      {"DT-1",
       "at the edges",
       [] { return scaled_image(DataType::fp32, false); },
       {warning, {0}, "(mul_0) in fp32, not on the Neural Engine, at the edges of the model"},
       [] { return scaled_image(DataType::fp16, false); }},
      {"DT-1",
       "not only at the edges",
       [] { return scaled_image(DataType::fp32, true); },
       {error, {0, 3}, "2 operations"},
       [] { return scaled_image(DataType::fp16, false); }},
      {"DT-1",
       "a product at the edge",
       [] { return product_before_the_cast(DataType::fp32); },
       {error, {0}, "(linear_0) in fp32"},
       [] { return product_before_the_cast(DataType::fp16); }},
      {"DT-1",
       "weights",
       [] { return linear_in_fp32(DataType::fp32); },
       {error, {0}, "linear_0", {}, (128 * 256 + 128 + 256) * 4 / 2.0, "half of 131.1 kB"},
       [] { return linear_in_fp32(DataType::fp16); }},
      {"DT-3",
       "at the end",
       [] { return argmax_to(DataType::int32); },
       {warning, {1}, "reduce_argmax_1"},
       [] { return argmax_to(DataType::uint16); }},
      {"DT-3",
       "inside",
       [] { return integers_inside(true); },
       {error, {1, 2}, "between operations of the Neural Engine"},
       [] { return integers_inside(false); }},
      {"DT-4",
       "64 bits",
       [] { return of_type(DataType::fp64); },
       {warning, {0}, "64-bit"},
       [] { return of_type(DataType::fp32); }},
      {"DT-4",
       "booleans",
       [] { return one_boolean_among(1); },
       {warning, {1}, "booleans, half of the model"},
       [] { return one_boolean_among(2); }},
      {"DT-5",
       "weights alone",
       [] {
         return sums_up_to({16384, -16384}, 0);
       },
       {warning, {0}, "32768"},
       [] {
         return sums_up_to({16384, -16383}, 0);
       }},
      {"DT-5",
       "bounded input",
       [] { return sums_up_to({16384}, 2); },
       {warning, {1}, "32768"},
       [] { return sums_up_to({16383}, 2); }},
      {"DT-5",
       "columns",
       [] { return columns(32767, 1); },
       {warning, {0}, "matmul_0"},
       [] { return columns(32767, 0.5); }},
  };
}

}  // namespace anemon::models::test
