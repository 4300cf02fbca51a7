#include "models/analysis/extent.h"

#include <algorithm>
#include <cmath>

namespace anemon::models {

int64_t sum(int64_t a, int64_t b) {
  int64_t result = 0;
  if (is_open(a) || is_open(b) || __builtin_add_overflow(a, b, &result)) return kAnyExtent;
  return result;
}

int64_t difference(int64_t a, int64_t b) {
  return is_open(a) || is_open(b) || a < b ? kAnyExtent : a - b;
}

int64_t product(int64_t a, int64_t b) {
  int64_t result = 0;
  if (is_open(a) || is_open(b) || __builtin_mul_overflow(a, b, &result)) return kAnyExtent;
  return result;
}

int64_t product(std::span<const int64_t> extents) {
  int64_t result = 1;
  for (const int64_t extent : extents) result = product(result, extent);
  return result;
}

int64_t quotient(int64_t a, int64_t b) { return is_open(a) || b < 1 ? kAnyExtent : a / b; }

int64_t quotient_up(int64_t a, int64_t b) {
  return is_open(a) || b < 1 ? kAnyExtent : a / b + (a % b != 0 ? 1 : 0);
}

int64_t exact_quotient(int64_t a, int64_t b) {
  return is_open(a) || b < 1 || a % b != 0 ? kAnyExtent : a / b;
}

int64_t extent_of(double element) {
  return element >= 0 && element < 9.2e18 ? static_cast<int64_t>(element) : kAnyExtent;
}

std::optional<size_t> axis_index(int64_t axis, size_t rank) {
  const auto dimensions = static_cast<int64_t>(rank);
  if (axis < -dimensions || axis >= dimensions) return std::nullopt;
  return static_cast<size_t>(axis < 0 ? axis + dimensions : axis);
}

std::optional<int64_t> agreed(int64_t a, int64_t b) {
  if (is_open(a)) return is_open(b) ? kAnyExtent : b;
  if (is_open(b) || a == b) return a;
  return std::nullopt;
}

std::optional<int64_t> broadcast(int64_t a, int64_t b) {
  if (a == 1) return is_open(b) ? kAnyExtent : b;
  if (b == 1) return is_open(a) ? kAnyExtent : a;
  return agreed(a, b);  // an open one must be 1 or as the other: the result is the other
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  Shape result = longer;
  for (size_t i = 0; i < shorter.size(); ++i) {
    const size_t at = longer.size() - shorter.size() + i;
    const auto extent = broadcast(longer[at], shorter[i]);
    if (!extent) return std::nullopt;
    result[at] = *extent;
  }
  return result;
}

}  // namespace anemon::models
