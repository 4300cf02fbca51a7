// The daemon's sources, completed by the root helper.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>

#include "core/clock.h"
#include "platform/root_helper.h"

namespace anemon {

// Connects only once something is asked. `socket` empty: the platform's default. `owner`: who the
// helper must be.
std::unique_ptr<RootHelper> make_root_helper(const std::filesystem::path& socket,
                                             const Clock& clock, uid_t owner = 0);

// Each with a connection of its own.
std::unique_ptr<Processes> make_helped_processes(std::unique_ptr<Processes> own,
                                                 const std::filesystem::path& socket,
                                                 const Clock& clock, uid_t owner);
std::unique_ptr<Powermetrics> make_helped_powermetrics(const std::filesystem::path& socket,
                                                       const Clock& clock, uid_t owner);

}  // namespace anemon
