#include "profiler/coreml/elements.h"

#include <cstdint>
#include <cstring>
#include <limits>

#include "tests/catch.h"

namespace anemon::profiler {
namespace {

using models::DataType;
using models::Shape;

template <typename Stored>
std::vector<Stored> written(const std::vector<float>& numbers, DataType type) {
  const Shape shape{static_cast<int64_t>(numbers.size())};
  std::vector<Stored> elements(numbers.size());
  write_elements(numbers, type, shape, packed_strides(shape), elements.data());
  return elements;
}

TEST_CASE("only the element types of Core ML's arrays have a size") {
  CHECK(array_element_bytes(DataType::fp16) == 2);
  CHECK(array_element_bytes(DataType::fp32) == 4);
  CHECK(array_element_bytes(DataType::fp64) == 8);
  CHECK(array_element_bytes(DataType::int32) == 4);
  CHECK(array_element_bytes(DataType::int8) == 1);
  CHECK(array_element_bytes(DataType::int64) == 0);
  CHECK(array_element_bytes(DataType::unknown) == 0);
}

TEST_CASE("halves are IEEE 754's, rounded to the nearest") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(written<uint16_t>({0, 1, -2, 65504, 1e6F, 0.1F, 1.00048828125F}, DataType::fp16) ==
        std::vector<uint16_t>{0, 0x3C00, 0xC000, 0x7BFF, 0x7C00, 0x2E66, 0x3C00});
  const std::vector<uint16_t> bits{0x3C00, 0x7C00, 0x0001};
  CHECK(read_elements(bits.data(), DataType::fp16, {3}, {1}) ==
        std::vector<float>{1, infinity, 0x1p-24F});
}

TEST_CASE("integers are rounded, stop at their type's ends, and have no not-a-number") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(written<int8_t>({1.6F, -1.6F, 1000, -1000, nan}, DataType::int8) ==
        std::vector<int8_t>{2, -2, 127, -128, 0});
  CHECK(written<int32_t>({3e9F, -3e9F, -7}, DataType::int32) ==
        std::vector<int32_t>{std::numeric_limits<int32_t>::max(),
                             std::numeric_limits<int32_t>::min(), -7});
}

TEST_CASE("packed strides count elements, outermost first") {
  CHECK(packed_strides({2, 3, 4}) == Shape{12, 4, 1});
  CHECK(packed_strides({}) == Shape{});
  CHECK(strided_extent({2, 3, 4}, {12, 4, 1}) == 24);
  CHECK(strided_extent({2, 3}, {8, 1}) == 11);
  CHECK(strided_extent({}, {}) == 1);
  CHECK(strided_extent({2, 0}, {8, 1}) == 0);
}

TEST_CASE("gaps between rows are left alone and left out") {
  const Shape shape{2, 2, 2}, strides{8, 4, 1};
  std::vector<float> memory(16, -1);
  write_elements({1, 2, 3, 4, 5, 6, 7, 8}, DataType::fp32, shape, strides, memory.data());
  CHECK(memory == std::vector<float>{1, 2, -1, -1, 3, 4, -1, -1, 5, 6, -1, -1, 7, 8, -1, -1});
  CHECK(read_elements(memory.data(), DataType::fp32, shape, strides) ==
        std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("transposed and repeated elements are read where they lie") {
  const std::vector<double> memory{1, 2, 3, 4, 5, 6};
  CHECK(read_elements(memory.data(), DataType::fp64, {3, 2}, {1, 3}) ==
        std::vector<float>{1, 4, 2, 5, 3, 6});
  CHECK(read_elements(memory.data(), DataType::fp64, {2, 3}, {0, 1}) ==
        std::vector<float>{1, 2, 3, 1, 2, 3});
}

TEST_CASE("a scalar has one element and an empty array none") {
  const int32_t element = 9;
  CHECK(read_elements(&element, DataType::int32, {}, {}) == std::vector<float>{9});
  CHECK(read_elements(&element, DataType::int32, {0, 4}, {4, 1}).empty());
}

}  // namespace
}  // namespace anemon::profiler
