#include "tests/models/random_program.h"

#include <array>
#include <limits>
#include <random>

#include "models/graph/element_writer.h"

namespace anemon::models::test {
namespace {

constexpr std::array kElements = {
    DataType::boolean, DataType::string,     DataType::fp16,     DataType::fp32,  DataType::fp64,
    DataType::bf16,    DataType::fp8_e4m3fn, DataType::fp8_e5m2, DataType::int4,  DataType::int8,
    DataType::int16,   DataType::int32,      DataType::int64,    DataType::uint1, DataType::uint2,
    DataType::uint3,   DataType::uint4,      DataType::uint6,    DataType::uint8, DataType::uint16,
    DataType::uint32,  DataType::uint64};

class Generator {
 public:
  Generator(uint32_t seed, const std::string& name) : random_(seed) {
    constexpr std::array kOpsets = {"CoreML5", "CoreML6", "CoreML7", "CoreML8"};
    function_.name = name;
    function_.opset = kOpsets[below(kOpsets.size())];
  }

  Function make() {
    for (size_t i = 0, count = 1 + below(3); i < count; ++i) {
      ValueType type{below(8) == 0 ? ValueKind::state : ValueKind::tensor, tensor(true)};
      function_.body.inputs.push_back(define(std::move(type)));
    }
    fill(function_.body, 0);
    return std::move(function_);
  }

 private:
  size_t below(size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random_);
  }

  TensorType tensor(bool open) {
    TensorType type{kElements[below(kElements.size())], true, {}};
    if (open && below(12) == 0) return {type.dtype, false, {}};
    for (size_t i = 0, rank = below(4); i < rank; ++i) {
      type.shape.push_back(open && below(6) == 0 ? kAnyExtent : 1 + static_cast<int64_t>(below(4)));
    }
    return type;
  }

  ValueId define(ValueType type) {
    const auto id = static_cast<ValueId>(function_.values.size());
    function_.values.push_back({"v" + std::to_string(id), std::move(type), {}});
    known_.push_back(id);
    return id;
  }

  std::string words() {
    constexpr std::array kWords = {"same", "a \"quoted\" one", "back\\slash",
                                   "",     "caf\xC3\xA9",      "]>("};
    return kWords[below(kWords.size())];
  }

  void add_element(DataType dtype, ElementWriter& writer) {
    const double sign = below(2) == 0 ? 1 : -1;
    if (is_float(dtype)) {
      constexpr std::array kOdd = {0.0, 0x1p-30, 0x1p-14, 65504.0, 1e30};
      writer.add(sign * (below(4) == 0 ? kOdd[below(kOdd.size())]
                                       : static_cast<double>(below(1000)) / 16));
      return;
    }
    // Of an odd number that does not fit a smaller one is taken.
    constexpr std::array<int64_t, 6> kOdd = {INT64_MIN, INT64_MAX, INT32_MIN, INT32_MAX, -128, -8};
    const size_t before = writer.count();
    if (below(4) == 0) writer.add(kOdd[below(kOdd.size())]);
    if (writer.count() == before) writer.add(static_cast<int64_t>(below(2)));
  }

  Constant constant() {
    const TensorType type = tensor(false);
    const size_t count = element_count(type).value();
    Constant constant;
    constant.type = type;
    if (type.dtype == DataType::string) {
      for (size_t i = 0; i < count; ++i) constant.strings.push_back(words());
      return constant;
    }
    ElementWriter writer(type.dtype);
    for (size_t i = 0; i < count; ++i) add_element(type.dtype, writer);
    constant.own = std::make_shared<const std::vector<std::byte>>(writer.take());
    constant.data = *constant.own;
    const bool has_blobs = type.dtype != DataType::boolean && type.dtype != DataType::fp64 &&
                           type.dtype != DataType::int64 && type.dtype != DataType::uint64;
    if (has_blobs && below(3) == 0) {
      const std::string file =
          below(3) == 0 ? "@model_path/weights/1-weight.bin" : "@model_path/weights/weight.bin";
      constant.blob = BlobPlace{file, next_blob_ += 64};
    }
    return constant;
  }

  ValueId in_place() {
    Constant made = constant();
    function_.values.push_back({"", {ValueKind::tensor, made.type}, std::move(made)});
    return static_cast<ValueId>(function_.values.size() - 1);
  }

  ValueId any_value() { return below(3) == 0 ? in_place() : known_[below(known_.size())]; }

  Operation operation(size_t depth) {
    Operation operation;
    if (below(8) != 0) operation.name = "op_" + std::to_string(function_.values.size()) + words();
    if (below(3) == 0) {
      operation.type = "const";
      Constant made = constant();
      const ValueId id = define({ValueKind::tensor, made.type});
      function_.values[id].constant = std::move(made);
      operation.results.push_back(id);
      return operation;
    }
    constexpr std::array kTypes = {"add", "conv", "concat", "split", "constexpr_lut_to_dense"};
    operation.type = kTypes[below(kTypes.size())];
    for (size_t i = 0, count = below(5); i < count; ++i) {
      Argument argument{std::string(1, static_cast<char>('p' + i)), {}};
      for (size_t j = 0, values = below(5) == 0 ? 2 + below(3) : 1; j < values; ++j) {
        argument.values.push_back(operation.type == "constexpr_lut_to_dense" ? in_place()
                                                                             : any_value());
      }
      operation.arguments.push_back(std::move(argument));
    }
    if (depth < 3 && below(8) == 0) {
      operation.type = "while_loop";
      for (int i = 0; i < 2; ++i) operation.blocks.push_back(block(depth + 1));
    }
    for (size_t i = 0, count = below(4); i < count; ++i) {
      const ValueKind kind = below(10) == 0 ? ValueKind::list : ValueKind::tensor;
      operation.results.push_back(define({kind, tensor(true)}));
    }
    return operation;
  }

  void fill(Block& block, size_t depth) {
    for (size_t i = 0, count = below(12); i < count; ++i) {
      block.operations.push_back(operation(depth));
    }
    for (size_t i = 0, count = 1 + below(3); i < count; ++i) {
      block.outputs.push_back(known_[below(known_.size())]);
    }
  }

  // What is defined inside is not known outside.
  Block block(size_t depth) {
    const std::vector<ValueId> outside = known_;
    Block made;
    for (size_t i = 0, count = below(3); i < count; ++i) {
      made.inputs.push_back(define({ValueKind::tensor, tensor(true)}));
    }
    fill(made, depth);
    known_ = outside;
    return made;
  }

  std::mt19937 random_;
  Function function_;
  std::vector<ValueId> known_;
  uint64_t next_blob_ = 0;
};

}  // namespace

Function random_function(uint32_t seed, const std::string& name) {
  return Generator(seed, name).make();
}

}  // namespace anemon::models::test
