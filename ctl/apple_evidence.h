// What a bug report holds of Apple's sources: a short trace, and the list of all channels.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "platform/apple_devices.h"

namespace anemon {

// Files by name, for the bundle of `anemonctl doctor`. `pause` lets time pass between the trace's
// three samples.
std::vector<std::pair<std::string, std::string>> apple_evidence(AppleDevices& devices,
                                                                const Clock& clock,
                                                                const std::function<void()>& pause);

}  // namespace anemon
