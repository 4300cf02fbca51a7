#include <array>

#include "models/read/mil_program.h"
#include "models/read/mlmodel.h"
#include "tests/catch.h"
#include "tests/models/graph_builder.h"
#include "tests/models/model_writer.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

// As read from a file; what constants point into lives as long.
struct Read {
  std::string bytes;
  Model model;
};

Read read(const ProtoWriter& message) {
  Read result{message.bytes(), {}};
  result.model = read_mlmodel(bytes_of(result.bytes), {});
  return result;
}

Read read(const Model& model) {
  WeightWriter weights;
  return read(model_message(model, weights));
}

// A model around one Block message.
ProtoWriter model_around(const ProtoWriter& block, const char* opset = "CoreML6",
                         const char* key = "CoreML6") {
  const ProtoWriter function = ProtoWriter().bytes(2, opset).entry(3, key, block);
  return ProtoWriter().integer(1, 7).message(
      502, ProtoWriter().integer(1, 1).entry(2, "main", function));
}

ProtoWriter tensor_type(int64_t dtype, std::initializer_list<int64_t> shape) {
  ProtoWriter type;
  type.integer(1, dtype).integer(2, static_cast<int64_t>(shape.size()));
  for (const int64_t extent : shape) {
    type.message(3, ProtoWriter().message(1, ProtoWriter().integer(1, extent)));
  }
  return ProtoWriter().message(1, type);
}

ProtoWriter named(const char* name, const ProtoWriter& type) {
  return ProtoWriter().bytes(1, name).message(2, type);
}

ProtoWriter immediate(const ProtoWriter& type, uint32_t list, const ProtoWriter& elements) {
  const ProtoWriter tensor = ProtoWriter().message(list, elements);
  return ProtoWriter().message(2, type).message(3, ProtoWriter().message(1, tensor));
}

// A `const` operation of this value in a model of its own.
Read read_constant(const ProtoWriter& type, uint32_t list, const ProtoWriter& elements) {
  ProtoWriter operation;
  operation.bytes(1, "const")
      .message(3, named("c", type))
      .entry(5, "val", immediate(type, list, elements));
  return read(model_around(ProtoWriter().message(3, operation).bytes(2, "c")));
}

const Constant& only_constant(const Read& read) {
  const Function& function = read.model.functions.at(0);
  REQUIRE(function.values.at(0).constant);
  return *function.values.at(0).constant;
}

const Oddity* find(const Model& model, const std::string& part) {
  for (const Oddity& each : model.oddities) {
    if (each.message.find(part) != std::string::npos) return &each;
  }
  return nullptr;
}

void require_same(const Block& a, const Block& b) {
  CHECK(a.inputs.size() == b.inputs.size());
  CHECK(a.outputs.size() == b.outputs.size());
  REQUIRE(a.operations.size() == b.operations.size());
  for (size_t i = 0; i < a.operations.size(); ++i) {
    CHECK(a.operations[i].type == b.operations[i].type);
    CHECK(a.operations[i].name == b.operations[i].name);
    CHECK(a.operations[i].arguments.size() == b.operations[i].arguments.size());
    REQUIRE(a.operations[i].blocks.size() == b.operations[i].blocks.size());
    for (size_t j = 0; j < a.operations[i].blocks.size(); ++j) {
      require_same(a.operations[i].blocks[j], b.operations[i].blocks[j]);
    }
  }
}

GraphBuilder small_network() {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 3, 8, 8});
  const ValueId y = graph.add("conv",
                              {{"x", {x}},
                               {"weight", {graph.weight(DataType::fp16, {4, 3, 3, 3})}},
                               {"strides", {graph.integers({1, 2})}},
                               {"pad_type", {graph.text("valid")}}},
                              {{DataType::fp16, true, {1, 4, 6, 3}}})[0];
  graph.output(graph.add("relu", {{"x", {y}}}));
  return graph;
}

}  // namespace

