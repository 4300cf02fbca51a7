#include "models/graph/minifloat.h"

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "tests/catch.h"

using namespace anemon::models;

namespace {

constexpr DataType kFormats[] = {DataType::fp16, DataType::bf16, DataType::fp8_e4m3fn,
                                 DataType::fp8_e5m2};

unsigned width(DataType type) { return bits_of(type); }

// IEEE 754 half precision, written down from its definition.
double half(uint32_t bits) {
  const bool negative = (bits & 0x8000) != 0;
  const uint32_t exponent = bits >> 10 & 0x1F;
  const uint32_t fraction = bits & 0x3FF;
  double size = 0;
  if (exponent == 0x1F) {
    size = fraction == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    size = fraction * 0x1p-24;
  } else {
    size = (1 + fraction / 1024.0) * std::pow(2.0, static_cast<int>(exponent) - 15);
  }
  return negative ? -size : size;
}

bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

// The nearest of all numbers of a format, of two equally near ones that with an even fraction.
uint32_t slow_encode(const Minifloat& format, unsigned bits, double value) {
  const uint32_t sign = std::signbit(value) ? 1U << (bits - 1) : 0;
  uint32_t best = sign;
  for (uint32_t code = 0; code < 1U << (bits - 1); ++code) {
    const double candidate = decode(format, sign | code);
    if (!std::isfinite(candidate)) continue;
    const double now = std::abs(candidate - value);
    const double before = std::abs(decode(format, best) - value);
    if (now < before || (now == before && code % 2 == 0)) best = sign | code;
  }
  return best;
}

}  // namespace

TEST_CASE("all 65536 halves are decoded as their definition says") {
  const Minifloat format = *minifloat_of(DataType::fp16);
  uint32_t wrong = 0;
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    if (!same(decode(format, bits), half(bits))) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("bf16 is the upper half of fp32") {
  const Minifloat format = *minifloat_of(DataType::bf16);
  uint32_t wrong = 0;
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const uint32_t wide = bits << 16;
    float expected = 0;
    std::memcpy(&expected, &wide, sizeof expected);
    if (!same(decode(format, bits), static_cast<double>(expected))) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("bytes of both fp8 formats are decoded as their tables say") {
  const Minifloat e4m3 = *minifloat_of(DataType::fp8_e4m3fn);
  CHECK(decode(e4m3, 0x00) == 0);
  CHECK(decode(e4m3, 0x01) == 0x1p-9);
  CHECK(decode(e4m3, 0x07) == 0.875 * 0x1p-6);
  CHECK(decode(e4m3, 0x08) == 0x1p-6);
  CHECK(decode(e4m3, 0x38) == 1);
  CHECK(decode(e4m3, 0xB8) == -1);
  CHECK(decode(e4m3, 0x78) == 256);
  CHECK(decode(e4m3, 0x7E) == 448);
  CHECK(std::isnan(decode(e4m3, 0x7F)));
  const Minifloat e5m2 = *minifloat_of(DataType::fp8_e5m2);
  CHECK(decode(e5m2, 0x01) == 0x1p-16);
  CHECK(decode(e5m2, 0x3C) == 1);
  CHECK(decode(e5m2, 0x7B) == 57344);
  CHECK(decode(e5m2, 0x7C) == INFINITY);
  CHECK(decode(e5m2, 0xFC) == -INFINITY);
  CHECK(std::isnan(decode(e5m2, 0x7D)));
}

TEST_CASE("what a format can say is encoded as itself") {
  for (const DataType type : kFormats) {
    const Minifloat format = *minifloat_of(type);
    uint32_t wrong = 0;
    for (uint32_t bits = 0; bits < 1U << width(type); ++bits) {
      const double value = decode(format, bits);
      const uint32_t again = encode(format, value);
      if (std::isnan(value) ? !std::isnan(decode(format, again)) : again != bits) ++wrong;
    }
    INFO(name_of(type));
    CHECK(wrong == 0);
  }
}

TEST_CASE("what lies between is encoded as the nearest, ties to even") {
  std::mt19937 random(7);
  for (const DataType type : {DataType::fp8_e4m3fn, DataType::fp8_e5m2}) {
    const Minifloat format = *minifloat_of(type);
    std::vector<double> values;
    for (uint32_t bits = 0; bits + 1 < 0x7B; ++bits) {  // middles of neighbours
      values.push_back((decode(format, bits) + decode(format, bits + 1)) / 2);
    }
    std::uniform_real_distribution<double> exponents(-20, 8);
    for (int i = 0; i < 300; ++i) values.push_back(-std::exp2(exponents(random)));
    for (const double value : values) {
      INFO(name_of(type) << " " << value);
      REQUIRE(encode(format, value) == slow_encode(format, 8, value));
    }
  }
}

TEST_CASE("what is too large is infinite, or NaN where nothing is infinite") {
  const Minifloat half_format = *minifloat_of(DataType::fp16);
  CHECK(encode(half_format, 65504) == 0x7BFF);
  CHECK(encode(half_format, 65519.99) == 0x7BFF);
  CHECK(encode(half_format, 65520) == 0x7C00);
  CHECK(encode(half_format, -1e300) == 0xFC00);
  CHECK(encode(half_format, 0x1p-25) == 0);
  CHECK(encode(half_format, 0x1.8p-25) == 1);
  const Minifloat e4m3 = *minifloat_of(DataType::fp8_e4m3fn);
  CHECK(encode(e4m3, 448) == 0x7E);
  CHECK(encode(e4m3, 463) == 0x7E);
  CHECK(encode(e4m3, 480) == 0x7F);
  CHECK(encode(e4m3, -INFINITY) == 0xFF);
}

TEST_CASE("other types are no small floats") {
  CHECK_FALSE(minifloat_of(DataType::fp32));
  CHECK_FALSE(minifloat_of(DataType::int8));
  CHECK_FALSE(minifloat_of(DataType::unknown));
}
