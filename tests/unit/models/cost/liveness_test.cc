#include "models/analysis/liveness.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/catch.h"
#include "tests/models/costing.h"

namespace anemon::models {
namespace {

using test::GraphBuilder;

TensorType bytes(int64_t count) { return {DataType::int8, true, {count}}; }

ActivationPeak peak_of(const Function& function) {
  return activation_peak(function, test::stated_types(function));
}

TEST_CASE("a chain needs an operand and a result at once") {
  GraphBuilder graph;
  ValueId x = graph.input("x", DataType::int8, {10});
  x = graph.add("relu", {{"x", {x}}}, {bytes(100)})[0];
  x = graph.add("relu", {{"x", {x}}}, {bytes(30)})[0];
  x = graph.add("relu", {{"x", {x}}}, {bytes(20)})[0];
  graph.output(x);
  CHECK(peak_of(graph.function()).lower == 130);  // 100 + 30
  CHECK(peak_of(graph.function()).upper == 160);  // 10 + 100 + 30 + 20
}

TEST_CASE("a skip connection keeps its tensor until it is added") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::int8, {50});
  ValueId y = graph.add("relu", {{"x", {x}}}, {bytes(70)})[0];
  y = graph.add("relu", {{"x", {y}}}, {bytes(70)})[0];
  y = graph.add("add", {{"x", {x}}, {"y", {y}}}, {bytes(50)})[0];
  graph.output(y);
  CHECK(peak_of(graph.function()).lower == 190);  // 50 + 70 + 70
}

TEST_CASE("outputs stay until the end, inputs until their last use") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::int8, {40});
  const ValueId first = graph.add("relu", {{"x", {x}}}, {bytes(5)})[0];
  const ValueId second = graph.add("relu", {{"x", {first}}}, {bytes(60)})[0];
  graph.output(first);
  graph.output(second);
  CHECK(peak_of(graph.function()).lower == 65);  // 5 + 60; with x it was 45
}

TEST_CASE("a reshape shares its operand's memory, also on to who needs it later") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::int8, {100});
  const ValueId flat = graph.add("reshape", {{"x", {x}}}, {bytes(100)})[0];
  const ValueId other = graph.add("relu", {{"x", {flat}}}, {bytes(10)})[0];
  const ValueId last = graph.add("expand_dims", {{"x", {flat}}}, {bytes(100)})[0];
  graph.output(last);
  graph.output(other);
  CHECK(peak_of(graph.function()).lower == 110);
  CHECK(peak_of(graph.function()).upper == 310);
}

TEST_CASE("an old reshape that rearranges writes a new buffer") {
  GraphBuilder graph("");
  const ValueId x = graph.input("x", DataType::int8, {100});
  graph.output(
      graph.add("reshape", {{"x", {x}}, {"mode", {graph.text("channel_last")}}}, {bytes(100)})[0]);
  CHECK(peak_of(graph.function()).lower == 200);
}

TEST_CASE("weights and parameters are no activations") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::int8, {10});
  const ValueId weight = graph.weight(DataType::int8, {1000});
  const ValueId dense = graph.add("constexpr_cast", {{"source_val", {weight}}}, {bytes(1000)})[0];
  const ValueId shaped = graph.add("reshape", {{"x", {weight}}}, {bytes(0)})[0];
  graph.output(graph.add("add", {{"x", {x}}, {"y", {dense}}, {"z", {shaped}}}, {bytes(10)})[0]);
  CHECK(peak_of(graph.function()).lower == 20);
  CHECK(peak_of(graph.function()).upper == 20);
}

TEST_CASE("a state lives all the time") {
  GraphBuilder graph;
  const ValueId state = graph.input("kv", DataType::int8, {500});
  graph.function().values[state].type.kind = ValueKind::state;
  const ValueId x = graph.input("x", DataType::int8, {1});
  const ValueId read = graph.add("read_state", {{"input", {state}}}, {bytes(500)})[0];
  const ValueId sum = graph.add("reduce_sum", {{"x", {read}}}, {bytes(1)})[0];
  const ValueId wide = graph.add("tile", {{"x", {sum}}}, {bytes(300)})[0];
  graph.output(graph.add("add", {{"x", {wide}}, {"y", {x}}}, {bytes(300)})[0]);
  CHECK(peak_of(graph.function()).lower == 1101);  // state 500, wide 300, result 300, x 1
}

