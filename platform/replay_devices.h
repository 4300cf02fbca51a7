// A recorded machine's devices (platform/trace_player.h plays it). What the recording has not is
// null or absent, never this machine's. Once the recording has ended, or where it is damaged,
// devices throw Error.
#pragma once

#include <memory>

#include "platform/apple_devices.h"
#include "platform/trace_player.h"

namespace anemon {

// `player` must outlive what is opened.
std::unique_ptr<AppleDevices> open_replay_devices(const TracePlayer& player);

}  // namespace anemon
