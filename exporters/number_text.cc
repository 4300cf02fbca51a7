#include "exporters/number_text.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace anemon {
namespace {

char* put(char* out, std::string_view text) noexcept {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

}  // namespace

// Most values are counts or come from drivers as integers of milli- or micro-units. A decimal of at
// most 15 digits is the shortest one for the double it reads as, so these need no search for it.
char* write_number(char* out, double value) noexcept {
  constexpr double kMicro = 1e6;
  constexpr double kDigits15 = 1e15;
  const double magnitude = std::fabs(value);
  if (magnitude < kDigits15 && !(value == 0 && std::signbit(value))) {
    auto whole = static_cast<int64_t>(value);
    if (static_cast<double>(whole) == value) {
      return std::to_chars(out, out + kMaxNumberLength, whole).ptr;
    }
    const double scaled = std::nearbyint(magnitude * kMicro);
    if (scaled >= 1 && scaled < kDigits15 && scaled / kMicro == magnitude) {
      const auto micro = static_cast<uint64_t>(scaled);
      if (value < 0) *out++ = '-';
      out = std::to_chars(out, out + kMaxNumberLength, micro / 1'000'000).ptr;
      auto rest = static_cast<uint32_t>(micro % 1'000'000);
      *out++ = '.';
      for (uint32_t unit = 100'000; rest != 0; unit /= 10) {
        *out++ = static_cast<char>('0' + rest / unit);
        rest %= unit;
      }
      return out;
    }
  }
  if (std::isnan(value)) return put(out, "NaN");
  if (std::isinf(value)) return put(out, value > 0 ? "+Inf" : "-Inf");
  return fmt::format_to(out, FMT_COMPILE("{}"), value);
}

}  // namespace anemon
