// Files that are damaged on purpose: an Error or a part of the model, never a crash or a gigabyte.
#include "core/error.h"
#include "models/read/mlmodel.h"
#include "models/read/read_model.h"
#include "tests/catch.h"
#include "tests/models/graph_builder.h"
#include "tests/models/model_writer.h"
#include "tests/scratch_directory.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

Model read(const std::string& text, const ReadLimits& limits = {}) {
  return read_mlmodel({reinterpret_cast<const std::byte*>(text.data()), text.size()}, limits);
}

std::string failure(const std::string& text, const ReadLimits& limits = {}) {
  try {
    read(text, limits);
  } catch (const anemon::Error& error) {
    return error.what();
  }
  return "none";
}

std::string whole_model() {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 3, 8, 8});
  graph.output(graph.add("conv", {{"x", {x}},
                                  {"weight", {graph.weight(DataType::fp16, {4, 3, 3, 3})}},
                                  {"pad_type", {graph.text("same")}},
                                  {"strides", {graph.integers({2, 2})}}}));
  Model model = graph.model();
  model.metadata["author"] = "Somebody";
  Model pipeline;
  pipeline.kind = "pipeline";
  pipeline.specification_version = 5;
  pipeline.members = {model, model};
  WeightWriter weights;
  return model_message(pipeline, weights).bytes();
}

ProtoWriter wrapped(ProtoWriter content, uint32_t field, int times) {
  for (int i = 0; i < times; ++i) content = ProtoWriter().message(field, content);
  return content;
}

ProtoWriter program(const ProtoWriter& block) {
  const ProtoWriter function = ProtoWriter().bytes(2, "CoreML6").entry(3, "CoreML6", block);
  return ProtoWriter().integer(1, 7).message(502, ProtoWriter().entry(2, "main", function));
}

}  // namespace

TEST_CASE("a model cut at any byte is refused or described, never a crash") {
  const std::string whole = whole_model();
  REQUIRE(failure(whole) == "none");
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::string why = failure(whole.substr(0, size));
    CHECK(why != "none");
    CHECK(why.find('\n') == std::string::npos);
  }
}

TEST_CASE("a model with any byte changed is refused or described, never a crash") {
  const std::string whole = whole_model();
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const char change : {'\x01', '\x80', '\x7f'}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ change);
      failure(changed);
    }
  }
  SUCCEED();
}

TEST_CASE("a length beyond the message is refused where it stands") {
  for (const uint64_t length : {uint64_t{5}, uint64_t{1} << 40, ~uint64_t{0}}) {
    const ProtoWriter model = ProtoWriter().integer(1, 7).begin(502, length).append("abc");
    CHECK_THAT(failure(model.bytes()),
               ANEMON_CONTAINS("needs " + std::to_string(length)) && ANEMON_CONTAINS("3 are left"));
  }
}

