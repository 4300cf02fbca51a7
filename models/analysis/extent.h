// Arithmetic on dimensions, of which any may be open (negative). What depends on an open one, is
// negative or does not fit 63 bits is open; nothing wraps.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "models/graph/tensor_type.h"

namespace anemon::models {

inline bool is_open(int64_t extent) { return extent < 0; }

int64_t sum(int64_t a, int64_t b);
int64_t difference(int64_t a, int64_t b);
int64_t product(int64_t a, int64_t b);
int64_t product(std::span<const int64_t> extents);
// Towards zero, and upwards; open for a divisor below 1.
int64_t quotient(int64_t a, int64_t b);
int64_t quotient_up(int64_t a, int64_t b);
// a / b when that leaves nothing over, else open.
int64_t exact_quotient(int64_t a, int64_t b);
// Of an element of a tensor: open when it is not known, negative or no count at all.
int64_t extent_of(double element);

// A parameter as a number of places: open when it is absent or negative.
inline int64_t extent_of(std::optional<int64_t> parameter) {
  return parameter && *parameter >= 0 ? *parameter : kAnyExtent;
}

// The dimension that `axis` names, counted from the end when negative; none when there is none.
std::optional<size_t> axis_index(int64_t axis, size_t rank);

// What is known of two dimensions that must be equal; none when they differ.
std::optional<int64_t> agreed(int64_t a, int64_t b);
// One of two dimensions stretched to the other, as numpy does; none when they do not go together.
std::optional<int64_t> broadcast(int64_t a, int64_t b);
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

}  // namespace anemon::models
