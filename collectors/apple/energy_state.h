// What is to be said of one source of a component's energy, from what was seen of it. Zero is not
// idle: a counter that nobody publishes, one that never counted and one that stands still while its
// engine works all read like an idle engine's, and none of them is shown as zero watts.
#pragma once

#include "core/clock.h"
#include "core/signal_board.h"

namespace anemon {

struct EnergyFacts {
  bool listed = false;     // the machine has the channels
  bool refused = false;    // their group is there, but may not be subscribed to
  bool failed = false;     // the last reading failed
  bool published = false;  // a publication was seen, or a stamp of one
  bool ever_nonzero = false;
  bool overdue = false;           // no publication for longer than a reading is held
  bool others_publish = false;    // the graphics driver's counter moves on, and this is another
  bool has_power = false;         // a reading is held
  Duration active_while_still{};  // how long the engine worked since its counter last moved
  Duration span{};                // of the reading
};

struct EnergyVerdict {
  SignalState state;
  const char* reason;    // a literal; empty when live
  bool trusted = false;  // its readings may be shown
};

EnergyVerdict judge(const EnergyFacts& facts);

// An engine that worked for so long must have used energy: a counter counts in millijoules.
constexpr Duration kFrozenAfter = std::chrono::seconds(10);
// Drivers publish every two seconds. What comes more rarely was asked for by another program.
constexpr Duration kRareSpan = std::chrono::seconds(60);

}  // namespace anemon
