// Whether macOS saves energy at the cost of speed: what NSProcessInfo answers.
#pragma once

#include <objc/runtime.h>

#include <optional>

namespace anemon {

// One thread. Loads Foundation, which then stays loaded.
class LowPowerMode {
 public:
  LowPowerMode();

  // Unset where it cannot be asked. Call it inside an autorelease pool.
  std::optional<bool> read() const;

 private:
  id process_info_ = nullptr;  // a singleton of Foundation's
  SEL question_ = nullptr;
};

}  // namespace anemon