TEST_CASE("an input that nobody reads exists at the start") {
  GraphBuilder graph;
  graph.input("unused", DataType::int8, {900});
  const ValueId x = graph.input("x", DataType::int8, {10});
  graph.output(graph.add("relu", {{"x", {x}}}, {bytes(10)})[0]);
  CHECK(peak_of(graph.function()).lower == 910);
}

// cond with a then-block of a wide intermediate and an else-block of a narrow one.
TEST_CASE("what blocks need comes on top of what lives around them") {
  GraphBuilder graph;
  Function& function = graph.function();
  const ValueId x = graph.input("x", DataType::int8, {10});
  const ValueId kept = graph.add("relu", {{"x", {x}}}, {bytes(7)})[0];
  const ValueId result = graph.add("cond", {{"pred", {graph.flag(true)}}}, {bytes(3)})[0];
  const auto intermediate = [&](int64_t size, ValueId operand) {
    const ValueId id = graph.add("relu", {{"x", {operand}}}, {bytes(size)})[0];
    Operation operation = function.body.operations.back();
    function.body.operations.pop_back();
    return std::pair(id, operation);
  };
  for (const int64_t width : {200, 20}) {
    Block block;
    auto [wide, make_wide] = intermediate(width, x);
    auto [narrow, make_narrow] = intermediate(3, wide);
    block.operations = {make_wide, make_narrow};
    block.outputs = {narrow};
    function.body.operations.back().blocks.push_back(block);
  }
  graph.output(graph.add("add", {{"x", {kept}}, {"y", {result}}}, {bytes(7)})[0]);
  // x dies in the else-block; then-block: kept 7 + x 10 + wide 200, then wide and narrow 3.
  CHECK(peak_of(function).lower == 220);  // 7 + 10 (needed by the else-block) + 200 + 3
}

TEST_CASE("a loop keeps what it takes from outside, but not its own variable") {
  GraphBuilder graph;
  Function& function = graph.function();
  const ValueId outside = graph.input("outside", DataType::int8, {1000});
  const ValueId x = graph.input("x", DataType::int8, {100});
  const ValueId variable = graph.input("variable", DataType::int8, {100});
  function.body.inputs.pop_back();  // the block's, not the function's
  graph.add("while_loop", {{"loop_vars", {x}}}, {bytes(100)});
  const ValueId result = function.body.operations.back().results[0];
  const auto nested = [&](const char* type, std::vector<ValueId> operands, int64_t size) {
    std::vector<Argument> arguments;
    for (const ValueId id : operands) arguments.push_back({"x" + std::to_string(id), {id}});
    const ValueId id = graph.add(type, arguments, {bytes(size)})[0];
    Operation operation = function.body.operations.back();
    function.body.operations.pop_back();
    return std::pair(id, operation);
  };
  Block condition;
  condition.inputs = {variable};
  Block body;
  body.inputs = {variable};
  auto [sum, make_sum] = nested("add", {variable, outside}, 100);
  auto [wide, make_wide] = nested("tile", {sum}, 5000);
  auto [next, make_next] = nested("relu", {wide}, 100);
  body.operations = {make_sum, make_wide, make_next};
  body.outputs = {next};
  function.body.operations.back().blocks = {condition, body};
  graph.output(result);
  // In the wide step: outside 1000, wide 5000, and sum or next 100; x's buffer is free again.
  CHECK(peak_of(function).lower == 6100);
}

TEST_CASE("a loop's variable is in the buffer of what it begins with") {
  GraphBuilder graph;
  Function& function = graph.function();
  const ValueId x = graph.input("x", DataType::int8, {4000});
  const ValueId variable = graph.input("variable", DataType::int8, {4000});
  function.body.inputs.pop_back();
  const ValueId sum = graph.add("reduce_sum", {{"x", {variable}}}, {bytes(10)})[0];
  const ValueId next = graph.add("tile", {{"x", {sum}}}, {bytes(4000)})[0];
  Block body;
  body.inputs = {variable};
  body.operations = std::move(function.body.operations);
  body.outputs = {next};
  function.body.operations.clear();
  graph.output(graph.add("while_loop", {{"loop_vars", {x}}}, {bytes(4000)})[0]);
  function.body.operations.back().blocks = {body};
  CHECK(peak_of(function).lower == 4010);
}