TEST_CASE("pipelines, blocks and types are read to a depth and no further") {
  const auto pipelines = [](int depth) {
    ProtoWriter model = ProtoWriter().integer(1, 5).message(900, {});
    for (int i = 0; i < depth; ++i) {
      model = ProtoWriter().integer(1, 5).message(202, ProtoWriter().message(1, model));
    }
    return model.bytes();
  };
  CHECK(failure(pipelines(90)) == "none");
  CHECK_THAT(failure(pipelines(110)), ANEMON_CONTAINS("nested deeper"));

  const auto blocks = [](int depth) {
    ProtoWriter block;
    for (int i = 0; i < depth; ++i) {
      block = ProtoWriter().message(3, ProtoWriter().bytes(1, "cond").message(4, block));
    }
    return program(block).bytes();
  };
  CHECK(failure(blocks(90)) == "none");
  CHECK_THAT(failure(blocks(110)), ANEMON_CONTAINS("nested deeper"));
  CHECK_THAT(failure(blocks(20'000)), ANEMON_CONTAINS("nested deeper"));

  const ProtoWriter list = wrapped({}, 1, 0);
  ProtoWriter type = list;
  for (int i = 0; i < 200; ++i) {
    type = ProtoWriter().message(2, ProtoWriter().message(1, type));
  }
  const ProtoWriter result = ProtoWriter().bytes(1, "a").message(2, type);
  CHECK_THAT(failure(program(ProtoWriter().message(3, ProtoWriter().message(3, result))).bytes()),
             ANEMON_CONTAINS("nested deeper"));
}

TEST_CASE("operations and values are read up to their limits over all members") {
  ProtoWriter block;
  for (int i = 0; i < 50; ++i) block.message(3, ProtoWriter().bytes(1, "relu"));
  const std::string member = program(block).bytes();
  ProtoWriter members;
  members.bytes(1, member).bytes(1, member);
  const std::string pipeline = ProtoWriter().integer(1, 7).message(202, members).bytes();
  ReadLimits limits;
  limits.operations = 103;  // 2 x 50 and a step for each of three models
  CHECK(failure(pipeline, limits) == "none");
  limits.operations = 102;
  CHECK_THAT(failure(pipeline, limits), ANEMON_CONTAINS("more operations than are read"));

  ProtoWriter inputs;
  for (int i = 0; i < 100; ++i) inputs.message(1, ProtoWriter().bytes(1, "x"));
  limits = {};
  limits.values = 99;
  CHECK_THAT(
      failure(ProtoWriter().integer(1, 7).message(2, inputs).message(900, {}).bytes(), limits),
      ANEMON_CONTAINS("more values than are read"));
}

TEST_CASE("members are read up to their limit, those of members included") {
  const ProtoWriter leaf = ProtoWriter().integer(1, 1).message(900, {});
  const ProtoWriter two = ProtoWriter().message(1, leaf).message(1, leaf);
  const ProtoWriter inner = ProtoWriter().integer(1, 1).message(202, two);
  const std::string outer =
      ProtoWriter().integer(1, 1).message(202, ProtoWriter().message(1, inner)).bytes();
  ReadLimits limits;
  limits.members = 3;
  CHECK(failure(outer, limits) == "none");
  limits.members = 2;
  CHECK_THAT(failure(outer, limits), ANEMON_CONTAINS("more members than are read"));
  ProtoWriter many;
  for (int i = 0; i < 10'001; ++i) many.message(1, leaf);
  CHECK_THAT(failure(ProtoWriter().integer(1, 1).message(202, many).bytes()),
             ANEMON_CONTAINS("more members than are read"));
}

// Minutes each, were all that has been read looked through for every one of the parts.
TEST_CASE("a message in very many parts is read in one go") {
  ProtoWriter description;
  for (int i = 0; i < 60'000; ++i) {
    description.message(100, ProtoWriter().entry(100, "key" + std::to_string(i), "value"));
  }
  for (int i = 0; i < 300'000; ++i) description.message(100, {});
  const std::string described =
      ProtoWriter().integer(1, 5).message(2, description).message(900, {}).bytes();
  CHECK(read(described).metadata.size() == 60'000);

  ProtoWriter members;
  const ProtoWriter leaf = ProtoWriter().integer(1, 1).message(900, {});
  for (int i = 0; i < 10'000; ++i) members.message(1, leaf);
  ProtoWriter parts = ProtoWriter().message(1, members);
  for (int i = 0; i < 600'000; ++i) parts.message(1, {});
  CHECK(read(ProtoWriter().integer(1, 1).message(200, parts).bytes()).members.size() == 10'000);
}

TEST_CASE("an argument has up to 65536 values") {
  const auto concat = [](int values) {
    ProtoWriter argument;
    for (int i = 0; i < values; ++i) {
      argument.message(1, ProtoWriter().bytes(1, "x"));
    }
    return program(ProtoWriter().message(3, ProtoWriter().entry(2, "values", argument))).bytes();
  };
  CHECK(read(concat(65'536)).functions.at(0).body.operations.at(0).arguments.at(0).values.size() ==
        65'536);
  CHECK_THAT(failure(concat(65'537)), ANEMON_CONTAINS("more than 65536 values"));
}

TEST_CASE("an operation's name is shown as long as others") {
  const ProtoWriter text = ProtoWriter().message(
      1, ProtoWriter().message(4, ProtoWriter().bytes(1, std::string(5000, 'n'))));
  const ProtoWriter name = ProtoWriter()
                               .message(2, ProtoWriter().message(1, ProtoWriter().integer(1, 2)))
                               .message(3, text);
  const ProtoWriter operation = ProtoWriter().bytes(1, "relu").entry(5, "name", name);
  const std::string bytes = program(ProtoWriter().message(3, operation)).bytes();
  const std::string shown = read(bytes).functions.at(0).body.operations.at(0).name;
  CHECK(shown.starts_with("nnn"));
  CHECK(shown.size() <= 1003);
}

TEST_CASE("shapes that overflow are no sizes") {
  const int64_t huge = int64_t{1} << 62;
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {huge, huge});
  graph.output(graph.add("relu", {{"x", {x}}}));
  WeightWriter weights;
  const std::string bytes = model_message(graph.model(), weights).bytes();
  const Model model = read(bytes);
  CHECK_FALSE(packed_bytes(model.functions.at(0).values.at(0).type.tensor));
  const auto dimension = [](uint64_t extent) {
    return ProtoWriter().message(1, ProtoWriter().integer(1, static_cast<int64_t>(extent)));
  };
  const ProtoWriter type = ProtoWriter().message(
      1, ProtoWriter().integer(1, 11).integer(2, 1).message(3, dimension(~uint64_t{0})));
  const ProtoWriter result = ProtoWriter().bytes(1, "a").message(2, type);
  CHECK_THAT(failure(program(ProtoWriter().message(3, ProtoWriter().message(3, result))).bytes()),
             ANEMON_CONTAINS("a dimension of 18446744073709551615 elements"));
}

TEST_CASE("names that are no text come out as text") {
  const std::string wild = "a\x1b[31m\xff\n";
  const std::string bytes = program(ProtoWriter().message(3, ProtoWriter().bytes(1, wild))).bytes();
  const std::string type = read(bytes).functions.at(0).body.operations.at(0).type;
  CHECK(type.find('\x1b') == std::string::npos);
  CHECK(type.find('\n') == std::string::npos);
  CHECK(type.find('\xff') == std::string::npos);
}

TEST_CASE("a thousand alike oddities are one line") {
  ProtoWriter block;
  const ProtoWriter nothing = ProtoWriter().message(1, ProtoWriter().bytes(1, "nothing"));
  for (int i = 0; i < 1000; ++i) {
    block.message(3, ProtoWriter().bytes(1, "relu").entry(2, "x", nothing));
  }
  const std::string bytes = program(block).bytes();
  const Model model = read(bytes);
  REQUIRE(model.oddities.size() == 1);
  CHECK_THAT(model.oddities[0].message, ANEMON_CONTAINS("(and 999 more)"));
}

TEST_CASE("a model of two kinds, and one of twice the same, are not mixed up") {
  const ProtoWriter two = ProtoWriter().integer(1, 5).message(900, {}).message(610, {});
  CHECK(read(two.bytes()).kind == "nonMaximumSuppression");
  const ProtoWriter twice = ProtoWriter().integer(1, 5).message(900, {}).message(900, {});
  CHECK_THAT(failure(twice.bytes()), ANEMON_CONTAINS("two messages of its kind"));
}
