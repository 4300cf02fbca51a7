// A key of the System Management Controller as a number.
#pragma once

#include <optional>

#include "platform/smc.h"

namespace anemon {

// By the key's type: "flt " is a little-endian float, "ioft" a little-endian 48.16 number, "ui16",
// "ui32" and the other whole numbers are big-endian, "fpe2" and "sp78" are big-endian with 2 and 8
// bits behind the point. Unset for other types, sizes that do not fit, and what is not finite.
std::optional<double> smc_number(const SmcKey& key, const SmcValue& value);

}  // namespace anemon
