#include "models/graph/tensor_type.h"

#include <algorithm>

namespace anemon::models {
namespace {

constexpr uint64_t kRowBytes = 64;
constexpr uint64_t kLargest = static_cast<uint64_t>(INT64_MAX);

std::optional<uint64_t> product(uint64_t a, uint64_t b) {
  uint64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result) || result > kLargest) return std::nullopt;
  return result;
}

std::optional<uint64_t> bytes_for(uint64_t elements, DataType dtype) {
  const unsigned bits = bits_of(dtype);
  const std::optional<uint64_t> total = product(elements, bits);
  if (bits == 0 || !total) return std::nullopt;
  return (*total + 7) / 8;
}

std::string dimensions(const Shape& shape, std::string_view separator) {
  std::string text;
  for (const int64_t extent : shape) {
    if (!text.empty()) text += separator;
    text += extent < 0 ? "?" : std::to_string(extent);
  }
  return text;
}

}  // namespace

bool is_known(const TensorType& type) {
  return type.ranked && std::all_of(type.shape.begin(), type.shape.end(),
                                    [](int64_t extent) { return extent >= 0; });
}

std::optional<uint64_t> element_count(const TensorType& type) {
  if (!is_known(type)) return std::nullopt;
  std::optional<uint64_t> count = 1;
  for (const int64_t extent : type.shape) {
    count = product(*count, static_cast<uint64_t>(extent));
    if (!count) return std::nullopt;
  }
  return count;
}

std::optional<uint64_t> packed_bytes(const TensorType& type) {
  const std::optional<uint64_t> count = element_count(type);
  return count ? bytes_for(*count, type.dtype) : std::nullopt;
}

std::optional<uint64_t> padded_bytes(const TensorType& type) {
  const std::optional<uint64_t> count = element_count(type);
  if (!count) return std::nullopt;
  if (*count == 0) return 0;
  const uint64_t row = type.shape.empty() ? 1 : static_cast<uint64_t>(type.shape.back());
  const std::optional<uint64_t> bytes = bytes_for(row, type.dtype);
  if (!bytes) return std::nullopt;
  return product(*count / row, (*bytes + kRowBytes - 1) / kRowBytes * kRowBytes);
}

std::string to_text(const TensorType& type) {
  return std::string(name_of(type.dtype)) + "[" +
         (type.ranked ? dimensions(type.shape, ",") : "*") + "]";
}

std::string to_text(const Shape& shape) {
  return shape.empty() ? "scalar" : dimensions(shape, "x");
}

}  // namespace anemon::models
