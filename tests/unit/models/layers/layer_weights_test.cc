// WeightParams in all their forms.
#include "models/read/layer_weights.h"

#include "tests/catch.h"
#include "tests/unit/models/layers/network_writer.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

// A constant shows into these bytes.
struct Read {
  std::unique_ptr<const std::string> bytes;
  LayerWeights weights;
};

Read read_params(const ProtoWriter& params, std::optional<Shape> shape) {
  Read result;
  result.bytes = std::make_unique<const std::string>(params.bytes());
  const Bytes message = as_message(*result.bytes);
  result.weights = read_weights({&message, 1}, shape);
  return result;
}

std::string raw(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

ProtoWriter linear(int64_t bits, std::initializer_list<float> scale,
                   std::initializer_list<float> bias) {
  return ProtoWriter().integer(1, bits).message(
      101, ProtoWriter().bytes(1, floats(scale)).bytes(2, floats(bias)));
}

std::vector<double> values(const Read& read) { return numbers(read.weights.constant).value(); }

}  // namespace

TEST_CASE("packed floats are used where they stand in the file") {
  const Read read = read_params(ProtoWriter().bytes(1, floats({1.5F, -2.0F, 3.0F})), Shape{3});
  const Constant& constant = read.weights.constant;
  CHECK(constant.type == TensorType{DataType::fp32, true, {3}});
  CHECK(constant.own == nullptr);
  const auto* begin = reinterpret_cast<const std::byte*>(read.bytes->data());
  CHECK((constant.data.data() >= begin && constant.data.data() < begin + read.bytes->size()));
  CHECK(values(read) == std::vector<double>{1.5, -2, 3});
  CHECK(read.weights.problem.empty());
}

TEST_CASE("floats given one by one, or in several runs, are gathered in order") {
  const ProtoWriter params =
      ProtoWriter().float32(1, 1.0F).bytes(1, floats({2.0F, 3.0F})).float32(1, 4.0F);
  const Read single = read_params(params, Shape{2, 2});
  CHECK(values(single) == std::vector<double>{1, 2, 3, 4});
  CHECK(single.weights.constant.own != nullptr);
  const Read runs =
      read_params(ProtoWriter().bytes(1, floats({1.0F})).bytes(1, floats({2.0F})), Shape{2});
  CHECK(values(runs) == std::vector<double>{1, 2});
}

TEST_CASE("a message in two parts is one") {
  const std::string first = ProtoWriter().bytes(1, floats({1.0F})).bytes();
  const std::string second = ProtoWriter().bytes(1, floats({2.0F})).bytes();
  const Bytes parts[] = {as_message(first), as_message(second)};
  const LayerWeights weights = read_weights(parts, Shape{2});
  CHECK(numbers(weights.constant) == std::vector<double>{1, 2});
}

TEST_CASE("half floats stay half floats") {
  const Read read = read_params(ProtoWriter().bytes(2, raw({0, 0x3c, 0, 0xc0})), Shape{2});
  CHECK(read.weights.constant.type.dtype == DataType::fp16);
  CHECK(values(read) == std::vector<double>{1, -2});
}

TEST_CASE("raw values are unpacked from the top bits and dequantised") {
  // 4 bits: 1, 2, 3 and a half byte of padding.
  const ProtoWriter params =
      ProtoWriter().bytes(30, raw({0x12, 0x30})).message(40, linear(4, {0.5F}, {10.0F}));
  const Read read = read_params(params, Shape{3});
  CHECK(read.weights.constant.type.dtype == DataType::fp32);
  CHECK(read.weights.constant.packing == Packing::high_first);
  CHECK(values(read) == std::vector<double>{10.5, 11, 11.5});
  CHECK(read.weights.problem.empty());
  CHECK(read.weights.constant.stored_bytes() == 2 + 8);

  const ProtoWriter table =
      ProtoWriter()
          .bytes(30, raw({0b01101100}))
          .message(40, ProtoWriter().integer(1, 2).message(
                           102, ProtoWriter().bytes(1, floats({0.0F, 10.0F, 20.0F, 30.0F}))));
  CHECK(values(read_params(table, Shape{4})) == std::vector<double>{10, 20, 30, 0});
}

