// Makes the fake machine what a recording (anemon-trace/1) says a machine was.
#pragma once

#include "platform/trace_player.h"
#include "tests/fake_darwin/fake_mac.h"

namespace anemon::fake {

void feed(FakeMac& mac, const HostFacts& facts);

// IOReport, controller, sensors, registry, clock tables, topology, thermal pressure. Times of the
// trace become the machine's ticks; a stamp keeps the tick it lies in. Channels must keep their
// order between calls, as a player's do.
void feed(FakeMac& mac, const TraceState& state);

}  // namespace anemon::fake
