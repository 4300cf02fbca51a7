#include "models/read/mil_text.h"

#include <cmath>
#include <limits>

#include "models/read/mil_text_scope.h"
#include "tests/catch.h"

using namespace anemon;
using namespace anemon::models;

namespace {

struct Reading {
  MilText program;
  std::vector<Oddity> oddities;

  const Function& main() const { return program.functions.at(0); }
  const Operation& operation(size_t index) const { return main().body.operations.at(index); }
  const Value& value(ValueId id) const { return main().values.at(id); }
  // What the const with this number holds.
  const Constant& constant(size_t index) const {
    return value(operation(index).results.at(0)).constant.value();
  }
};

Reading read(std::string_view text, const ReadLimits& limits = {}) {
  WeightFiles weights;
  Budget budget(limits);
  OddityLog oddities;
  Reading reading;
  reading.program = read_mil_text(text, "m.mil", weights, budget, oddities);
  reading.oddities = oddities.take();
  return reading;
}

std::string error_of(std::string_view text, const ReadLimits& limits = {}) {
  try {
    read(text, limits);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string in_main(const std::string& operations) {
  return "program(1.3)\n{\nfunc main<ios18>(tensor<fp32, [2, ?]> x) {\n" + operations +
         "\n} -> (x);\n}";
}

Reading read_const(const std::string& type, const std::string& literal) {
  return read(in_main(type + " c = const()[val = " + literal + "];"));
}

constexpr std::string_view kWhole = R"(// a comment
program(1.3)
[buildInfo = dict<string, string>({{"coremlc-version", "1.2"}, {"tool", "a \"b\""}}), odd = (1, [2, 3])]
{
    func main<ios17>(tensor<fp16, [1, ?]> x, state<tensor<fp16, [4]>> kv)
        [FlexibleShapeInformation = tuple<tuple<tensor<string, []>, dict<tensor<string, []>, tensor<int32, [?]>>>>((("Default", {{"x", [1, 2]}})))] {
        int32 axis = const()[name = string("axis"), val = int32(-1)]; /* another
        over lines */
        tensor<fp16, [1, ?]> a, tensor<fp16, [1, ?]> b = split(axis = axis, num_splits = int32(2), x = x)[name = string("two")];
        (fp16 s) = reduce_sum(x = a);
        write_state(data = s, input = kv)[name = string("keep")];
        tensor<fp16, [2, ?]> c = concat(axis = axis, interleave = false, values = (a, b, x))[name = string("join")];
        bool p = less(x = axis, y = 3);
        tensor<fp16, [?]> r = cond(pred = p)[name = string("if")]
          { tensor<fp16, [?]> inner = relu(x = a); } -> (inner),
          { tensor<fp16, [?]> inner = tanh(x = b); } -> (inner);
        int32 n, list<tensor<fp16, [2]>, ?> l = while_loop(loop_vars = (axis, x))
          (int32 i, tensor<fp16, [?]> v) { bool go = less(x = i, y = axis); } -> (go)
          (int32 i, tensor<fp16, [?]> v) { int32 next = add(x = i, y = axis); } -> (next, v);
    } -> (c, r);
    func other<ios15>() { tensor<fp32, *> y = make(); } -> (y);
}
)";

}  // namespace

TEST_CASE("a program of everything that the text can say") {
  const Reading reading = read(kWhole);
  CHECK(reading.oddities.empty());
  CHECK(reading.program.version == "1.3");
  CHECK(reading.program.build_info.at("coremlc-version") == "1.2");
  CHECK(reading.program.build_info.at("tool") == "a \"b\"");
  REQUIRE(reading.program.functions.size() == 2);
  const Function& main = reading.main();
  CHECK(main.name == "main");
  CHECK(main.opset == "CoreML7");
  CHECK_FALSE(main.old_network);
  REQUIRE(main.body.inputs.size() == 2);
  CHECK(to_text(reading.value(main.body.inputs[0]).type.tensor) == "fp16[1,?]");
  CHECK(reading.value(main.body.inputs[1]).type.kind == ValueKind::state);
  REQUIRE(main.body.operations.size() == 8);

  const Operation& split = reading.operation(1);
  CHECK(split.type == "split");
  CHECK(split.name == "two");
  REQUIRE(split.results.size() == 2);
  CHECK(reading.value(split.results[1]).name == "b");
  CHECK(integer(*main.constant(split, "axis")) == -1);
  CHECK(integer(*main.constant(split, "num_splits")) == 2);
  CHECK(main.value(split, "x")->name == "x");
  CHECK(reading.operation(2).results.size() == 1);
  CHECK(reading.operation(3).results.empty());
  CHECK(reading.operation(3).name == "keep");

  const Operation& concat = reading.operation(4);
  CHECK(integer(*main.constant(concat, "interleave")) == 0);
  CHECK(concat.argument("values")->values.size() == 3);
  CHECK(integer(*main.constant(reading.operation(5), "y")) == 3);

  const Operation& cond = reading.operation(6);
  REQUIRE(cond.blocks.size() == 2);
  CHECK(cond.blocks[0].operations.at(0).type == "relu");
  CHECK(cond.blocks[1].operations.at(0).type == "tanh");
  CHECK(cond.blocks[1].outputs == cond.blocks[1].operations[0].results);

  const Operation& loop = reading.operation(7);
  REQUIRE(loop.blocks.size() == 2);
  CHECK(loop.blocks[1].inputs.size() == 2);
  CHECK(loop.blocks[1].outputs ==
        std::vector<ValueId>{loop.blocks[1].operations[0].results[0], loop.blocks[1].inputs[1]});
  CHECK(reading.value(loop.results[1]).type.kind == ValueKind::list);
  CHECK(main.body.outputs == std::vector<ValueId>{concat.results[0], cond.results[0]});

  const Function& other = reading.program.functions[1];
  CHECK(other.opset == "CoreML5");
  CHECK_FALSE(other.values.at(0).type.tensor.ranked);
}

TEST_CASE("the older dialect gives scalars tensor types") {
  const Reading reading = read(R"(program(1.0)
[buildInfo = dict<tensor<string, []>, tensor<string, []>>({{"coremlc-version", "3402.4.1"}})]
{
  func main<ios16>(tensor<fp16, [1, 10]> x) {
    tensor<int32, []> axis = const()[name = tensor<string, []>("axis_0"), val = tensor<int32, []>(1)];
    tensor<fp16, [10, 4]> w = const()[name = tensor<string, []>("w"), val = tensor<fp16, [10, 4]>(BLOBFILE(path = tensor<string, []>("@model_path/weights/weight.bin"), offset = tensor<uint64, []>(64)))];
    tensor<fp16, [1, 4]> y = matmul(x = x, y = w)[name = tensor<string, []>("y_cast")];
  } -> (y);
}
)");
  CHECK(reading.operation(0).name == "axis_0");
  CHECK(integer(reading.constant(0)) == 1);
  const Constant& weight = reading.constant(1);
  REQUIRE(weight.blob);
  CHECK(weight.blob->file == "@model_path/weights/weight.bin");
  CHECK(weight.blob->offset == 64);
  CHECK(weight.missing);
  CHECK(weight.stored_bytes() == 80);
}

TEST_CASE("numbers are read as they are written") {
  const auto only = [](const std::string& type, const std::string& number) {
    return models::number(read_const(type, type + "(" + number + ")").constant(0)).value();
  };
  CHECK(only("fp32", "0x1.5p-3") == 0x1.5p-3);
  CHECK(only("fp16", "-0x1.ffcp+15") == -65504);
  CHECK(only("fp16", "0x1p-24") == 0x1p-24);
  CHECK(only("fp16", "1e9") == INFINITY);
  CHECK(only("fp32", "-inf") == -INFINITY);
  CHECK(only("fp64", "inf") == INFINITY);
  CHECK(std::isnan(only("fp16", "nan")));
  CHECK(std::signbit(only("fp32", "-0")));
  CHECK(std::signbit(only("fp16", "-0x0p+0")));
  CHECK(only("fp32", "0.125") == 0.125);
  CHECK(only("fp32", "+1.5e+2") == 150);
  CHECK(only("int8", "-128") == -128);
  CHECK(only("uint8", "255") == 255);
  CHECK(only("bool", "true") == 1);
  CHECK(only("uint64", "18446744073709551615") == 0x1p64);
  CHECK(integer(read_const("int64", "int64(-9223372036854775808)").constant(0)) == INT64_MIN);
  CHECK(integer(read_const("uint64", "uint64(9223372036854775807)").constant(0)) == INT64_MAX);
}

TEST_CASE("lists of numbers are read through all their brackets") {
  const auto elements = [](const std::string& type, const std::string& list) {
    return numbers(read_const(type, type + "(" + list + ")").constant(0)).value();
  };
  CHECK(elements("tensor<int32, [2, 2]>", "[[1, -2], [3, 4]]") == std::vector<double>{1, -2, 3, 4});
  CHECK(elements("tensor<int4, [5]>", "[-8, 7, 0, -1, 3]") == std::vector<double>{-8, 7, 0, -1, 3});
  CHECK(elements("tensor<uint3, [6]>", "[0, 1, 2, 5, 6, 7]") ==
        std::vector<double>{0, 1, 2, 5, 6, 7});
  CHECK(elements("tensor<bool, [2]>", "[true, false]") == std::vector<double>{1, 0});
  CHECK(elements("tensor<fp16, [0]>", "[]").empty());
  CHECK(elements("tensor<uint8, [2]>", "\"\\x01\\xff\"") == std::vector<double>{1, 255});
}

TEST_CASE("names may have points and odd signs inside") {
  const Reading reading = read(in_main("fp16 a.1_@b$2 = f(x = x);\nfp16 c = f(x = a.1_@b$2);"));
  CHECK(reading.oddities.empty());
  CHECK(reading.value(reading.operation(0).results.at(0)).name == "a.1_@b$2");
}

TEST_CASE("texts lose their escapes and what no terminal should get") {
  CHECK(text(read_const("string", R"(string("a\"b\\c\td"))").constant(0)) ==
        "a\"b\\c\xEF\xBF\xBD"
        "d");
  CHECK(
      read_const("tensor<string, [2]>", R"(tensor<string, [2]>(["x", "y"]))").constant(0).strings ==
      std::vector<std::string>{"x", "y"});
}

TEST_CASE("another number of elements than the type says is an oddity") {
  const Reading reading = read_const("tensor<int32, [3]>", "tensor<int32, [3]>([1, 2])");
  REQUIRE(reading.oddities.size() == 1);
  CHECK(reading.oddities[0].message == "m.mil:4:38: 2 elements where int32[3] takes 3");
  CHECK_FALSE(numbers(reading.constant(0)));
}

TEST_CASE("a value that nothing defines is an oddity, not its own or a block's inner one") {
  const std::string undefined = "which nothing before it defines";
  const Reading reading = read(in_main("fp16 a = relu(x = later);\nfp16 b = tanh(x = b);"));
  REQUIRE(reading.oddities.size() == 1);
  CHECK(reading.oddities[0].message == "m.mil:4:19: a uses later, " + undefined + " (and 1 more)");
  const Reading blocks =
      read(in_main("fp16 a = cond()\n{ fp16 i = f(); } -> (i);\nfp16 b = relu(x = i);"));
  REQUIRE(blocks.oddities.size() == 1);
  CHECK(blocks.oddities[0].message == "m.mil:6:19: b uses i, " + undefined);
}

// Minutes when every oddity's line is counted from the start.
TEST_CASE("very many oddities behind a long text cost as little as one") {
  constexpr int kEach = 20'000;
  std::string operations = "/*" + std::string(8 << 20, '\n') + "*/";
  for (int i = 0; i < kEach; ++i) {
    operations += "int32 y = const()[val = tensor<int32, [2]>([1])];int32 z = f(x = nowhere);";
  }
  const Reading reading = read(in_main(operations));
  REQUIRE(reading.oddities.size() == 2);
  CHECK(reading.oddities[0].message ==
        "m.mil:8388612:27: 1 elements where int32[2] takes 2 (and 19999 more)");
  CHECK_THAT(reading.oddities[1].message, ANEMON_CONTAINS("m.mil:8388612:68: z uses nowhere"));
}

// Minutes when the end of every block goes through what the first one had.
TEST_CASE("very many blocks behind a large one cost as little as they hold") {
  constexpr size_t kNames = 1'000'000, kBlocks = 300'000, kDigits = 7;
  std::string names;
  for (size_t i = 0; i < kNames; ++i) names += std::to_string(kNames + i);
  MilTextScope scope;
  for (size_t i = 0; i < kNames; ++i) {
    scope.define(std::string_view(names).substr(i * kDigits, kDigits), static_cast<ValueId>(i));
  }
  CHECK(scope.find("1999999") == ValueId{999'999});
  scope.leave(0);
  for (size_t i = 0; i < kBlocks; ++i) {
    scope.define("x", 1);
    scope.leave(0);
    scope.leave(0);
  }
  CHECK_FALSE(scope.find("x"));
  CHECK_FALSE(scope.find("1999999"));
}

TEST_CASE("errors say where and what was expected") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "m.mil:1:1: expected 'program', found the end of the file"},
      {"version https://git-lfs", "m.mil:1:1: expected 'program', found 'version'"},
      {"program(x)", "m.mil:1:9: expected a version, found 'x'"},
      {"program(1.0)\n{\n  fun", "m.mil:3:3: expected 'func' or '}', found 'fun'"},
      {"program(1.0) {} more", "m.mil:1:17: expected the end of the file, found 'more'"},
      {"program(1.0) /* no end", "m.mil:1:14: comment without an end"},
      {"program(\"1.0)", "m.mil:1:9: text without a closing quote"},
      {"program(1.0) \x01", "m.mil:1:14: unexpected byte 0x01"},
      {in_main("fp16 a = relu(x = x)"), "m.mil:5:1: expected ';', found '}'"},
      {in_main("fp16 a relu(x = x);"), "m.mil:4:8: expected '=', found 'relu'"},
      {in_main("tensor<fp16, [1> a = f();"), "m.mil:4:16: expected ']', found '>'"},
      {in_main("tensor<fp16, [-]> a = f();"), "m.mil:4:15: '-' is no number"},
      {in_main("uint8 a = const()[val = uint8(256)];"), "m.mil:4:31: 256 does not fit uint8"},
      {in_main("uint8 a = const()[val = uint8(-1)];"), "m.mil:4:31: -1 does not fit uint8"},
      {in_main("int32 a = const()[val = int32(1.5)];"), "m.mil:4:31: 1.5 does not fit int32"},
      {in_main("int32 a = const()[val = int32(0x)];"), "m.mil:4:31: '0x' is no number"},
      {in_main("uint64 a = const()[val = uint64(18446744073709551616)];"),
       "m.mil:4:33: 18446744073709551616 does not fit 64 bits"},
      {in_main("fp16 a = const()[val = fp16(BLOBFILE(offset = uint64(64)))];"),
       "m.mil:4:37: expected a path and an offset of a BLOBFILE"},
      {in_main("fp16 a = f(x = [);"), "m.mil:4:16: expected a number, found '['"},
  };
  for (const auto& [text, message] : cases) CHECK(error_of(text) == message);
}

