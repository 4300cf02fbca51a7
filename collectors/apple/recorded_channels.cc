#include "collectors/apple/recorded_channels.h"

#include <algorithm>
#include <array>

namespace anemon {
namespace {

// An M5 Max lists 4606 channels in PMP0: only the subgroups that tell activity, bytes or energy,
// and of the fabric's interfaces (64 bins each) only the Neural Engine's.
bool is_recorded_of_pmp(const Channel& channel) {
  constexpr std::array<std::string_view, 7> kWhole = {
      "DCS Floor", "SOC Floor", "AF BW", "DCS BW", "Fast-Die CE", "Energy Counters", "Energy"};
  if (std::ranges::find(kWhole, channel.subgroup) != kWhole.end()) return true;
  if (channel.subgroup != "SOC-NI Util BW") return false;
  return channel.name.starts_with("ANE") || channel.name.find(" ANE") != std::string::npos;
}

constexpr std::array kSelections = {
    ChannelSelection{"Energy Model"}, ChannelSelection{"PMP", true, is_recorded_of_pmp},
    ChannelSelection{"ANE", true},    ChannelSelection{"CPU Stats"},
    ChannelSelection{"GPU Stats"},    ChannelSelection{"SoC Stats"},
    ChannelSelection{"AMC Stats"},    ChannelSelection{"CLPC Stats"},
};

}  // namespace

std::span<const ChannelSelection> recorded_channels() { return kSelections; }

}  // namespace anemon
