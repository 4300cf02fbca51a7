// Shape and element type of a tensor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/graph/data_type.h"

namespace anemon::models {

inline constexpr int64_t kAnyExtent = -1;  // a dimension the file leaves open

using Shape = std::vector<int64_t>;  // outermost first; empty: a scalar

struct TensorType {
  DataType dtype = DataType::unknown;
  bool ranked = true;  // false: not even the rank is known, and `shape` is empty
  Shape shape;

  bool operator==(const TensorType&) const = default;
};

// Ranked, no dimension open or negative.
bool is_known(const TensorType& type);

// Product of the dimensions; none when one is open or the product does not fit 63 bits.
std::optional<uint64_t> element_count(const TensorType& type);

// Bytes of the elements packed without gaps (sub-byte types are rounded up at the end).
std::optional<uint64_t> packed_bytes(const TensorType& type);

// Bytes as the Neural Engine lays it out: each row of the last dimension rounded up to 64 bytes.
// Source: Apple, "Deploying Transformers on the Apple Neural Engine" (2022). A scalar is one row.
std::optional<uint64_t> padded_bytes(const TensorType& type);

// "fp16[1,3,?,224]", "fp32[]", "fp16[*]" when unranked.
std::string to_text(const TensorType& type);
// "1x3x?x224"; "scalar"; the form --shape takes.
std::string to_text(const Shape& shape);

}  // namespace anemon::models
