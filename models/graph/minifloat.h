// Floating point formats of at most 16 bits, to and from double.
#pragma once

#include <cstdint>
#include <optional>

#include "models/graph/data_type.h"

namespace anemon::models {

// One sign bit, then `exponent` and `mantissa` bits, as IEEE 754 lays them out.
struct Minifloat {
  unsigned exponent;
  unsigned mantissa;
  bool finite_only;  // no infinities: the topmost exponent is ordinary, NaN is all ones (e4m3fn)
};

// None for types that are not of this form.
std::optional<Minifloat> minifloat_of(DataType type);

double decode(const Minifloat& format, uint32_t bits);

// The nearest, ties to even. Too large: infinity, or NaN where there is none.
uint32_t encode(const Minifloat& format, double value);

}  // namespace anemon::models
