// Apple's Neural Engine: several activity signals under their own names, bytes moved, throttling,
// who holds it. There is no "percent busy" among them: no unprivileged source tells it.
#pragma once

#include <array>
#include <memory>

#include "collectors/apple/ane_channels.h"
#include "collectors/collector.h"
#include "collectors/collectors.h"
#include "platform/ioreport.h"

namespace anemon {

inline constexpr std::array kAppleAneChannels = {
    ChannelSelection{"PMP", true, is_ane_channel},
    ChannelSelection{"ANE", true, is_ane_channel},
    ChannelSelection{"SoC Stats", false, is_ane_channel},
    ChannelSelection{"AMC Stats", false, is_ane_channel},
};

// `context.apple` is not null.
std::unique_ptr<Collector> make_apple_ane(const CollectorContext& context);

}  // namespace anemon
