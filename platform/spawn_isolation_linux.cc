#include "platform/spawn_isolation.h"

namespace anemon {

void inherit_only_standard(posix_spawn_file_actions_t& actions, short&) {
  ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
}

}  // namespace anemon
