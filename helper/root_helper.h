// The program `anemond --helper`: root, for one account alone, and as little as possible besides.
#pragma once

#include <filesystem>
#include <string>

#include "core/clock.h"
#include "core/log.h"

namespace anemon {

struct RootHelperOptions {
  std::filesystem::path socket;        // empty: the platform's default
  std::string account = "_anemon";     // whom it serves
  std::filesystem::path powermetrics;  // empty: the system's; another one may run without root
};

// Serves until SIGTERM or SIGINT. Throws Error with what to do when it cannot begin. Before, it
// gives up what it does not need: inherited descriptors beyond stdio, the environment, further
// groups, the working directory, core files. Call it before there is any thread.
void serve_as_root_helper(const RootHelperOptions& options, const Clock& clock, Log& log);

}  // namespace anemon
