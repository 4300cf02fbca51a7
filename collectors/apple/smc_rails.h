// Power sensors of the System Management Controller that stand for a component, by chip.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalogue.h"
#include "platform/smc.h"

namespace anemon {

struct SmcRail {
  std::string_view component;
  std::vector<size_t> keys;  // indexes into Smc::keys(); their sum is the component's power
  Provenance provenance;     // of the power
};

// The rails whose keys are all there; `chip` as in HostFacts.
std::vector<SmcRail> smc_rails(std::string_view chip, std::span<const SmcKey> keys);

// Why the Neural Engine has no power from this source on the chip; null when nothing is known.
const char* no_ane_rail(std::string_view chip);

// A power key's value in watts; unset when it is no fraction.
std::optional<double> smc_watts(const SmcKey& key, const SmcValue& value);

}  // namespace anemon
