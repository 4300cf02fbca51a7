#include "models/graph/minifloat.h"

#include <algorithm>
#include <cmath>

namespace anemon::models {
namespace {

int bias_of(const Minifloat& format) { return (1 << (format.exponent - 1)) - 1; }
uint32_t top_exponent(const Minifloat& format) { return (1U << format.exponent) - 1; }
uint32_t all_fraction(const Minifloat& format) { return (1U << format.mantissa) - 1; }

}  // namespace

std::optional<Minifloat> minifloat_of(DataType type) {
  switch (type) {
    case DataType::fp16:
      return Minifloat{5, 10, false};
    case DataType::bf16:
      return Minifloat{8, 7, false};
    case DataType::fp8_e4m3fn:
      return Minifloat{4, 3, true};
    case DataType::fp8_e5m2:
      return Minifloat{5, 2, false};
    default:
      return std::nullopt;
  }
}

double decode(const Minifloat& format, uint32_t bits) {
  const uint32_t fraction = bits & all_fraction(format);
  const uint32_t power = bits >> format.mantissa & top_exponent(format);
  const double sign = (bits >> (format.exponent + format.mantissa) & 1) != 0 ? -1.0 : 1.0;
  if (power == top_exponent(format)) {
    if (!format.finite_only) return fraction == 0 ? sign * INFINITY : NAN;
    if (fraction == all_fraction(format)) return NAN;
  }
  const int scale = -bias_of(format) - static_cast<int>(format.mantissa);
  if (power == 0) return sign * std::ldexp(fraction, 1 + scale);
  return sign * std::ldexp(fraction + (1U << format.mantissa), static_cast<int>(power) + scale);
}

uint32_t encode(const Minifloat& format, double value) {
  const uint32_t sign = std::signbit(value) ? 1U << (format.exponent + format.mantissa) : 0;
  const uint32_t infinity = top_exponent(format) << format.mantissa;
  const uint32_t nan = sign | infinity | all_fraction(format);
  const uint32_t too_large = format.finite_only ? nan : sign | infinity;
  if (std::isnan(value)) return nan;
  if (std::isinf(value)) return too_large;
  const double size = std::abs(value);
  // Count in units of the last place: of the smallest normal below it.
  const int lowest = 1 - bias_of(format) - static_cast<int>(format.mantissa);
  const int place =
      size == 0 ? lowest : std::max(lowest, std::ilogb(size) - static_cast<int>(format.mantissa));
  const double steps = std::nearbyint(std::ldexp(size, -place));
  // Subnormals are the fraction itself; a carry out of the fraction is the next exponent. Both come
  // out right when the leading one is added to the exponent instead of being masked away.
  const double bits = std::ldexp(place - lowest, static_cast<int>(format.mantissa)) + steps;
  const double largest = format.finite_only ? infinity | (all_fraction(format) - 1) : infinity - 1;
  return bits > largest ? too_large : sign | static_cast<uint32_t>(bits);
}

}  // namespace anemon::models
