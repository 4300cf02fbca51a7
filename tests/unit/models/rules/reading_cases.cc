#include "tests/unit/models/rules/cases.h"

namespace anemon::models::test {
namespace {

// x -> relu -> an operation of this type.
Subject with(const std::string& type, Shape stated = {1, 32}) {
  GraphBuilder graph;
  const ValueId x = relu(graph, graph.input("x", DataType::fp16, {1, 32}));
  return ending_in(graph, graph.add(type, {{"x", {x}}}, {fp16(std::move(stated))}).front());
}

Subject odd(Oddity::Kind kind, const std::string& operation = {}) {
  Subject subject = with("tanh");
  subject.model.oddities.push_back({kind, "weights/weight.bin: something about it", operation});
  return subject;
}

// A layer that the reader has reported is not reported a second time.
Subject unknown_layer() {
  Subject subject = with("unknown_9999");
  subject.model.functions.front().body.operations.back().layer = "unknown";
  subject.model.oddities.push_back({Oddity::Kind::unknown_layer, "layer 9999", "unknown_9999_1"});
  return subject;
}

}  // namespace

std::vector<Case> reading_cases() {
  using Kind = Oddity::Kind;
  const Severity error = Severity::error;
  const Severity warning = Severity::warning;
  const std::string text = "weights/weight.bin: something about it";
  return {
      {"RD-1",
       "missing",
       [] { return odd(Kind::weights_missing); },
       {error, {}, text},
       [] { return odd(Kind::weights_damaged); }},
      {"RD-2",
       "damaged",
       [] { return odd(Kind::weights_damaged, "tanh_1"); },
       {error, {1}, text},
       [] { return odd(Kind::weights_missing); }},
      {"RD-3",
       "count",
       [] { return odd(Kind::weight_count, "relu_0"); },
       {error, {0}, text},
       [] { return odd(Kind::other); }},
      {"RD-4",
       "manifest",
       [] { return odd(Kind::no_manifest); },
       {error, {}, text},
       [] { return odd(Kind::other); }},
      {"RD-5",
       "version",
       [] { return odd(Kind::newer_version); },
       {warning, {}, text},
       [] { return odd(Kind::other); }},
      {"RD-6",
       "layer",
       unknown_layer,
       {warning, {1}, "layer 9999"},
       [] { return odd(Kind::other); }},
      {"RD-7",
       "another shape",
       [] {
         return with("tanh", {1, 33});
       },
       {error, {1}, "tanh_1: the file states fp16[1,33] where fp16[1,32] follows"},
       [] {
         return with("tanh", {1, 32});
       }},
      {"RD-8",
       "operation",
       [] { return with("no_such_operation"); },
       {warning, {1}, "1 no_such_operation (no_such_operation_1)"},
       [] { return with("tanh"); }},
      {"RD-8",
       "not the reader's",
       [] { return with("unknown_9999"); },
       {warning, {1}, "1 unknown_9999"},
       unknown_layer},
      {"RD-9",
       "anything else",
       [] { return odd(Kind::other); },
       {warning, {}, text},
       [] { return odd(Kind::no_manifest); }},
      {"RD-10",
       "reverse_sequence",
       [] { return with("reverse_sequence"); },
       {Severity::info, {1}, "reverse_sequence_1"},
       [] { return with("tanh"); }},
  };
}

}  // namespace anemon::models::test
