#include "platform/spawn_isolation.h"

namespace anemon {

void inherit_only_standard(posix_spawn_file_actions_t&, short& flags) {
  flags = static_cast<short>(flags | POSIX_SPAWN_CLOEXEC_DEFAULT);
}

}  // namespace anemon