TEST_CASE("what is written of a function is read again") {
  const Read result = read(small_network().model());
  const Function& function = result.model.functions.at(0);
  require_same(function.body, small_network().function().body);
  CHECK(function.name == "main");
  CHECK(function.opset == "CoreML7");
  const Operation& conv = function.body.operations[0];
  CHECK(function.value(conv, "x") == &function.values[function.body.inputs.at(0)]);
  CHECK(function.value(conv, "x")->name == "x");
  CHECK(function.value(conv, "x")->type.tensor == TensorType{DataType::fp16, true, {1, 3, 8, 8}});
  CHECK(integers(*function.constant(conv, "strides")) == std::vector<int64_t>{1, 2});
  CHECK(text(*function.constant(conv, "pad_type")) == "valid");
  const Operation& relu = function.body.operations[1];
  CHECK(function.value(relu, "x") == &function.values[conv.results.at(0)]);
  CHECK_FALSE(function.values[relu.results.at(0)].type.tensor.ranked);
  CHECK(function.body.outputs == relu.results);
}

TEST_CASE("the value of a const operation is in its result and no argument") {
  const Read result = read_constant(tensor_type(23, {3}), 2,
                                    ProtoWriter().packed(1, std::vector<int64_t>{1, -2, 300}));
  CHECK(integers(only_constant(result)) == std::vector<int64_t>{1, -2, 300});
  CHECK(only_constant(result).type == TensorType{DataType::int32, true, {3}});
  CHECK(result.model.functions[0].body.operations[0].arguments.empty());
  CHECK(result.model.oddities.empty());
}

TEST_CASE("immediate values of every list of elements are read") {
  SECTION("floats stay where they are") {
    const float halves[] = {0.5F, -1.5F};
    const Read result = read_constant(
        tensor_type(11, {2}), 1,
        ProtoWriter().bytes(1, {reinterpret_cast<const char*>(halves), sizeof halves}));
    const Constant& constant = only_constant(result);
    CHECK(numbers(constant) == std::vector<double>{0.5, -1.5});
    const auto* begin = reinterpret_cast<const char*>(constant.data.data());
    CHECK((begin >= result.bytes.data() && begin < result.bytes.data() + result.bytes.size()));
  }
  SECTION("floats one by one") {
    const Read result =
        read_constant(tensor_type(11, {2}), 1, ProtoWriter().float32(1, 0.5F).float32(1, 2.0F));
    CHECK(numbers(only_constant(result)) == std::vector<double>{0.5, 2.0});
  }
  SECTION("integers one by one") {
    const Read result =
        read_constant(tensor_type(23, {2}), 2, ProtoWriter().integer(1, 7).integer(1, -7));
    CHECK(integers(only_constant(result)) == std::vector<int64_t>{7, -7});
  }
  SECTION("truths") {
    const Read result =
        read_constant(tensor_type(1, {2}), 3, ProtoWriter().packed(1, std::vector<int64_t>{1, 0}));
    CHECK(integers(only_constant(result)) == std::vector<int64_t>{1, 0});
    CHECK(only_constant(result).data.size() == 2);
  }
  SECTION("texts") {
    const Read result =
        read_constant(tensor_type(2, {2}), 4, ProtoWriter().bytes(1, "cat").bytes(1, "dog"));
    CHECK(only_constant(result).strings == std::vector<std::string>{"cat", "dog"});
  }
  SECTION("long integers") {
    const Read result = read_constant(
        tensor_type(24, {1}), 5, ProtoWriter().packed(1, std::vector<int64_t>{int64_t{1} << 60}));
    CHECK(integers(only_constant(result)) == std::vector<int64_t>{int64_t{1} << 60});
  }
  SECTION("unsigned integers in a signed list") {
    const Read result =
        read_constant(tensor_type(33, {1}), 2, ProtoWriter().packed(1, std::vector<int64_t>{-1}));
    CHECK(integers(only_constant(result)) == std::vector<int64_t>{0xffffffff});
  }
  SECTION("doubles") {
    const double third = 0.25;
    const Read result = read_constant(
        tensor_type(12, {1}), 6,
        ProtoWriter().bytes(1, {reinterpret_cast<const char*>(&third), sizeof third}));
    CHECK(numbers(only_constant(result)) == std::vector<double>{0.25});
  }
  SECTION("bytes of fp16") {
    const Read result = read_constant(tensor_type(10, {2}), 7,
                                      ProtoWriter().bytes(1, std::string("\x00\x3c\x00\xc0", 4)));
    CHECK(numbers(only_constant(result)) == std::vector<double>{1.0, -2.0});
  }
  SECTION("bytes of four bits") {
    const Read result = read_constant(tensor_type(35, {3}), 7, ProtoWriter().bytes(1, "\x21\x03"));
    CHECK(integers(only_constant(result)) == std::vector<int64_t>{1, 2, 3});
  }
}