// Straight from the definition: at every step the buffers that exist already and that somebody
// still needs.
uint64_t slow_peak(const Function& function) {
  const std::vector<Operation>& operations = function.body.operations;
  std::map<ValueId, std::set<ValueId>> sharing;  // by each value: all that share its buffer
  std::map<ValueId, size_t> made;
  for (const ValueId input : function.body.inputs) {
    made[input] = 0;
    sharing[input] = {input};
  }
  for (size_t i = 0; i < operations.size(); ++i) {
    const ValueId result = operations[i].results.front();
    made[result] = i + 1;
    std::set<ValueId> together = {result};
    if (operations[i].type == "reshape") {
      const auto& operand = sharing[operations[i].arguments.front().values.front()];
      together.insert(operand.begin(), operand.end());
    }
    for (const ValueId each : std::set<ValueId>(together)) sharing[each] = together;
  }
  const auto needed_at_or_after = [&](ValueId value, size_t step) {
    for (size_t i = 0; i < operations.size(); ++i) {
      for (const Argument& argument : operations[i].arguments) {
        const bool used = std::count(argument.values.begin(), argument.values.end(), value) > 0;
        if (used && i + 1 >= step) return true;
      }
    }
    return std::count(function.body.outputs.begin(), function.body.outputs.end(), value) > 0;
  };
  uint64_t peak = 0;
  for (size_t step = 0; step <= operations.size() + 1; ++step) {
    std::set<std::set<ValueId>> live;
    for (const auto& [value, when] : made) {
      bool exists = false;
      bool needed = false;
      for (const ValueId each : sharing[value]) {
        exists = exists || made[each] <= step;
        needed = needed || made[each] == step || needed_at_or_after(each, step);
      }
      if (exists && needed) live.insert(sharing[value]);
    }
    uint64_t sum = 0;
    for (const std::set<ValueId>& buffer : live) {
      int64_t largest = 0;
      for (const ValueId each : buffer) {
        largest = std::max(largest, function.values[each].type.tensor.shape[0]);
      }
      sum += static_cast<uint64_t>(largest);
    }
    peak = std::max(peak, sum);
  }
  return peak;
}

TEST_CASE("the scan agrees with the definition on random graphs") {
  std::mt19937 random(20260122);
  const auto below = [&](size_t limit) { return random() % limit; };
  for (int round = 0; round < 300; ++round) {
    GraphBuilder graph;
    std::vector<ValueId> values;
    for (size_t i = 0; i < 1 + below(3); ++i) {
      values.push_back(graph.input("in" + std::to_string(i), DataType::int8,
                                   {static_cast<int64_t>(below(1000))}));
    }
    uint64_t sum = 0;
    for (size_t i = 0, count = 1 + below(25); i < count; ++i) {
      const ValueId x = values[below(values.size())];
      const ValueId y = values[below(values.size())];
      const auto size = static_cast<int64_t>(below(1000));
      if (below(3) == 0) {
        values.push_back(graph.add("reshape", {{"x", {x}}}, {bytes(size)})[0]);
      } else {
        values.push_back(graph.add("add", {{"x", {x}}, {"y", {y}}}, {bytes(size)})[0]);
      }
    }
    for (size_t i = 0; i < 1 + below(2); ++i) graph.output(values[below(values.size())]);
    for (const ValueId id : values) {
      sum += static_cast<uint64_t>(graph.function().values[id].type.tensor.shape[0]);
    }
    INFO("round " << round);
    REQUIRE(peak_of(graph.function()).lower == slow_peak(graph.function()));
    REQUIRE(peak_of(graph.function()).upper == sum);
  }
}

TEST_CASE("sizes that leave 64 bits stop at the largest number") {
  GraphBuilder graph;
  ValueId x = graph.input("x", DataType::int8, {int64_t{1} << 60});
  for (int i = 0; i < 32; ++i) {
    x = graph.add("add", {{"x", {x}}}, {bytes(int64_t{1} << 59)})[0];
    graph.output(x);
  }
  CHECK(peak_of(graph.function()).upper == UINT64_MAX);
  CHECK(peak_of(graph.function()).lower == UINT64_MAX);
}

}  // namespace
}  // namespace anemon::models
