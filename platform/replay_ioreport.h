// IOReport out of a recording, for replay_devices.cc.
#pragma once

#include <memory>
#include <span>

#include "platform/ioreport.h"
#include "platform/trace_player.h"

namespace anemon {

// Null when the recording has none of the groups.
std::unique_ptr<IoReport> open_replay_ioreport(const TracePlayer& player,
                                               std::span<const ChannelSelection> wanted);

}  // namespace anemon
