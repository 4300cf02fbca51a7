// What every layer may know about a collector without seeing it: its row in the table of
// collectors/collectors.cc. The configuration validates names against these rows.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/clock.h"

namespace anemon {

struct CollectorSpec {
  std::string_view name;  // as in the configuration and in labels
  bool enabled;           // by default
  Duration period;        // by default
  bool may_block;         // true: a thread of its own, so that a hung device ages only its series
  uint32_t max_series;    // bound on its series in the store, by default
  std::string_view help;  // one sentence
};

constexpr Duration kMinPeriod = std::chrono::milliseconds(1);
constexpr Duration kMaxPeriod = std::chrono::hours(1);

}  // namespace anemon
