#include "platform/apple_devices.h"

namespace anemon {

std::unique_ptr<AppleDevices> open_apple_devices() { return nullptr; }

}  // namespace anemon
