#include "collectors/apple/energy_state.h"

namespace anemon {

EnergyVerdict judge(const EnergyFacts& facts) {
  using State = SignalState;
  if (facts.refused) return {State::refused, "subscription refused"};
  if (!facts.listed) return {State::absent, "no such channel"};
  if (facts.failed) return {State::stale, "sampling fails"};
  // macOS 27 publishes the power manager's counters only while an entitled program samples them;
  // the graphics driver's own counter goes on.
  if (facts.overdue && facts.others_publish) {
    return {State::gated, "published only while powermetrics or the like runs"};
  }
  if (facts.overdue) return {State::stale, "not published"};
  if (!facts.published) return {State::unproven, "no publication yet"};
  if (facts.active_while_still >= kFrozenAfter) {
    return {State::frozen, "stands still while the engine works"};
  }
  if (!facts.ever_nonzero) return {State::unproven, "has not counted anything yet"};
  if (!facts.has_power) return {State::unproven, "no whole span yet"};
  if (facts.span > kRareSpan && facts.others_publish) {
    return {State::gated, "published rarely: only when another program samples", true};
  }
  return {State::live, "", true};
}

}  // namespace anemon
