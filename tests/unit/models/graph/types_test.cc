#include "models/graph/model.h"
#include "tests/catch.h"

using namespace anemon::models;

namespace {

TensorType type(DataType dtype, Shape shape) { return {dtype, true, std::move(shape)}; }

Model versioned(int version, std::string kind = "mlProgram") {
  Model model;
  model.specification_version = version;
  model.kind = std::move(kind);
  return model;
}

}  // namespace

TEST_CASE("each format numbers element types in its own way") {
  struct Row {
    DataType type;
    const char* name;
    unsigned bits;
    uint64_t mil, blob, array;  // 0: has none
  };
  // From MIL.proto, MILBlob's storage format and FeatureTypes.proto.
  const Row rows[] = {{DataType::boolean, "bool", 8, 1, 0, 0},
                      {DataType::string, "string", 0, 2, 0, 0},
                      {DataType::fp16, "fp16", 16, 10, 1, 0x10010},
                      {DataType::fp32, "fp32", 32, 11, 2, 0x10020},
                      {DataType::fp64, "fp64", 64, 12, 0, 0x10040},
                      {DataType::bf16, "bf16", 16, 13, 5, 0},
                      {DataType::int8, "int8", 8, 21, 4, 0x20008},
                      {DataType::int16, "int16", 16, 22, 6, 0},
                      {DataType::int32, "int32", 32, 23, 14, 0x20020},
                      {DataType::int64, "int64", 64, 24, 0, 0},
                      {DataType::int4, "int4", 4, 25, 8, 0},
                      {DataType::uint8, "uint8", 8, 31, 3, 0},
                      {DataType::uint16, "uint16", 16, 32, 7, 0},
                      {DataType::uint32, "uint32", 32, 33, 15, 0},
                      {DataType::uint64, "uint64", 64, 34, 0, 0},
                      {DataType::uint4, "uint4", 4, 35, 11, 0},
                      {DataType::uint2, "uint2", 2, 36, 10, 0},
                      {DataType::uint1, "uint1", 1, 37, 9, 0},
                      {DataType::uint6, "uint6", 6, 38, 13, 0},
                      {DataType::uint3, "uint3", 3, 39, 12, 0},
                      {DataType::fp8_e4m3fn, "fp8e4m3fn", 8, 40, 16, 0},
                      {DataType::fp8_e5m2, "fp8e5m2", 8, 41, 17, 0}};
  unsigned mil = 0, blob = 0, array = 0;
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(name_of(row.type) == row.name);
    CHECK(bits_of(row.type) == row.bits);
    CHECK(data_type_of_name(row.name) == row.type);
    CHECK(data_type_of_mil(row.mil) == row.type);
    if (row.blob != 0) CHECK(data_type_of_blob(static_cast<uint32_t>(row.blob)) == row.type);
    if (row.array != 0) CHECK(data_type_of_array(row.array) == row.type);
    CHECK(is_float(row.type) == (row.name[0] == 'f' || row.name[1] == 'f'));
    CHECK(is_integer(row.type) == (std::string_view(row.name).find("int") < 2));
  }
  // No other number means anything.
  for (uint32_t number = 0; number < 300'000; ++number) {
    mil += data_type_of_mil(number) != DataType::unknown;
    blob += data_type_of_blob(number) != DataType::unknown;
    array += data_type_of_array(number) != DataType::unknown;
  }
  CHECK(mil == 22);
  CHECK(blob == 17);
  CHECK(array == 5);
  CHECK(data_type_of_mil(UINT64_MAX) == DataType::unknown);
  CHECK(data_type_of_mil(1ULL << 40) == DataType::unknown);
  CHECK(data_type_of_name("float16") == DataType::unknown);
  CHECK(data_type_of_name("") == DataType::unknown);
  CHECK(name_of(DataType::unknown) == "unknown");
  CHECK(bits_of(DataType::unknown) == 0);
}

TEST_CASE("elements are counted, and what does not fit 63 bits is not") {
  CHECK(element_count(type(DataType::fp16, {})) == 1);
  CHECK(element_count(type(DataType::fp16, {2, 3, 4})) == 24);
  CHECK(element_count(type(DataType::fp16, {2, 0, 4})) == 0);
  CHECK_FALSE(element_count(type(DataType::fp16, {2, kAnyExtent})));
  CHECK_FALSE(element_count({DataType::fp16, false, {}}));
  CHECK(element_count(type(DataType::uint1, {INT64_MAX})) == INT64_MAX);
  CHECK_FALSE(element_count(type(DataType::uint1, {INT64_MAX, 2})));
  CHECK_FALSE(element_count(type(DataType::uint1, {int64_t{1} << 32, int64_t{1} << 31})));
}

