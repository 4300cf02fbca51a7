// Branches and loops: names across nested networks.
#include <algorithm>

#include "tests/catch.h"
#include "tests/unit/models/layers/network_writer.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

constexpr uint32_t kCeil = 665;
constexpr uint32_t kFloor = 670;
constexpr uint32_t kBranch = 605;
constexpr uint32_t kLoop = 615;

Interface inputs(const Words& names) {
  Interface interface;
  for (const std::string& name : names) interface.inputs.push_back(array_feature(name, {4}));
  return interface;
}

std::string names_of(const ReadNetwork& read, const std::vector<ValueId>& ids) {
  std::string text;
  for (const ValueId id : ids) text += read.function.values[id].name + " ";
  return text;
}

}  // namespace

TEST_CASE("what both branches write is a result of the cond") {
  const ProtoWriter then = network({layer(kCeil, "t", {"x"}, {"y"})});
  const ProtoWriter otherwise = network({layer(kFloor, "e", {"x"}, {"y"})});
  const ReadNetwork read = test::read(
      network(
          {layer(kBranch, "if", {"c"}, {}, ProtoWriter().message(1, then).message(2, otherwise)),
           layer(kCeil, "after", {"y"}, {"z"})}),
      inputs({"x", "c"}));
  const Operation& cond = read.operation();
  CHECK(cond.type == "cond");
  CHECK(read.reads("pred") == "c");
  REQUIRE(cond.blocks.size() == 2);
  CHECK(cond.blocks[0].operations[0].type == "ceil");
  CHECK(cond.blocks[1].operations[0].type == "floor");
  REQUIRE(cond.results.size() == 1);
  CHECK(cond.blocks[0].outputs == cond.blocks[0].operations[0].results);
  CHECK(cond.blocks[1].outputs == cond.blocks[1].operations[0].results);
  CHECK(read.function.body.operations[1].arguments[0].values == cond.results);
  CHECK(read.oddities.empty());
}

TEST_CASE("what one branch writes over is what it was, on the other way") {
  const ProtoWriter then =
      network({layer(kCeil, "t", {"x"}, {"x"}), layer(kCeil, "u", {"x"}, {"only here"})});
  const ReadNetwork read =
      test::read(network({layer(kBranch, "if", {"c"}, {}, ProtoWriter().message(1, then)),
                          layer(kCeil, "after", {"only here"}, {"z"})}),
                 inputs({"x", "c"}));
  const Operation& cond = read.operation();
  REQUIRE(cond.results.size() == 1);
  CHECK(names_of(read, cond.results) == "x ");
  CHECK(cond.blocks[0].outputs == cond.blocks[0].operations[0].results);
  CHECK(cond.blocks[1].outputs == std::vector<ValueId>{read.function.body.inputs[0]});
  CHECK(read.function.body.operations[1].arguments[0].values ==
        cond.blocks[0].operations[1].results);
  CHECK(read.oddities.empty());
}

TEST_CASE("a loop carries what it writes and what had a value before") {
  const ProtoWriter condition = network({layer(kCeil, "test", {"i"}, {"go"})});
  const ProtoWriter body =
      network({layer(kCeil, "step", {"i"}, {"i"}), layer(kFloor, "use", {"x"}, {"new"}),
               layer(kFloor, "add", {"new"}, {"sum"})});
  const ReadNetwork read = test::read(
      network(
          {layer(
               kLoop, "while", {}, {},
               ProtoWriter().integer(1, 12).bytes(2, "go").message(3, condition).message(4, body)),
           layer(kCeil, "after", {"sum"}, {"z"}), layer(kCeil, "late", {"new"}, {"w"})}),
      inputs({"x", "i", "sum"}));
  const Operation& loop = read.operation();
  CHECK(loop.type == "while_loop");
  CHECK(read.reads("loop_vars") == "i sum");
  CHECK(read.integer("max_iterations") == 12);
  REQUIRE(loop.blocks.size() == 2);
  CHECK(names_of(read, loop.blocks[0].outputs) == "go ");
  CHECK(names_of(read, loop.blocks[0].inputs) == "i sum ");
  CHECK(names_of(read, loop.blocks[1].outputs) == "i sum ");
  const auto& step = loop.blocks[1].operations;
  CHECK(step[0].arguments[0].values == std::vector<ValueId>{loop.blocks[1].inputs[0]});
  CHECK(loop.blocks[1].outputs[0] == step[0].results[0]);
  CHECK(loop.blocks[1].outputs[1] == step[2].results[0]);
  CHECK(names_of(read, loop.results) == "i sum ");
  CHECK(read.function.body.operations[1].arguments[0].values ==
        std::vector<ValueId>{loop.results[1]});
  // Written inside only: later layers read the value inside.
  CHECK(read.function.body.operations[2].arguments[0].values == step[1].results);
  CHECK(read.oddities.empty());
}

