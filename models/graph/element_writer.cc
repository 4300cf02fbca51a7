#include "models/graph/element_writer.h"

#include <cmath>
#include <cstring>

#include "models/graph/minifloat.h"

namespace anemon::models {
namespace {

bool is_signed(DataType type) {
  return type == DataType::int4 || type == DataType::int8 || type == DataType::int16 ||
         type == DataType::int32 || type == DataType::int64;
}

template <typename To, typename From>
To bits_as(From value) {
  static_assert(sizeof(To) == sizeof(From));
  To bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

}  // namespace

// Elements of fewer than eight bits fill bytes from the low bits and may straddle them.
void ElementWriter::append(uint64_t bits) {
  const unsigned width = bits_of(type_);
  if (width >= 8) {
    for (unsigned shift = 0; shift < width; shift += 8) {
      bytes_.push_back(static_cast<std::byte>(bits >> shift & 0xFF));
    }
  } else {
    for (unsigned bit = 0; bit < width; ++bit) {
      const size_t at = count_ * width + bit;
      if (at % 8 == 0) bytes_.push_back(std::byte{0});
      bytes_.back() |= static_cast<std::byte>((bits >> bit & 1) << (at % 8));
    }
  }
  ++count_;
}

bool ElementWriter::add(int64_t element) {
  if (is_float(type_)) return add(static_cast<double>(element));
  if (element >= 0) return add_unsigned(static_cast<uint64_t>(element));
  const unsigned width = bits_of(type_);
  if (!is_signed(type_) || (width < 64 && element < -(int64_t{1} << (width - 1)))) return false;
  append(static_cast<uint64_t>(element));
  return true;
}

bool ElementWriter::add_unsigned(uint64_t element) {
  if (is_float(type_)) return add(static_cast<double>(element));
  const unsigned width = bits_of(type_) - (is_signed(type_) ? 1 : 0);
  if (type_ == DataType::boolean ? element > 1 : width < 64 && element >> width != 0) return false;
  append(element);
  return true;
}

bool ElementWriter::add(double element) {
  if (const auto format = minifloat_of(type_)) {
    append(encode(*format, element));
  } else if (type_ == DataType::fp32) {
    append(bits_as<uint32_t>(static_cast<float>(element)));
  } else if (type_ == DataType::fp64) {
    append(bits_as<uint64_t>(element));
  } else {
    // 2^63 itself is beyond int64; what is larger still is written as an integer, not as a real.
    if (!(std::abs(element) < 0x1p63) || element != std::trunc(element)) return false;
    return add(static_cast<int64_t>(element));
  }
  return true;
}

}  // namespace anemon::models