TEST_CASE("bytes are those of packed elements, rounded up at the end") {
  CHECK(packed_bytes(type(DataType::fp16, {3, 5})) == 30);
  CHECK(packed_bytes(type(DataType::int4, {3})) == 2);
  CHECK(packed_bytes(type(DataType::uint3, {3})) == 2);
  CHECK(packed_bytes(type(DataType::uint6, {4})) == 3);
  CHECK(packed_bytes(type(DataType::uint1, {9})) == 2);
  CHECK(packed_bytes(type(DataType::boolean, {9})) == 9);
  CHECK(packed_bytes(type(DataType::fp32, {0})) == 0);
  CHECK_FALSE(packed_bytes(type(DataType::string, {9})));
  CHECK_FALSE(packed_bytes(type(DataType::unknown, {9})));
  CHECK_FALSE(packed_bytes(type(DataType::fp64, {INT64_MAX})));
}

TEST_CASE("each row of the last dimension takes 64 bytes or a multiple of them") {
  CHECK(padded_bytes(type(DataType::fp16, {})) == 64);
  CHECK(padded_bytes(type(DataType::fp16, {1, 8, 1})) == 512);
  CHECK(padded_bytes(type(DataType::fp16, {1, 8, 32})) == 512);
  CHECK(padded_bytes(type(DataType::fp16, {1, 8, 33})) == 1024);
  CHECK(padded_bytes(type(DataType::int4, {2, 129})) == 256);
  CHECK(padded_bytes(type(DataType::fp32, {7, 0})) == 0);
  CHECK_FALSE(padded_bytes(type(DataType::fp32, {kAnyExtent, 4})));
  CHECK_FALSE(padded_bytes(type(DataType::uint8, {INT64_MAX / 2, 2})));
}

TEST_CASE("types and shapes are written for people") {
  CHECK(to_text(type(DataType::fp16, {1, kAnyExtent, 224})) == "fp16[1,?,224]");
  CHECK(to_text(type(DataType::int32, {})) == "int32[]");
  CHECK(to_text(TensorType{DataType::fp32, false, {}}) == "fp32[*]");
  CHECK(to_text(Shape{1, 3, kAnyExtent}) == "1x3x?");
  CHECK(to_text(Shape{}) == "scalar");
  CHECK(is_known(type(DataType::fp16, {0, 3})));
  CHECK_FALSE(is_known(type(DataType::fp16, {-1})));
  CHECK_FALSE(is_known({DataType::fp16, false, {}}));
}

TEST_CASE("a version needs the system that brought it, a pipeline the newest of its members'") {
  CHECK(minimum_os(versioned(1)) == "macOS 10.13, iOS 11");
  CHECK(minimum_os(versioned(4)) == "macOS 10.15, iOS 13");
  CHECK(minimum_os(versioned(6)) == "macOS 12, iOS 15");
  CHECK(minimum_os(versioned(9)) == "macOS 15, iOS 18");
  CHECK(minimum_os(versioned(10)) == "macOS 26, iOS 26");
  CHECK(minimum_os(versioned(11)).empty());
  CHECK(minimum_os(versioned(0)).empty());
  CHECK(minimum_os(versioned(-1)).empty());
  Model pipeline = versioned(5, "pipeline");
  pipeline.members = {versioned(1, "treeEnsembleRegressor"), versioned(5, "pipeline")};
  pipeline.members[1].members = {versioned(8)};
  CHECK(newest_version(pipeline) == 8);
  CHECK(minimum_os(pipeline) == "macOS 14, iOS 17");
}

TEST_CASE("networks can use the Neural Engine, and pipelines that have one") {
  for (const char* kind :
       {"mlProgram", "neuralNetwork", "neuralNetworkClassifier", "neuralNetworkRegressor",
        "visionFeaturePrint", "audioFeaturePrint", "soundAnalysisPreprocessing"}) {
    CHECK(can_use_ane(versioned(6, kind)));
  }
  CHECK_FALSE(can_use_ane(versioned(1, "treeEnsembleClassifier")));
  Model pipeline = versioned(5, "pipelineClassifier");
  pipeline.members = {versioned(1, "scaler")};
  CHECK_FALSE(can_use_ane(pipeline));
  pipeline.members.push_back(versioned(5, "neuralNetwork"));
  CHECK(can_use_ane(pipeline));
}

TEST_CASE("an operation answers for its arguments by name") {
  Function function;
  function.values = {{"x", {}, {}}, {"", {}, make_bool(true)}};
  Operation operation;
  operation.type = "constexpr_cast";
  operation.arguments = {{"x", {0}}, {"flag", {1}}, {"none", {}}};
  CHECK(operation.argument("x") != nullptr);
  CHECK(operation.argument("y") == nullptr);
  CHECK(function.value(operation, "x") == &function.values[0]);
  CHECK(function.value(operation, "none") == nullptr);
  CHECK(function.constant(operation, "x") == nullptr);
  CHECK(integer(*function.constant(operation, "flag")) == 1);
  CHECK(is_constant_expression(operation));
  operation.type = "cast";
  CHECK_FALSE(is_constant_expression(operation));
}
