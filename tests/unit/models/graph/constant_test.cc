#include "models/graph/constant.h"

#include <cmath>
#include <cstring>
#include <random>

#include "models/graph/element_writer.h"
#include "models/graph/minifloat.h"
#include "tests/catch.h"

using namespace anemon::models;

namespace {

Constant over(DataType dtype, Shape shape, std::vector<std::byte> bytes) {
  Constant constant;
  constant.type = {dtype, true, std::move(shape)};
  constant.own = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  constant.data = *constant.own;
  return constant;
}

std::vector<std::byte> random_bytes(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<std::byte> bytes(count);
  for (std::byte& each : bytes) each = static_cast<std::byte>(random());
  return bytes;
}

// The bits of the bytes one after the other, from the lowest or from the highest of each.
std::vector<bool> bit_stream(const std::vector<std::byte>& bytes, bool high_first) {
  std::vector<bool> bits;
  for (const std::byte each : bytes) {
    for (int i = 0; i < 8; ++i) {
      bits.push_back((std::to_integer<unsigned>(each) >> (high_first ? 7 - i : i) & 1) != 0);
    }
  }
  return bits;
}

uint64_t bits_at(const std::vector<bool>& stream, size_t begin, unsigned width, bool high_first) {
  uint64_t value = 0;
  for (unsigned i = 0; i < width; ++i) {
    const unsigned weight = high_first ? width - 1 - i : i;
    if (stream[begin + i]) value |= uint64_t{1} << weight;
  }
  return value;
}

// A little-endian element of any width, as its type has it.
double slow_element(DataType dtype, uint64_t raw) {
  const unsigned width = bits_of(dtype);
  const uint64_t sign = uint64_t{1} << (width - 1);
  switch (dtype) {
    case DataType::int4:
    case DataType::int8:
    case DataType::int16:
    case DataType::int32:
    case DataType::int64:
      return (raw & sign) != 0 ? -static_cast<double>((sign << 1) - raw) : static_cast<double>(raw);
    case DataType::fp32: {
      const auto bits = static_cast<uint32_t>(raw);
      float value = 0;
      std::memcpy(&value, &bits, sizeof value);
      return static_cast<double>(value);
    }
    case DataType::fp64: {
      double value = 0;
      std::memcpy(&value, &raw, sizeof value);
      return value;
    }
    default:
      if (const auto format = minifloat_of(dtype))
        return decode(*format, static_cast<uint32_t>(raw));
      return static_cast<double>(raw);
  }
}

constexpr DataType kNumbers[] = {
    DataType::boolean, DataType::fp16,   DataType::fp32,   DataType::fp64,   DataType::bf16,
    DataType::int4,    DataType::int8,   DataType::int16,  DataType::int32,  DataType::int64,
    DataType::uint1,   DataType::uint2,  DataType::uint3,  DataType::uint4,  DataType::uint6,
    DataType::uint8,   DataType::uint16, DataType::uint32, DataType::uint64, DataType::fp8_e4m3fn,
    DataType::fp8_e5m2};

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

LayerQuantization linear(unsigned bits, const std::vector<float>& scale,
                         const std::vector<float>& bias) {
  LayerQuantization how;
  how.bits = bits;
  how.scale = std::as_bytes(std::span(scale));
  how.bias = std::as_bytes(std::span(bias));
  return how;
}

}  // namespace

TEST_CASE("elements of every type are what their bits say") {
  for (const DataType dtype : kNumbers) {
    const auto bytes = random_bytes(48, static_cast<uint32_t>(dtype));
    const std::vector<bool> stream = bit_stream(bytes, false);
    const unsigned width = bits_of(dtype);
    const size_t count = 48 * 8 / width;
    const auto elements = numbers(over(dtype, {static_cast<int64_t>(count)}, bytes));
    INFO(name_of(dtype));
    REQUIRE(elements);
    REQUIRE(elements->size() == count);
    for (size_t i = 0; i < count; ++i) {
      REQUIRE(same((*elements)[i], slow_element(dtype, bits_at(stream, i * width, width, false))));
    }
  }
}

TEST_CASE("what is written as elements is read back, and what does not fit is not written") {
  for (const DataType dtype : kNumbers) {
    INFO(name_of(dtype));
    ElementWriter writer(dtype);
    std::vector<double> written;
    for (const double value : {0.0, 1.0, -1.0, 7.0, -8.0, 100.0, 255.0, -32768.0, 4294967295.0}) {
      const size_t before = writer.count();
      const bool fits = writer.add(value);
      CHECK(writer.count() == before + (fits ? 1 : 0));
      if (fits) written.push_back(value);
    }
    const auto count = static_cast<int64_t>(writer.count());
    const auto elements = numbers(over(dtype, {count}, writer.take())).value();
    for (size_t i = 0; i < written.size(); ++i) {
      if (is_float(dtype)) continue;  // those round
      CHECK(elements[i] == written[i]);
    }
    CHECK(written.size() >= 2);
  }
  ElementWriter small(DataType::int4);
  CHECK_FALSE(small.add(int64_t{8}));
  CHECK_FALSE(small.add(int64_t{-9}));
  CHECK_FALSE(small.add(0.5));
  CHECK_FALSE(ElementWriter(DataType::boolean).add(int64_t{2}));
  CHECK_FALSE(ElementWriter(DataType::uint64).add(int64_t{-1}));
  CHECK(ElementWriter(DataType::uint64).add_unsigned(UINT64_MAX));
  CHECK_FALSE(ElementWriter(DataType::int64).add_unsigned(uint64_t{1} << 63));
  CHECK_FALSE(ElementWriter(DataType::int64).add(0x1p63));
}

