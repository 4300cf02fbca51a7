// Programs that are started inherit what they are given and nothing else, even what a library of
// this process opened without close-on-exec, or another thread is just opening.
#pragma once

#include <spawn.h>

namespace anemon {

// To be called after the actions for descriptors 0, 1 and 2, with the flags that
// posix_spawnattr_setflags will get.
void inherit_only_standard(posix_spawn_file_actions_t& actions, short& flags);

}  // namespace anemon
