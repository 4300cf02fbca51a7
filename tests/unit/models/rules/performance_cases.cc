#include <numeric>

#include "tests/unit/models/rules/cases.h"

namespace anemon::models::test {
namespace {

Subject chain(int operations) {
  GraphBuilder graph;
  ValueId value = graph.input("x", DataType::fp16, {1, 32});
  for (int i = 0; i < operations; ++i) value = relu(graph, value);
  return ending_in(graph, value);
}

// As many operations as a chain, side by side.
Subject star(int operations) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 32});
  for (int i = 0; i < operations; ++i) graph.output(relu(graph, x));
  return {graph.model()};
}

Subject computing_for(double seconds) {
  Subject subject = chain(1);
  subject.predicted = [=](Placement& placement) {
    placement.operations.front().costs[static_cast<size_t>(Engine::ane)] = {
        true, seconds, Confidence::measured, "activations"};
    placement.operations.front().engine = Engine::ane;
  };
  return subject;
}

Subject switching(uint64_t switches) {
  Subject subject = chain(2);
  subject.predicted = [=](Placement& placement) { placement.switches = switches; };
  return subject;
}

Subject weighing(int64_t elements) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 1});
  const ValueId weight = graph.weight(DataType::fp16, {elements, 1});
  return ending_in(
      graph,
      graph.add("linear", {{"x", {x}}, {"weight", {weight}}}, {fp16({1, elements})}).front());
}

Subject network(bool old) {
  Subject subject = chain(1);
  if (old) {
    subject.model.kind = "neuralNetwork";
    subject.model.specification_version = 3;
    subject.model.functions.front().old_network = true;
  }
  return subject;
}

Subject of_kind(const std::string& kind) {
  Subject subject = chain(1);
  subject.model.kind = kind;
  if (!can_use_ane(subject.model)) subject.model.functions.clear();
  if (kind.starts_with("tree")) subject.model.trees = {.trees = 10, .nodes = 70};
  return subject;
}

Subject updatable(bool is) {
  Subject subject = network(true);
  subject.model.updatable = is;
  return subject;
}

std::vector<size_t> first(size_t count) {
  std::vector<size_t> indices(count);
  std::iota(indices.begin(), indices.end(), size_t{0});
  return indices;
}

}  // namespace

std::vector<Case> performance_cases() {
  const Severity warning = Severity::warning;
  const Severity info = Severity::info;
  return {
      {"PF-1",
       "less than a call",
       [] { return computing_for(0.249e-3); },
       {warning, {}, "compute for 0.249 ms per call", 0.0625e-3, {}, "0.125 ms x (1 - 1/2)"},
       [] { return computing_for(0.25e-3); }},
      {"CP-1",
       "operations",
       [] { return star(501); },
       {warning, {}, "501 operations"},
       [] { return star(500); }},
      {"CP-1",
       "weights",
       [] { return weighing(150000001); },
       {warning, {}, "300 MB of weights"},
       [] { return weighing(150000000); }},
      {"CP-3",
       "one chain",
       [] { return chain(381); },
       {warning, first(381), "381 operations (relu_0, relu_1, relu_2 and 378 more)"},
       [] { return chain(380); }},
      {"CP-3",
       "side by side",
       [] { return chain(381); },
       {warning, first(381), "in one chain"},
       [] { return star(381); }},
      {"MX-1",
       "predicted",
       [] { return switching(5); },
       {warning, {}, "5 switches", 0.625e-3, {}, "5 x 0.125 ms"},
       [] { return switching(4); }},
      {"MX-2",
       "format",
       [] { return network(true); },
       {warning, {}, "a neuralNetwork, specification version 3"},
       [] { return network(false); }},
      {"MX-3",
       "trees",
       [] { return of_kind("treeEnsembleClassifier"); },
       {info, {}, "CPU only: 10 trees with 70 nodes"},
       [] { return of_kind("mlProgram"); }},
      {"MX-3",
       "another kind",
       [] { return of_kind("glmRegressor"); },
       {info, {}, "CPU only: a glmRegressor"},
       [] { return of_kind("neuralNetworkRegressor"); }},
      {"MX-3",
       "updatable",
       [] { return updatable(true); },
       {info, {}, "CPU only: an updatable neuralNetwork"},
       [] { return updatable(false); }},
  };
}

}  // namespace anemon::models::test
