// When the machine booted, as Unix time; unset when the kernel does not tell.
#pragma once

#include <optional>

#include "core/clock.h"
#include "platform/host_root.h"

namespace anemon {

std::optional<Duration> boot_wall(const HostRoot& root);

}  // namespace anemon