TEST_CASE("a program cut anywhere is refused with a place") {
  for (size_t size = 0; size < kWhole.size(); ++size) {
    const std::string_view cut = kWhole.substr(0, size);
    // What follows the last brace is blank.
    if (cut.find_last_of('}') == kWhole.find_last_of('}')) continue;
    const std::string message = error_of(cut);
    INFO(size << ": " << message);
    REQUIRE(message.starts_with("m.mil:"));
  }
}

TEST_CASE("a program with any byte changed is read or refused") {
  uint32_t state = 1;
  for (size_t at = 0; at < kWhole.size(); ++at) {
    std::string text(kWhole);
    state = state * 1664525 + 1013904223;
    text[at] = static_cast<char>(state >> 24);
    const std::string message = error_of(text);
    INFO(at << ": " << message);
    REQUIRE((message == "no error" || message.starts_with("m.mil:")));
  }
}

TEST_CASE("what is nested without end is refused") {
  const auto repeated = [](std::string_view words) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += words;
    return text;
  };
  const std::string deeper = "the model is nested deeper than is read";
  for (const std::string& text :
       {in_main("int32 a = const()[val = int32(" + repeated("[")),
        in_main(repeated("list<") + " a = f();"), in_main("int32 a = f(x = " + repeated("(")),
        in_main("int32 a = const()[val = int32(" + repeated("int32(")),
        in_main(repeated("int32 a = cond() {"))}) {
    CHECK_THAT(error_of(text), ANEMON_CONTAINS(deeper));
  }
  // Attributes that are not read are passed over, however deep.
  CHECK(error_of("program(1.0)[a = " + repeated("(") + repeated(")") + "] {}") == "no error");
}

TEST_CASE("the number of operations, values and elements is bounded") {
  ReadLimits limits;
  limits.operations = 2;
  const std::string three = in_main("f(); f(); f();");
  CHECK(error_of(three, limits) == "m.mil:4:11: the model has more operations than are read");
  limits = {};
  limits.values = 30;  // one for 32 elements
  std::string list = "0";
  for (int i = 0; i < 1000; ++i) list += ", 0";
  const std::string many = in_main("f(x = tensor<int32, [1001]>([" + list + "]));");
  CHECK_THAT(error_of(many, limits), ANEMON_CONTAINS("the model has more values than are read"));
  CHECK(error_of(many) == "no error");
}
