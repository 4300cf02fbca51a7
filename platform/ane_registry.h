// What the I/O registry says of the Neural Engine: identity, power state and who holds it. Raw.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/kernel_file.h"

namespace anemon {

struct AneClient {
  pid_t pid = 0;
  std::string process;  // as the registry has it, "aned" included

  bool operator==(const AneClient&) const = default;
};

// What the registry does not tell is unset or empty.
struct AneState {
  std::string architecture;         // "h16"
  std::optional<uint32_t> cores;    // an interface number: 16 on every chip
  std::optional<uint32_t> engines;  // of the load balancer; 1 where there is none
  std::optional<uint32_t> power_state, max_power_state;
  std::optional<bool> firmware_loaded;
  std::vector<AneClient> clients;  // one per connection: a process may be listed more than once
};

class AneRegistry {
 public:
  virtual ~AneRegistry() = default;

  // `absent` when the machine has no Neural Engine (or hides it: virtual machines).
  virtual ReadStatus read(AneState& state) = 0;
};

// Of the live machine; null when it has no Neural Engine.
std::unique_ptr<AneRegistry> open_ane_registry();

}  // namespace anemon