TEST_CASE("a long list of integers is left packed") {
  const std::vector<int64_t> many(70'000, 1);
  const Read result = read_constant(tensor_type(23, {70'000}), 2, ProtoWriter().packed(1, many));
  CHECK(only_constant(result).packing == Packing::varints);
  CHECK(only_constant(result).data.size() == 70'000);
  CHECK(only_constant(result).own == nullptr);
}

TEST_CASE("a long list in several parts is missing, a short one is put together") {
  const auto in_parts = [](size_t size) {
    return ProtoWriter()
        .packed(1, std::vector<int64_t>(size - 2, 1))
        .packed(1, std::vector<int64_t>(2, 1));
  };
  const Read short_list = read_constant(tensor_type(23, {100}), 2, in_parts(100));
  CHECK(integers(only_constant(short_list)) == std::vector<int64_t>(100, 1));
  CHECK(short_list.model.oddities.empty());
  for (const uint32_t list : {2u, 3u, 5u}) {
    const Read result = read_constant(tensor_type(24, {70'000}), list, in_parts(70'000));
    CHECK(only_constant(result).missing);
    CHECK(only_constant(result).own == nullptr);
    CHECK(find(result.model, "a long list in several parts"));
  }
  const ProtoWriter floats =
      ProtoWriter().bytes(1, std::string(65'536, '\0')).bytes(1, std::string(4, '\0'));
  const Read result = read_constant(tensor_type(11, {16'385}), 1, floats);
  CHECK(only_constant(result).missing);
  CHECK(find(result.model, "a long list in several parts"));
}

TEST_CASE("elements that are unpacked count as values, one for 32 of them") {
  const std::vector<int64_t> ones(64'000, 1);
  const ProtoWriter value = immediate(tensor_type(24, {64'000}), 2, ProtoWriter().packed(1, ones));
  const ProtoWriter operation = ProtoWriter()
                                    .bytes(1, "const")
                                    .message(3, named("c", tensor_type(24, {64'000})))
                                    .entry(5, "val", value);
  const std::string bytes = model_around(ProtoWriter().message(3, operation)).bytes();
  ReadLimits limits;
  limits.values = 2100;
  CHECK_NOTHROW(read_mlmodel(bytes_of(bytes), limits));
  limits.values = 1999;
  CHECK_THROWS_WITH(read_mlmodel(bytes_of(bytes), limits),
                    ANEMON_CONTAINS("more values than are read"));
}

TEST_CASE("a constant that is not what its type says is odd and without elements") {
  const Read wrong_list = read_constant(tensor_type(10, {1}), 1, ProtoWriter().float32(1, 1));
  CHECK(only_constant(wrong_list).missing);
  CHECK(find(wrong_list.model, "is no fp16[1]"));
  const Read too_large = read_constant(tensor_type(21, {1}), 2, ProtoWriter().integer(1, 300));
  CHECK(only_constant(too_large).missing);
  const Read too_few = read_constant(tensor_type(11, {2}), 1, ProtoWriter().float32(1, 1));
  CHECK_FALSE(numbers(only_constant(too_few)));
  CHECK(find(too_few.model, "not as many elements as fp32[2]"));
}

TEST_CASE("parameters in attributes are arguments like those in inputs") {
  const Constant lookup = make_integers(std::vector<int64_t>{1, 2});
  for (const char* opset : {"CoreML6", "CoreML8"}) {
    GraphBuilder graph(opset);
    graph.output(graph.add(
        "constexpr_lut_to_dense",
        {{"lut", {graph.integers({1, 2})}}, {"indices", {graph.weight(DataType::uint8, {8})}}}));
    const Read result = read(graph.model());
    const Function& function = result.model.functions[0];
    const Operation& operation = function.body.operations.at(0);
    INFO(opset);
    REQUIRE(function.constant(operation, "lut"));
    CHECK(integers(*function.constant(operation, "lut")) == std::vector<int64_t>{1, 2});
    REQUIRE(function.constant(operation, "indices"));
    CHECK(function.constant(operation, "indices")->stored_bytes() == 8);
    CHECK(operation.name == "constexpr_lut_to_dense_0");
    CHECK_FALSE(operation.argument("name"));
  }
}

TEST_CASE("a value that nothing defines is odd and has no type") {
  const auto user = [](const char* name, const char* of, const char* to) {
    return ProtoWriter()
        .bytes(1, "relu")
        .entry(2, "x", ProtoWriter().message(1, ProtoWriter().bytes(1, of)))
        .message(3, named(to, tensor_type(11, {1})))
        .entry(5, "name", immediate(tensor_type(2, {}), 4, ProtoWriter().bytes(1, name)));
  };
  // A cycle: each uses the other's result.
  const ProtoWriter block = ProtoWriter()
                                .bytes(2, "b")
                                .message(3, user("first", "b", "a"))
                                .message(3, user("second", "a", "b"));
  const Read result = read(model_around(block));
  const Function& function = result.model.functions[0];
  const Oddity* oddity = find(result.model, "first of function main uses b");
  REQUIRE(oddity);
  CHECK(oddity->operation == "first");
  CHECK(result.model.oddities.size() == 1);
  CHECK(function.value(function.body.operations[0], "x")->type.kind == ValueKind::unknown);
  CHECK(function.value(function.body.operations[1], "x")->type.kind == ValueKind::tensor);
}

TEST_CASE("an operation cannot use its own result") {
  const ProtoWriter operation =
      ProtoWriter()
          .bytes(1, "relu")
          .entry(2, "x", ProtoWriter().message(1, ProtoWriter().bytes(1, "y")))
          .message(3, named("y", tensor_type(11, {1})));
  const Read result = read(model_around(ProtoWriter().bytes(2, "y").message(3, operation)));
  CHECK(find(result.model, "relu of function main uses y"));
}

TEST_CASE("blocks see the values around them and hide their own") {
  const auto producer = [](const char* to) {
    return ProtoWriter().bytes(1, "make").message(3, named(to, tensor_type(11, {1})));
  };
  const auto consumer = [](const char* of) {
    return ProtoWriter().bytes(1, "use").entry(
        2, "x", ProtoWriter().message(1, ProtoWriter().bytes(1, of)));
  };
  const ProtoWriter inner = ProtoWriter()
                                .message(1, named("own", tensor_type(10, {2})))
                                .message(3, consumer("outer"))
                                .message(3, producer("outer"))
                                .message(3, consumer("own"))
                                .bytes(2, "outer");
  const ProtoWriter loop = ProtoWriter().bytes(1, "while_loop").message(4, inner).message(4, inner);
  const ProtoWriter block = ProtoWriter()
                                .message(3, producer("outer"))
                                .message(3, loop)
                                .message(3, consumer("outer"))
                                .message(3, consumer("own"));
  const Read result = read(model_around(block));
  const Function& function = result.model.functions[0];
  const ValueId outer = function.body.operations[0].results[0];
  const std::vector<Block>& blocks = function.body.operations[1].blocks;
  REQUIRE(blocks.size() == 2);
  for (const Block& each : blocks) {
    CHECK(each.operations[0].arguments[0].values[0] == outer);
    CHECK(each.operations[2].arguments[0].values == each.inputs);
    CHECK(each.outputs == each.operations[1].results);
    CHECK(each.outputs[0] != outer);
  }
  CHECK(function.body.operations[2].arguments[0].values[0] == outer);
  REQUIRE(result.model.oddities.size() == 1);  // shadowing is none; `own` outside its block is
  CHECK(find(result.model, "uses own"));
}

TEST_CASE("a value defined twice in one block is odd, and the later one counts") {
  const ProtoWriter make =
      ProtoWriter().bytes(1, "make").message(3, named("a", tensor_type(11, {})));
  const Read result =
      read(model_around(ProtoWriter().message(3, make).message(3, make).bytes(2, "a")));
  CHECK(find(result.model, "value a of function main is defined twice"));
  const Block& body = result.model.functions[0].body;
  CHECK(body.outputs == body.operations[1].results);
}

TEST_CASE("operations are those of the function's opset") {
  const ProtoWriter relu = ProtoWriter().message(3, ProtoWriter().bytes(1, "relu"));
  const ProtoWriter tanh = ProtoWriter().message(3, ProtoWriter().bytes(1, "tanh"));
  const auto model = [&](const char* opset) {
    const ProtoWriter function =
        ProtoWriter().entry(3, "CoreML5", relu).bytes(2, opset).entry(3, "CoreML7", tanh);
    return read(ProtoWriter().integer(1, 8).message(502, ProtoWriter().entry(2, "main", function)));
  };
  CHECK(model("CoreML5").model.functions[0].body.operations[0].type == "relu");
  CHECK(model("CoreML7").model.functions[0].body.operations[0].type == "tanh");
  CHECK(model("CoreML7").model.oddities.empty());
  const Read other = model("CoreML9");
  CHECK(other.model.functions[0].body.operations[0].type == "tanh");
  CHECK(find(other.model, "no operations for its opset CoreML9"));
  CHECK_THROWS_WITH(read(ProtoWriter().integer(1, 8).message(
                        502, ProtoWriter().entry(2, "main", ProtoWriter().bytes(2, "CoreML5")))),
                    ANEMON_CONTAINS("function main has no operations"));
}

TEST_CASE("functions come with the default one first and the others by name") {
  Model model = small_network().model();
  model.specification_version = 9;
  const Function main = model.functions[0];
  model.functions.clear();
  for (const char* name : {"prefill", "adapter", "extend"}) {
    Function function = main;
    function.name = name;
    model.functions.push_back(function);
    model.interfaces.push_back(model.interface);
    model.interfaces.back().function = name;
  }
  model.interface = model.interfaces[2];
  const Read result = read(model);
  std::vector<std::string> names;
  for (const Function& each : result.model.functions) names.push_back(each.name);
  CHECK(names == std::vector<std::string>{"extend", "adapter", "prefill"});
  CHECK(result.model.interface.function == "extend");
  CHECK(result.model.interfaces.size() == 3);
  CHECK(result.model.interface.inputs.at(0).name == "x");
}

TEST_CASE("without a default function the interface is that of the function that comes first") {
  const auto described = [](const char* name) {
    const ProtoWriter x = ProtoWriter().bytes(1, "of " + std::string(name));
    return ProtoWriter().bytes(1, name).message(2, x);
  };
  const ProtoWriter function = ProtoWriter().bytes(2, "CoreML8").entry(3, "CoreML8", ProtoWriter());
  const auto read_two = [&](const char* first, const char* second, const char* chosen) {
    ProtoWriter description;
    description.message(20, described(first)).message(20, described(second));
    description.bytes(21, chosen);
    const ProtoWriter program = ProtoWriter().entry(2, first, function).entry(2, second, function);
    return read(ProtoWriter().integer(1, 9).message(2, description).message(502, program)).model;
  };
  for (const auto& [first, second, chosen, expected] :
       std::initializer_list<std::array<const char*, 4>>{{"zeta", "main", "", "main"},
                                                         {"zeta", "alpha", "", "alpha"},
                                                         {"zeta", "alpha", "zeta", "zeta"},
                                                         {"zeta", "alpha", "none", "alpha"}}) {
    const Model model = read_two(first, second, chosen);
    INFO(first << ", " << second << ", " << chosen);
    CHECK(model.functions.at(0).name == expected);
    CHECK(model.interface.function == expected);
    CHECK(model.interface.inputs.at(0).name == "of " + std::string(expected));
  }
}

TEST_CASE("states, lists and open dimensions keep their kind") {
  GraphBuilder graph("CoreML8");
  graph.input("x", DataType::fp16, {1, kAnyExtent, 8});
  const ValueId state = graph.input("cache", DataType::fp16, {1, 8, 64});
  graph.function().values[state].type.kind = ValueKind::state;
  const Read result = read(graph.model());
  const Function& function = result.model.functions[0];
  CHECK(function.values[0].type.tensor == TensorType{DataType::fp16, true, {1, kAnyExtent, 8}});
  CHECK(function.values[1].type.kind == ValueKind::state);
  CHECK(function.values[1].type.tensor == TensorType{DataType::fp16, true, {1, 8, 64}});
}
