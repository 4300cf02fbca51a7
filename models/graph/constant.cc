#include "models/graph/constant.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "models/graph/minifloat.h"

namespace anemon::models {
namespace {

using Bytes = std::span<const std::byte>;

template <typename T>
T load(Bytes bytes, size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

// `width` bits of element `index`; sub-byte elements fill bytes from the low bits.
uint32_t low_first(Bytes bytes, size_t index, unsigned width) {
  uint32_t value = 0;
  for (unsigned bit = 0; bit < width; ++bit) {
    const size_t at = index * width + bit;
    value |= (std::to_integer<uint32_t>(bytes[at / 8]) >> (at % 8) & 1U) << bit;
  }
  return value;
}

uint32_t high_first(Bytes bytes, size_t index, unsigned width) {
  uint32_t value = 0;
  for (unsigned bit = 0; bit < width; ++bit) {
    const size_t at = index * width + bit;
    value = value << 1 | (std::to_integer<uint32_t>(bytes[at / 8]) >> (7 - at % 8) & 1U);
  }
  return value;
}

double element(DataType dtype, Bytes bytes, size_t index) {
  switch (dtype) {
    case DataType::boolean:
    case DataType::uint8:
      return load<uint8_t>(bytes, index);
    case DataType::int8:
      return load<int8_t>(bytes, index);
    case DataType::int16:
      return load<int16_t>(bytes, index);
    case DataType::uint16:
      return load<uint16_t>(bytes, index);
    case DataType::int32:
      return load<int32_t>(bytes, index);
    case DataType::uint32:
      return load<uint32_t>(bytes, index);
    case DataType::int64:
      return static_cast<double>(load<int64_t>(bytes, index));
    case DataType::uint64:
      return static_cast<double>(load<uint64_t>(bytes, index));
    case DataType::fp16:
    case DataType::bf16:
      return decode(*minifloat_of(dtype), load<uint16_t>(bytes, index));
    case DataType::fp8_e4m3fn:
    case DataType::fp8_e5m2:
      return decode(*minifloat_of(dtype), load<uint8_t>(bytes, index));
    case DataType::fp32:
      return static_cast<double>(load<float>(bytes, index));
    case DataType::fp64:
      return load<double>(bytes, index);
    case DataType::int4: {
      const auto raw = static_cast<int32_t>(low_first(bytes, index, 4));
      return raw >= 8 ? raw - 16 : raw;
    }
    default:
      return low_first(bytes, index, bits_of(dtype));
  }
}

double dequantised(const LayerQuantization& how, uint32_t stored, size_t index, size_t count) {
  if (!how.lookup.empty()) {
    const bool inside = stored < how.lookup.size() / sizeof(float);
    return inside ? static_cast<double>(load<float>(how.lookup, stored)) : NAN;
  }
  // One scale for all, or one per output channel, which is the outermost dimension.
  const auto of_channel = [&](Bytes table, double otherwise) {
    const size_t channels = table.size() / sizeof(float);
    if (channels == 0) return otherwise;
    const size_t per_channel = std::max<size_t>(count / channels, 1);
    return static_cast<double>(load<float>(table, std::min(index / per_channel, channels - 1)));
  };
  return stored * of_channel(how.scale, 1.0) + of_channel(how.bias, 0.0);
}

std::optional<size_t> countable(const Constant& constant, size_t limit) {
  const std::optional<uint64_t> count = element_count(constant.type);
  if (constant.missing || !count || *count > limit) return std::nullopt;
  if (constant.packing == Packing::varints || bits_of(constant.type.dtype) == 0) {
    return std::nullopt;
  }
  const unsigned bits =
      constant.quantization ? constant.quantization->bits : bits_of(constant.type.dtype);
  if (*count > constant.data.size() * 8 / bits) return std::nullopt;
  return *count;
}

Constant owned(TensorType type, std::vector<std::byte> bytes) {
  Constant constant;
  constant.type = std::move(type);
  constant.own = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  constant.data = *constant.own;
  return constant;
}

template <typename T>
void append(std::vector<std::byte>& bytes, T value) {
  const auto* raw = reinterpret_cast<const std::byte*>(&value);
  bytes.insert(bytes.end(), raw, raw + sizeof(T));
}

}  // namespace

uint64_t Constant::stored_bytes() const {
  uint64_t tables = 0;
  if (quantization) {
    tables = quantization->scale.size() + quantization->bias.size() + quantization->lookup.size();
  }
  if (!missing) return data.size() + tables;
  return packed_bytes(type).value_or(0) + tables;
}

std::optional<std::vector<double>> numbers(const Constant& constant, size_t limit) {
  const std::optional<size_t> count = countable(constant, limit);
  if (!count) return std::nullopt;
  std::vector<double> result;
  result.reserve(*count);
  for (size_t i = 0; i < *count; ++i) {
    if (constant.quantization) {
      const unsigned bits = constant.quantization->bits;
      result.push_back(
          dequantised(*constant.quantization, high_first(constant.data, i, bits), i, *count));
    } else {
      result.push_back(element(constant.type.dtype, constant.data, i));
    }
  }
  return result;
}

std::optional<std::vector<int64_t>> integers(const Constant& constant, size_t limit) {
  const bool unsigned_long = constant.type.dtype == DataType::uint64;
  if (unsigned_long || constant.type.dtype == DataType::int64) {  // exact beyond 2^53
    const std::optional<size_t> count = countable(constant, limit);
    if (!count) return std::nullopt;
    std::vector<int64_t> result(*count);
    for (size_t i = 0; i < *count; ++i) {
      result[i] = load<int64_t>(constant.data, i);
      if (unsigned_long && result[i] < 0) return std::nullopt;  // does not fit
    }
    return result;
  }
  const std::optional<std::vector<double>> values = numbers(constant, limit);
  if (!values) return std::nullopt;
  std::vector<int64_t> result;
  result.reserve(values->size());
  for (const double value : *values) {
    if (!(std::abs(value) < 9.2e18)) return std::nullopt;
    result.push_back(static_cast<int64_t>(value));
  }
  return result;
}

std::optional<int64_t> integer(const Constant& constant) {
  const auto values = integers(constant, 1);
  return values && !values->empty() ? std::optional(values->front()) : std::nullopt;
}

std::optional<double> number(const Constant& constant) {
  const auto values = numbers(constant, 1);
  return values && !values->empty() ? std::optional(values->front()) : std::nullopt;
}

std::optional<std::string> text(const Constant& constant) {
  return constant.strings.size() == 1 ? std::optional(constant.strings.front()) : std::nullopt;
}

Constant make_constant(DataType dtype, Shape shape, std::span<const double> elements) {
  std::vector<std::byte> bytes;
  for (const double value : elements) {
    switch (dtype) {
      case DataType::boolean:
      case DataType::uint8:
        append(bytes, static_cast<uint8_t>(value));
        break;
      case DataType::int32:
        append(bytes, static_cast<int32_t>(value));
        break;
      case DataType::int64:
        append(bytes, static_cast<int64_t>(value));
        break;
      default:
        dtype = DataType::fp32;
        append(bytes, static_cast<float>(value));
    }
  }
  return owned({dtype, true, std::move(shape)}, std::move(bytes));
}

Constant make_integers(std::span<const int64_t> elements) {
  std::vector<std::byte> bytes;
  for (const int64_t value : elements) append(bytes, value);
  return owned({DataType::int64, true, {static_cast<int64_t>(elements.size())}}, std::move(bytes));
}

Constant make_text(std::string words) {
  Constant constant;
  constant.type = {DataType::string, true, {}};
  constant.strings.push_back(std::move(words));
  return constant;
}

Constant make_bool(bool value) {
  const double number = value ? 1 : 0;
  return make_constant(DataType::boolean, {}, {&number, 1});
}

}  // namespace anemon::models
