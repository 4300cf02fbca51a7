// A pause that the user can cut short.
#pragma once

#include "core/clock.h"

namespace anemon::profiler {

// Lets `pause` pass, by the clock that stops in sleep. False as soon as the descriptor `interrupt`
// is readable; -1: none.
bool rest(Duration pause, int interrupt);

}  // namespace anemon::profiler
