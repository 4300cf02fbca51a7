// Collectors on a recorded machine: what was not recorded is absent for that reason, and never read
// off the machine that replays.
#pragma once

#include <string>

#include "collectors/collectors.h"

namespace anemon {

inline bool is_replay(const CollectorContext& context) {
  return context.apple != nullptr && context.apple->host_facts().replay;
}

inline const std::string kNotRecorded = "not in the recording";

}  // namespace anemon
