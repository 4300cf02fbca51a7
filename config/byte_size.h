// Sizes as people write them: "64MiB", "512kB", "4096".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace anemon {

// Whole bytes: a number alone or with B, KiB, MiB, GiB, TiB (1024) or kB, MB, GB, TB (1000).
// Nothing for another unit, a fraction, a sign, spaces or an overflow.
std::optional<uint64_t> parse_byte_size(std::string_view text);

// The largest binary unit that divides it: 67108864 is "64MiB", 1500 is "1500B".
std::string format_byte_size(uint64_t bytes);

}  // namespace anemon
