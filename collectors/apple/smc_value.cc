#include "collectors/apple/smc_value.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace anemon {
namespace {

enum class Form : uint8_t { little_float, little_fixed, whole, whole_signed };

struct Type {
  std::string_view name;
  uint32_t size;
  Form form;
  int fraction_bits;
};

constexpr std::array kTypes = {
    Type{"flt ", 4, Form::little_float, 0}, Type{"ioft", 8, Form::little_fixed, 16},
    Type{"ui8 ", 1, Form::whole, 0},        Type{"ui16", 2, Form::whole, 0},
    Type{"ui32", 4, Form::whole, 0},        Type{"ui64", 8, Form::whole, 0},
    Type{"si8 ", 1, Form::whole_signed, 0}, Type{"si16", 2, Form::whole_signed, 0},
    Type{"si32", 4, Form::whole_signed, 0}, Type{"flag", 1, Form::whole, 0},
    Type{"fpe2", 2, Form::whole, 2},        Type{"sp78", 2, Form::whole_signed, 8},
};

uint64_t bits(std::span<const uint8_t> bytes, bool little) {
  uint64_t word = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    word = word << 8 | bytes[little ? bytes.size() - 1 - i : i];
  }
  return word;
}

double sign_extended(uint64_t word, size_t size) {
  const unsigned unused = static_cast<unsigned>(64 - 8 * size);
  return static_cast<double>(static_cast<int64_t>(word << unused) >> unused);
}

}  // namespace

std::optional<double> smc_number(const SmcKey& key, const SmcValue& value) {
  for (const Type& type : kTypes) {
    if (type.name != key.type) continue;
    if (value.size != type.size) return std::nullopt;
    const auto bytes = value.view();
    double number = 0;
    switch (type.form) {
      case Form::little_float:
        number = std::bit_cast<float>(static_cast<uint32_t>(bits(bytes, true)));
        break;
      case Form::little_fixed:
        number = static_cast<double>(bits(bytes, true));
        break;
      case Form::whole:
        number = static_cast<double>(bits(bytes, false));
        break;
      case Form::whole_signed:
        number = sign_extended(bits(bytes, false), bytes.size());
        break;
    }
    number = std::ldexp(number, -type.fraction_bits);
    if (!std::isfinite(number)) return std::nullopt;
    return number;
  }
  return std::nullopt;
}

}  // namespace anemon
