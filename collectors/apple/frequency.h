// Clocks of Apple's chips: IOReport's performance states joined by name with the power manager's
// tables. Domains are "cpu-<tier>-<cluster>" with ".core<n>" behind it and "die<n>." before it,
// "gpu", "ane0", "ane1" and "memory". A clock is the mean over active time; states are what the
// system asked for, not what the hardware made of it: throttling does not show in them.
#pragma once

#include <array>
#include <memory>

#include "collectors/collector.h"
#include "collectors/collectors.h"
#include "platform/ioreport.h"

namespace anemon {

bool is_cpu_state_channel(const Channel& channel);
bool is_gpu_state_channel(const Channel& channel);
bool is_clock_point_channel(const Channel& channel);

inline constexpr std::array kAppleFrequencyChannels = {
    ChannelSelection{"CPU Stats", false, is_cpu_state_channel},
    ChannelSelection{"GPU Stats", false, is_gpu_state_channel},
    ChannelSelection{"SoC Stats", false, is_clock_point_channel},
};

// `context.apple` is not null.
std::unique_ptr<Collector> make_apple_frequency(const CollectorContext& context);

}  // namespace anemon
