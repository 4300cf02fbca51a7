// As whom the daemon runs, in words.
#pragma once

#include <string>

#include "core/json.h"

namespace anemon {

// "system daemon, as _anemon (399), kept running by launchd"; empty when the status does not say.
std::string account_text(const Json& status);

}  // namespace anemon
