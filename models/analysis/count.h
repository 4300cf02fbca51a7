// A number of things that may be unknown: a dimension is open, or the product does not fit.
#pragma once

#include <cstdint>
#include <optional>

namespace anemon::models {

// Stops at the largest number.
constexpr uint64_t saturating_sum(uint64_t a, uint64_t b) {
  uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

// Unknown operands and overflow make the result unknown; nothing wraps.
class Count {
 public:
  constexpr Count() = default;  // unknown
  constexpr Count(uint64_t value) : value_(value) {}
  constexpr Count(std::optional<uint64_t> value) : value_(value) {}

  constexpr bool known() const { return value_.has_value(); }
  constexpr uint64_t or_zero() const { return value_.value_or(0); }

  friend constexpr Count operator*(Count a, Count b) {
    uint64_t product = 0;
    if (!a.value_ || !b.value_ || __builtin_mul_overflow(*a.value_, *b.value_, &product)) return {};
    return product;
  }
  friend constexpr Count operator+(Count a, Count b) {
    uint64_t sum = 0;
    if (!a.value_ || !b.value_ || __builtin_add_overflow(*a.value_, *b.value_, &sum)) return {};
    return sum;
  }

 private:
  std::optional<uint64_t> value_;
};

}  // namespace anemon::models
