// The grammar of IOReport's channels about the Neural Engine: what each measures, and of which
// engine. Names match exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/ioreport.h"

namespace anemon {

enum class AneRole : uint8_t {
  dcs_floor,       // the least clock of the memory that the engine asked for
  fabric_floor,    // the least voltage of the fabric that it asked for
  firmware,        // its processor runs
  compute_engine,  // histogram of the compute engines' use
  cluster_power,   // its power domain is on
  memory_read,     // histograms of bandwidth (PMP)
  memory_write,
  fabric_read,
  fabric_write,
  counted_read,  // bytes to and from memory (AMC)
  counted_write,
  throttle
};

struct AneChannel {
  AneRole role = AneRole::firmware;
  uint32_t die = 0;     // of the group ("PMP1") or name ("DIE1 ANE DCS RD")
  uint32_t engine = 0;  // within the die where a die is told, else of the machine
  std::string trigger;  // of throttling: "ppt", "ext0"
};
std::optional<AneChannel> parse_ane_channel(const Channel& channel);

// For ChannelSelection::keep.
bool is_ane_channel(const Channel& channel);

// How active the engine is in each state of the channel, from 0 to 1; empty when its states are
// none that the role has. `idle_floor`: the memory's level that an idle engine asks for (its
// number).
std::vector<double> activity_of_states(AneRole role, const Channel& channel, uint32_t idle_floor);

// Middles of a bandwidth histogram's bins in bytes per second: a bin "8GB/s" reaches from the bin
// below it up to its name. The last one is open above. Empty when the names are others.
std::vector<double> bandwidth_bins(const Channel& channel);

}  // namespace anemon
