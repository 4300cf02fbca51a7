// Which channels make up a component's energy. A total is never added to its parts, and channels of
// two spellings are never added: they would count the same energy twice.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "collectors/apple/energy_channels.h"

namespace anemon {

struct EnergyRail {
  std::string component;           // "cpu", "ane"; a part of a rail: "cpu_die1", "ane1"
  std::vector<uint32_t> channels;  // indexes; their sum is the rail's energy
  std::vector<uint32_t> parts;     // indexes; the sum of these can never exceed the rail's
};

// The rails of one group among `channels`. A name that is listed twice counts once.
std::vector<EnergyRail> energy_rails(std::span<const Channel> channels, EnergyGroup group);

}  // namespace anemon
