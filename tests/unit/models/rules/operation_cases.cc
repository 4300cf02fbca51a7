#include "tests/unit/models/rules/cases.h"

namespace anemon::models::test {
namespace {

// One operation on x between two that the Neural Engine runs.
Subject between(const std::string& type, std::vector<Argument> more = {}) {
  GraphBuilder graph;
  const ValueId x = relu(graph, graph.input("x", DataType::fp16, {1, 8, 4, 4}));
  more.insert(more.begin(), {"x", {x}});
  const ValueId y = graph.add(type, std::move(more), {fp16({1, 8, 4, 4})}).front();
  return ending_in(graph, relu(graph, y));
}

Subject last(const std::string& type) {
  GraphBuilder graph;
  const ValueId x = relu(graph, graph.input("x", DataType::fp16, {1, 8, 4, 4}));
  return ending_in(graph, graph.add(type, {{"x", {x}}}, {fp16({1, 8, 4, 4})}).front());
}

Subject recurrent(const std::string& type) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {4, 1, 8});
  const ValueId weight = graph.weight(DataType::fp16, {32, 8});
  return ending_in(graph,
                   graph
                       .add(type, {{"x", {x}}, {"weight", {weight}}, {"weight_ih", {weight}}},
                            {fp16({4, 1, 32})})
                       .front());
}

// A choice between two blocks, or the end of a classifier, which is on the CPU for good reason.
Subject choice(bool cond) {
  GraphBuilder graph;
  const ValueId x = relu(graph, graph.input("x", DataType::fp16, {1, 8}));
  const ValueId end =
      graph
          .add(cond ? "cond" : "classify", {{cond ? "pred" : "probabilities", {x}}}, {fp16({1, 8})})
          .front();
  if (cond) graph.function().body.operations.back().blocks.resize(2);
  return ending_in(graph, end);
}

Subject gather(bool computed) {
  GraphBuilder graph;
  const ValueId table = graph.input("table", DataType::fp16, {100, 16});
  const ValueId indices = computed ? graph.input("indices", DataType::int32, {4})
                                   : graph.numbers(DataType::int32, {4}, {1, 2, 3, 4});
  return ending_in(
      graph,
      graph
          .add("gather", {{"x", {table}}, {"indices", {indices}}, {"axis", {graph.integer(0)}}},
               {fp16({4, 16})})
          .front());
}

Subject padding_with(double value) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 8, 4, 4});
  return ending_in(graph, graph
                              .add("pad",
                                   {{"x", {x}},
                                    {"pad", {graph.integers({1, 1, 1, 1})}},
                                    {"mode", {graph.text("constant")}},
                                    {"constant_val", {graph.numbers(DataType::fp32, {}, {value})}}},
                                   {fp16({1, 8, 6, 6})})
                              .front());
}

Subject suppression(int64_t boxes) {
  GraphBuilder graph;
  const ValueId all = graph.input("boxes", DataType::fp16, {1, boxes, 4});
  const ValueId scores = graph.input("scores", DataType::fp16, {1, boxes, 1});
  return ending_in(
      graph, graph
                 .add("non_maximum_suppression",
                      {{"boxes", {all}}, {"scores", {scores}}, {"max_boxes", {graph.integer(10)}}},
                      {fp16({1, 10, 4})})
                 .front());
}

Subject update(bool written) {
  GraphBuilder graph("CoreML8");
  const ValueId cache = graph.input("cache", DataType::fp16, {1, 8, 64, 64});
  const ValueId x = graph.input("x", DataType::fp16, {1, 8, 1, 64});
  const ValueId updated = graph
                              .add("slice_update",
                                   {{"x", {cache}},
                                    {"update", {x}},
                                    {"begin", {graph.integers({0, 0, 3, 0})}},
                                    {"end", {graph.integers({1, 8, 4, 64})}}},
                                   {fp16({1, 8, 64, 64})})
                              .front();
  if (written) graph.add("write_state", {{"input", {cache}}, {"data", {updated}}}, {});
  return ending_in(graph, relu(graph, updated));
}

Subject linear_on(Shape shape, const std::string& chip) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, shape);
  const ValueId weight = graph.weight(DataType::fp16, {32, shape.back()});
  shape.back() = 32;
  return ending_in(
      graph, graph.add("linear", {{"x", {x}}, {"weight", {weight}}}, {fp16(shape)}).front(), chip);
}

}  // namespace

std::vector<Case> operation_cases() {
  const Severity error = Severity::error;
  const Severity warning = Severity::warning;
  return {
      {"OP-1",
       "lstm",
       [] { return recurrent("lstm"); },
       {error, {0}, "1 lstm"},
       [] { return recurrent("linear"); }},
      {"OP-2",
       "custom layer",
       [] { return between("custom"); },
       {error, {1}, "1 custom"},
       [] { return between("tanh"); }},
      {"OP-3",
       "cond",
       [] { return choice(true); },
       {error, {1}, "1 cond"},
       [] { return choice(false); }},
      {"OP-4",
       "inside",
       [] { return between("tan"); },
       {error, {1}, "1 tan, between"},
       [] { return between("sin"); }},
      {"OP-4",
       "at the edge",
       [] { return last("atanh"); },
       {warning, {1}, "1 atanh"},
       [] { return last("atan"); }},
      {"OP-4",
       "not the end of a classifier",
       [] { return last("acos"); },
       {warning, {1}, "1 acos"},
       [] { return choice(false); }},
      {"OP-5",
       "computed indices",
       [] { return gather(true); },
       {warning, {0}, "gather_0"},
       [] { return gather(false); }},
      {"OP-7",
       "padding",
       [] { return padding_with(1); },
       {warning, {0}, "1 pad"},
       [] { return padding_with(0); }},
      {"OP-7",
       "boxes",
       [] { return suppression(2049); },
       {warning, {0}, "non_maximum_suppression"},
       [] { return suppression(2048); }},
      {"OP-8",
       "not written to a state",
       [] { return update(false); },
       {warning, {0}, "slice_update_0"},
       [] { return update(true); }},
      {"OP-10",
       "older chip",
       [] {
         return linear_on({1, 64, 32}, "M2");
       },
       {warning, {0}, "linear_0"},
       [] {
         return linear_on({1, 64, 32}, "M3");
       }},
      {"OP-10",
       "a sequence",
       [] {
         return linear_on({1, 2, 32}, "A14");
       },
       {warning, {0}, "[batch, sequence, channels]"},
       [] {
         return linear_on({1, 1, 32}, "A14");
       }},
  };
}

}  // namespace anemon::models::test
