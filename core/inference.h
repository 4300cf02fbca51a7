// An inference as a client reports it after the fact.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/clock.h"

namespace anemon {

struct InferenceEvent {
  std::string model;
  std::string compute_unit;  // "ane", "gpu", "cpu", or what the client calls it
  Duration begin_wall{};
  Duration duration{};
  bool ok = true;
  std::map<std::string, uint64_t> items;  // kind ("token", "image") to count
};

inline constexpr size_t kMaxModelBytes = 128;
inline constexpr size_t kMaxComputeUnitBytes = 64;
inline constexpr size_t kMaxItemKinds = 16;  // of one event
inline constexpr size_t kMaxItemKindBytes = 64;
inline constexpr uint64_t kMaxItemCount = uint64_t{1} << 53;  // a double counts them exactly
inline constexpr Duration kLongestInference = std::chrono::hours(24);
inline constexpr Duration kClientClockTolerance = std::chrono::seconds(5);  // may be ahead by this

// The same limits hold for metrics and for sessions, so that what one refuses the other does not
// count. A name is clean UTF-8 (utf8.h) within its limit, and only the compute unit may be empty.
bool has_valid_names(const InferenceEvent& event);
// No inference ends in the future, by the wall clock's `now_wall`.
bool has_valid_times(const InferenceEvent& event, Duration now_wall);

}  // namespace anemon