TEST_CASE("tables of a quantisation given one by one are read too") {
  const ProtoWriter params =
      ProtoWriter()
          .bytes(30, raw({1, 2}))
          .message(40, ProtoWriter().integer(1, 8).message(
                           101, ProtoWriter().float32(1, 2.0F).float32(1, 3.0F).float32(2, 1.0F)));
  const Read read = read_params(params, Shape{2, 1});
  CHECK(values(read) == std::vector<double>{3, 7});
  CHECK(read.weights.problem.empty());
}

TEST_CASE("integers for integer arithmetic stay integers with a scale beside them") {
  const Read read = read_params(
      ProtoWriter().bytes(31, raw({1, 255})).message(40, linear(8, {0.25F}, {})), Shape{2});
  CHECK(read.weights.constant.type.dtype == DataType::int8);
  CHECK(values(read) == std::vector<double>{1, -1});
  CHECK(read.weights.int8_scale == 0.25);
}

TEST_CASE("weights that are not as many as the layer says are told with both numbers") {
  const Read few = read_params(ProtoWriter().bytes(1, floats({1.0F})), Shape{2, 3});
  CHECK(few.weights.problem == "holds 1 values, its parameters ask for 6 (2x3)");
  CHECK(few.weights.constant.type.shape == Shape{2, 3});
  CHECK_FALSE(numbers(few.weights.constant));
  CHECK_FALSE(read_params(weights(7), Shape{2, 3}).weights.problem.empty());
  CHECK_FALSE(read_params({}, Shape{1}).weights.problem.empty());
  CHECK(read_params({}, Shape{0}).weights.problem.empty());
  // Seven elements of 3 bits fit 21 of 24 bits; eight would too; six leave a byte over.
  const auto three_bits = [](int64_t count) {
    return read_params(ProtoWriter().bytes(30, raw({0, 0, 0})).message(40, linear(3, {1.0F}, {})),
                       Shape{count});
  };
  CHECK(three_bits(8).weights.problem.empty());
  CHECK(three_bits(7).weights.problem.empty());
  CHECK(three_bits(6).weights.problem.empty());
  CHECK_FALSE(three_bits(5).weights.problem.empty());
  CHECK_FALSE(three_bits(9).weights.problem.empty());
}

TEST_CASE("quantisations that make no sense are told") {
  const auto problem = [](const ProtoWriter& quantization) {
    return read_params(ProtoWriter().bytes(30, raw({1, 2})).message(40, quantization), Shape{2})
        .weights.problem;
  };
  CHECK(problem(linear(9, {1.0F}, {})).find("9 bits") != std::string::npos);
  CHECK(problem(linear(0, {1.0F}, {})).find("0 bits") != std::string::npos);
  CHECK(problem(linear(8, {1.0F, 2.0F, 3.0F}, {})).find("3 scales") != std::string::npos);
  CHECK(problem(ProtoWriter().integer(1, 8).message(102, ProtoWriter().bytes(1, floats({1.0F}))))
            .find("table of 1") != std::string::npos);
  CHECK(
      read_params(ProtoWriter().bytes(30, raw({1, 2})), Shape{2}).weights.problem.find("0 bits") !=
      std::string::npos);
}

TEST_CASE("weights of a shape too large to count are told, not allocated") {
  const Shape huge(7, int64_t{1} << 40);
  const Read read = read_params(ProtoWriter().bytes(1, floats({1.0F})), huge);
  CHECK(read.weights.problem.find("too large") != std::string::npos);
}

TEST_CASE("a run of floats that is no multiple of four bytes is damage") {
  CHECK_THROWS_AS(read_params(ProtoWriter().bytes(1, "abcde"), Shape{1}), WireError);
}