TEST_CASE("a loop without a condition runs as often as its input or parameter says") {
  const ProtoWriter body = network({layer(kCeil, "step", {"i"}, {"i"})});
  const ReadNetwork fixed = test::read(
      network({layer(kLoop, "for", {}, {}, ProtoWriter().integer(1, 5).message(4, body))}),
      inputs({"i", "n"}));
  CHECK(fixed.integer("max_iterations") == 5);
  CHECK(fixed.operation().blocks[0].operations.empty());
  CHECK(fixed.operation().blocks[0].outputs.empty());
  const ReadNetwork given = test::read(
      network({layer(kLoop, "for", {"n"}, {}, ProtoWriter().integer(1, 5).message(4, body))}),
      inputs({"i", "n"}));
  CHECK(given.reads("max_iterations") == "n");
}

TEST_CASE("names written by loops inside a loop are carried by both") {
  const ProtoWriter inner = network({layer(kCeil, "step", {"x"}, {"x"})});
  const ProtoWriter outer =
      network({layer(kLoop, "inner", {}, {}, ProtoWriter().integer(1, 2).message(4, inner))});
  const ReadNetwork read = test::read(
      network({layer(kLoop, "outer", {}, {}, ProtoWriter().integer(1, 3).message(4, outer))}),
      inputs({"x"}));
  CHECK(names_of(read, read.operation().results) == "x ");
  const Operation& nested = read.operation().blocks[1].operations.at(0);
  CHECK(names_of(read, nested.results) == "x ");
  CHECK(read.operation().blocks[1].outputs == nested.results);
}

TEST_CASE("networks nested too deep, and too many operations or values, are refused") {
  ProtoWriter nested = network({layer(kCeil, "deepest", {"x"}, {"x"})});
  for (int i = 0; i < 15; ++i) {
    nested = network({layer(kBranch, "if", {"x"}, {}, ProtoWriter().message(1, nested))});
  }
  CHECK(test::read(nested, inputs({"x"})).function.body.operations.size() == 1);
  CHECK_THROWS_AS(test::read(nested, inputs({"x"}), {.depth = 15}), anemon::Error);
  CHECK_NOTHROW(test::read(nested, inputs({"x"}), {.depth = 16}));
  CHECK_NOTHROW(test::read(nested, inputs({"x"}), {.operations = 16}));
  CHECK_THROWS_AS(test::read(nested, inputs({"x"}), {.operations = 15}), anemon::Error);
  CHECK_THROWS_AS(test::read(nested, inputs({"x"}), {.values = 1}), anemon::Error);

  ProtoWriter loops = network({layer(kCeil, "deepest", {"x"}, {"x"})});
  for (int i = 0; i < 12; ++i) {
    loops = network({layer(kLoop, "l", {}, {}, ProtoWriter().integer(1, 2).message(4, loops))});
  }
  CHECK_NOTHROW(test::read(loops, inputs({"x"}), {.operations = 13}));
  CHECK_THROWS_AS(test::read(loops, inputs({"x"}), {.operations = 11}), anemon::Error);
}

TEST_CASE("networks are nested sixteen deep and no further, as each level is read once more") {
  const auto nested = [](int depth, bool loop) {
    ProtoWriter inner = network({layer(kCeil, "deepest", {"x"}, {"x"})});
    for (int i = 0; i < depth; ++i) {
      const ProtoWriter around =
          loop ? ProtoWriter().integer(1, 2).message(4, inner) : ProtoWriter().message(1, inner);
      inner = network({layer(loop ? kLoop : kBranch, "l", {"x"}, {}, around)});
    }
    return inner;
  };
  for (const bool loop : {true, false}) {
    CHECK_NOTHROW(test::read(nested(16, loop), inputs({"x"})));
    CHECK_THROWS_WITH(test::read(nested(17, loop), inputs({"x"})),
                      ANEMON_CONTAINS("networks are nested more than 16 deep"));
  }
}
