// The reports of `powermetrics -f plist`: property lists in XML, one after the other, with a NUL
// between them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/powermetrics.h"

namespace anemon {

// One property list; `at` is left as it is. Nothing when it is none, or has no power in it.
std::optional<PowermetricsReport> parse_powermetrics(std::string_view plist);

// Cuts a stream into property lists. Garbage costs the report it is in; memory is bounded.
class PowermetricsStream {
 public:
  PowermetricsStream();

  // Takes what was read and returns the reports that it completes, combined.
  std::optional<PowermetricsReport> feed(std::string_view bytes);
  void clear() noexcept { pending_.clear(); }

  // A report with processor, graphics and engine power has about 30 kB.
  static constexpr size_t kMaxReport = size_t{1} << 20;

 private:
  std::string pending_;
};

}  // namespace anemon
