// Whether the machine runs on its battery, and whether it saves power: both change what every other
// reading means.
#pragma once

#include <memory>
#include <optional>

#include "collectors/pass.h"
#include "collectors/signal_line.h"
#include "platform/apple_host.h"

namespace anemon {

class PowerSource {
 public:
  explicit PowerSource(std::unique_ptr<AppleHost> host);  // null: nobody tells

  // `missing`: why there is no reading, when nobody tells; a literal.
  void collect(Pass& pass, const char* missing);

 private:
  struct Flag {
    Series series;
    SignalLine line;
  };
  static void publish(Pass& pass, Flag& flag, std::optional<bool> on, const char* missing);

  const std::unique_ptr<AppleHost> host_;
  Flag on_battery_, low_power_mode_;
};

}  // namespace anemon
