#include "profiler/coreml/elements.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "models/graph/minifloat.h"

namespace anemon::profiler {
namespace {

using models::DataType;
using models::Shape;

const models::Minifloat kHalf = *models::minifloat_of(DataType::fp16);

struct Half {
  using Stored = uint16_t;
  static Stored encode(float number) {
    return static_cast<Stored>(models::encode(kHalf, static_cast<double>(number)));
  }
  static float decode(Stored bits) { return static_cast<float>(models::decode(kHalf, bits)); }
};

template <typename Number>
struct Real {
  using Stored = Number;
  static Stored encode(float number) { return number; }
  static float decode(Stored number) { return static_cast<float>(number); }
};

template <typename Number>
struct Integer {
  using Stored = Number;
  static Stored encode(float number) {
    using Limits = std::numeric_limits<Number>;
    if (std::isnan(number)) return 0;
    const double rounded = std::nearbyint(static_cast<double>(number));
    return static_cast<Number>(std::clamp(rounded, static_cast<double>(Limits::min()),
                                          static_cast<double>(Limits::max())));
  }
  static float decode(Stored number) { return static_cast<float>(number); }
};

// Calls `visit(offset)` for each element, the last dimension fastest.
template <typename Visit>
void each_offset(const Shape& shape, const Shape& strides, Visit visit) {
  for (const int64_t extent : shape) {
    if (extent <= 0) return;
  }
  Shape index(shape.size(), 0);
  int64_t offset = 0;
  while (true) {
    visit(static_cast<size_t>(offset));
    size_t dimension = shape.size();
    while (dimension > 0) {
      --dimension;
      offset += strides[dimension];
      if (++index[dimension] < shape[dimension]) break;
      offset -= strides[dimension] * shape[dimension];
      index[dimension] = 0;
      if (dimension == 0) return;
    }
    if (shape.empty()) return;
  }
}

template <typename Element>
void write_as(const std::vector<float>& numbers, const Shape& shape, const Shape& strides,
              void* elements) {
  auto* const out = static_cast<std::byte*>(elements);
  size_t next = 0;
  each_offset(shape, strides, [&](size_t offset) {
    const auto stored = Element::encode(numbers[next++]);
    std::memcpy(out + offset * sizeof(stored), &stored, sizeof(stored));
  });
}

template <typename Element>
std::vector<float> read_as(const void* elements, const Shape& shape, const Shape& strides) {
  const auto* const in = static_cast<const std::byte*>(elements);
  std::vector<float> numbers;
  each_offset(shape, strides, [&](size_t offset) {
    typename Element::Stored stored;
    std::memcpy(&stored, in + offset * sizeof(stored), sizeof(stored));
    numbers.push_back(Element::decode(stored));
  });
  return numbers;
}

// `use(Element{})` for the type; false for types without one.
template <typename Use>
bool with_element(DataType type, Use use) {
  switch (type) {
    case DataType::fp16:
      use(Half{});
      return true;
    case DataType::fp32:
      use(Real<float>{});
      return true;
    case DataType::fp64:
      use(Real<double>{});
      return true;
    case DataType::int32:
      use(Integer<int32_t>{});
      return true;
    case DataType::int8:
      use(Integer<int8_t>{});
      return true;
    default:
      return false;
  }
}

}  // namespace

size_t array_element_bytes(DataType type) {
  size_t bytes = 0;
  with_element(type, [&](auto element) { bytes = sizeof(typename decltype(element)::Stored); });
  return bytes;
}

Shape packed_strides(const Shape& shape) {
  Shape strides(shape.size(), 1);
  for (size_t i = shape.size(); i > 1; --i) strides[i - 2] = strides[i - 1] * shape[i - 1];
  return strides;
}

size_t strided_extent(const Shape& shape, const Shape& strides) {
  int64_t last = 0;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] <= 0) return 0;
    last += (shape[i] - 1) * strides[i];
  }
  return static_cast<size_t>(last) + 1;
}

void write_elements(const std::vector<float>& numbers, DataType type, const Shape& shape,
                    const Shape& strides, void* elements) {
  with_element(
      type, [&](auto element) { write_as<decltype(element)>(numbers, shape, strides, elements); });
}

std::vector<float> read_elements(const void* elements, DataType type, const Shape& shape,
                                 const Shape& strides) {
  std::vector<float> numbers;
  with_element(
      type, [&](auto element) { numbers = read_as<decltype(element)>(elements, shape, strides); });
  return numbers;
}

}  // namespace anemon::profiler
