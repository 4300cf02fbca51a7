#include "profiler/reference/unpack.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/error.h"

namespace anemon::profiler::reference {
namespace {

using models::Constant;
using models::DataType;

template <typename T>
void convert(const Constant& constant, float* elements, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, constant.data.data() + i * sizeof(T), sizeof(T));
    elements[i] = static_cast<float>(value);
  }
}

// Without a copy in fp64, which numbers() makes: for what weights are mostly stored in.
bool convert_fast(const Constant& constant, float* elements, size_t count) {
  if (constant.quantization || constant.packing != models::Packing::plain) return false;
  const unsigned bits = models::bits_of(constant.type.dtype);
  if (bits < 8 || constant.data.size() / (bits / 8) < count) return false;
  switch (constant.type.dtype) {
    case DataType::fp32:
      convert<float>(constant, elements, count);
      return true;
    case DataType::int8:
      convert<int8_t>(constant, elements, count);
      return true;
    case DataType::boolean:
    case DataType::uint8:
      convert<uint8_t>(constant, elements, count);
      return true;
    case DataType::int32:
      convert<int32_t>(constant, elements, count);
      return true;
    case DataType::fp16:
      for (size_t i = 0; i < count; ++i) {
        uint16_t half = 0;
        std::memcpy(&half, constant.data.data() + i * sizeof half, sizeof half);
        elements[i] = half_to_float(half);
      }
      return true;
    default:
      return false;
  }
}

// A protobuf list of integers; false where it is damaged or not as long.
bool convert_varints(const Constant& constant, float* elements, size_t count) {
  size_t made = 0;
  uint64_t value = 0;
  unsigned shift = 0;
  for (const std::byte byte : constant.data) {
    if (shift > 63) return false;
    value |= (std::to_integer<uint64_t>(byte) & 0x7FU) << shift;
    shift += 7;
    if ((byte & std::byte{0x80}) != std::byte{0}) continue;
    if (made == count) return false;
    elements[made++] = static_cast<float>(static_cast<int64_t>(value));
    value = 0;
    shift = 0;
  }
  return made == count && shift == 0;
}

}  // namespace

float half_to_float(uint16_t half) {
  const uint32_t sign = (half & 0x8000U) << 16;
  const uint32_t exponent = half >> 10 & 0x1FU;
  const uint32_t mantissa = half & 0x3FFU;
  if (exponent == 0) {
    const float value = std::ldexp(static_cast<float>(mantissa), -24);
    return sign != 0 ? -value : value;
  }
  const uint32_t high = exponent == 0x1F ? 0xFFU : exponent + 112;
  return std::bit_cast<float>(sign | high << 23 | mantissa << 13);
}

float rounded_to_half(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const float magnitude = std::bit_cast<float>(bits & 0x7FFFFFFFU);
  if (!(magnitude < std::numeric_limits<float>::infinity())) return value;
  if (magnitude >= 65520.0F) return std::copysign(std::numeric_limits<float>::infinity(), value);
  if (magnitude < 0x1p-14F) {  // fixed steps of 2^-24
    return std::copysign((magnitude + 0.5F) - 0.5F, value);
  }
  const uint32_t rounded = (bits + 0xFFFU + (bits >> 13 & 1U)) & ~0x1FFFU;
  return std::bit_cast<float>(rounded);
}

void unpack(const Constant& constant, const std::string& owner, float* elements, size_t count) {
  if (constant.missing) {
    const std::string file = constant.blob ? " in " + constant.blob->file : "";
    throw Error("the weights of " + owner + " are missing: there is nothing" + file,
                "fetch the model's weight file (git lfs pull) or export the model again");
  }
  if (convert_fast(constant, elements, count)) return;
  const bool list = constant.packing == models::Packing::varints;
  if (list && convert_varints(constant, elements, count)) return;
  const auto values = models::numbers(constant, count);
  if (!values || values->size() != count) {
    throw Error("the weights of " + owner + " are not " + std::to_string(count) +
                    " numbers: they are " + to_text(constant.type) + " in " +
                    std::to_string(constant.data.size()) + " bytes",
                "the file is damaged; anemonctl model validate says where");
  }
  for (size_t i = 0; i < count; ++i) elements[i] = static_cast<float>((*values)[i]);
}

}  // namespace anemon::profiler::reference
