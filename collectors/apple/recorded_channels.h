// What of IOReport a recording holds: more than the collectors read today, so that they can be made
// better on what was recorded.
#pragma once

#include <span>

#include "platform/ioreport.h"

namespace anemon {

std::span<const ChannelSelection> recorded_channels();

}  // namespace anemon
