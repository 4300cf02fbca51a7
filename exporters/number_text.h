// Numbers as Prometheus reads them: the shortest decimal that gives back the same double.
#pragma once

#include <cstddef>

namespace anemon {

constexpr size_t kMaxNumberLength = 32;

// Writes at most kMaxNumberLength bytes and returns the end. Infinities are +Inf and -Inf, NaN is
// NaN; 1 is "1", never "1.0".
char* write_number(char* out, double value) noexcept;

}  // namespace anemon
