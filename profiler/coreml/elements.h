// Numbers in and out of the element types of Core ML's arrays.
#pragma once

#include <cstddef>
#include <vector>

#include "models/graph/tensor_type.h"

namespace anemon::profiler {

// fp16, fp32, fp64, int32, int8; 0 for types that Core ML's arrays do not have.
size_t array_element_bytes(models::DataType type);

// Elements from one to the next along each dimension of a packed array, outermost first.
models::Shape packed_strides(const models::Shape& shape);

// Elements of the last one's end, counted from the first: 0 when a dimension is.
size_t strided_extent(const models::Shape& shape, const models::Shape& strides);

// `numbers` are flat, outermost dimension first, as many as `shape` holds. Integers are rounded to
// the nearest that the type has; not-a-number is 0 there. Gaps are left alone.
void write_elements(const std::vector<float>& numbers, models::DataType type,
                    const models::Shape& shape, const models::Shape& strides, void* elements);
std::vector<float> read_elements(const void* elements, models::DataType type,
                                 const models::Shape& shape, const models::Shape& strides);

}  // namespace anemon::profiler