TEST_CASE("long integers keep all their digits") {
  ElementWriter writer(DataType::int64);
  for (const int64_t each : {INT64_MIN, INT64_MAX, (int64_t{1} << 53) + 1}) writer.add(each);
  CHECK(integers(over(DataType::int64, {3}, writer.take())) ==
        std::vector<int64_t>{INT64_MIN, INT64_MAX, (int64_t{1} << 53) + 1});
  ElementWriter large(DataType::uint64);
  large.add_unsigned((uint64_t{1} << 53) + 1);
  CHECK(integer(over(DataType::uint64, {}, large.take())) == (int64_t{1} << 53) + 1);
  ElementWriter beyond(DataType::uint64);
  beyond.add_unsigned(UINT64_MAX);
  CHECK_FALSE(integer(over(DataType::uint64, {}, beyond.take())));
}

TEST_CASE("elements of old networks come from the top bits, with one scale or one per channel") {
  for (unsigned bits = 1; bits <= 8; ++bits) {
    const int64_t channels = 3, per_channel = 5;
    const auto bytes = random_bytes(15, bits);
    const std::vector<bool> stream = bit_stream(bytes, true);
    const std::vector<float> scale = {0.5F, -2, 3}, bias = {1, 0, -4};
    for (const bool each : {true, false}) {
      Constant constant = over(DataType::fp32, {channels, per_channel}, bytes);
      constant.packing = Packing::high_first;
      constant.quantization = linear(bits, each ? scale : std::vector<float>{}, {});
      const std::vector<float> one = {0.25F};
      constant.quantization = each ? linear(bits, scale, bias) : linear(bits, one, {});
      const auto elements = numbers(constant).value();
      REQUIRE(elements.size() == 15);
      for (size_t i = 0; i < 15; ++i) {
        const auto raw = static_cast<double>(bits_at(stream, i * bits, bits, true));
        const size_t channel = i / 5;
        const double expected =
            each ? raw * static_cast<double>(scale[channel]) + static_cast<double>(bias[channel])
                 : raw * 0.25;
        REQUIRE(elements[i] == expected);
      }
      CHECK(constant.stored_bytes() == 15 + (each ? 24U : 4U));
    }
  }
}

TEST_CASE("elements of old networks are looked up, and what is not in the table is no number") {
  const std::vector<float> table = {10, 20, 30};
  Constant constant = over(DataType::fp32, {4}, {std::byte{0b00011011}});
  constant.packing = Packing::high_first;
  LayerQuantization how;
  how.bits = 2;
  how.lookup = std::as_bytes(std::span(table));
  constant.quantization = how;
  const auto elements = numbers(constant).value();
  CHECK(elements[0] == 10);
  CHECK(elements[1] == 20);
  CHECK(elements[2] == 30);
  CHECK(std::isnan(elements[3]));
}

TEST_CASE("what is missing, too long, too short or no number has no elements") {
  Constant constant = over(DataType::fp16, {4}, random_bytes(8, 1));
  CHECK(numbers(constant));
  CHECK_FALSE(numbers(constant, 3));
  constant.type.shape = {5};
  CHECK_FALSE(numbers(constant));
  constant.type.shape = {kAnyExtent};
  CHECK_FALSE(numbers(constant));
  constant.type.shape = {int64_t{1} << 40, int64_t{1} << 40};
  CHECK_FALSE(numbers(constant));
  constant.type.shape = {4};
  constant.missing = true;
  CHECK_FALSE(numbers(constant));
  CHECK(constant.stored_bytes() == 8);
  CHECK_FALSE(numbers(make_text("word")));
  constant = over(DataType::int32, {4}, random_bytes(16, 1));
  constant.packing = Packing::varints;
  CHECK_FALSE(integers(constant));
  CHECK_FALSE(integers(over(DataType::unknown, {4}, random_bytes(16, 1))));
}

TEST_CASE("a number that no integer stands for has no integer") {
  const double values[] = {1e300};
  CHECK_FALSE(integers(make_constant(DataType::fp32, {1}, values)));
  const double nan[] = {NAN};
  CHECK_FALSE(integer(make_constant(DataType::fp32, {}, nan)));
  const double ordinary[] = {-3};
  CHECK(integer(make_constant(DataType::fp32, {}, ordinary)) == -3);
}

TEST_CASE("constants that are made hold what they are given") {
  const double elements[] = {1, 0, 5};
  for (const DataType dtype : {DataType::uint8, DataType::int32, DataType::int64, DataType::fp32}) {
    const Constant constant = make_constant(dtype, {3}, elements);
    CHECK(constant.type.dtype == dtype);
    CHECK(numbers(constant) == std::vector<double>{1, 0, 5});
  }
  CHECK(make_constant(DataType::fp16, {3}, elements).type.dtype == DataType::fp32);
  CHECK(integer(make_bool(true)) == 1);
  CHECK(text(make_text("same")) == "same");
  CHECK_FALSE(text(make_bool(true)));
  const int64_t few[] = {-1, 2};
  CHECK(integers(make_integers(few)) == std::vector<int64_t>{-1, 2});
  // A copy points to elements that live.
  Constant copy;
  {
    const Constant original = make_integers(few);
    copy = original;
  }
  CHECK(integers(copy) == std::vector<int64_t>{-1, 2});
}
