// What differs between the Neural Engines of chips and cannot be read from the machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace anemon {

struct AneChip {
  // Samples that a link's bandwidth histogram takes in a second; unset: nobody measured it.
  std::optional<double> link_samples_per_second;
  uint32_t idle_floor = 1;  // the memory level ("F1") that an idle engine asks for
};

// By the family of "Apple M5 Max": all of a family have the same engine. Unknown chips get what
// holds for most.
AneChip ane_chip(std::string_view chip);

// "M5" of "Apple M5 Max", "A18" of "Apple A18 Pro"; empty for other names.
std::string_view chip_family(std::string_view chip);

}  // namespace anemon
