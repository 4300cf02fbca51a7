// What machine this is. Unknown properties are empty; nothing is guessed.
#pragma once

#include <optional>
#include <string>

#include "platform/host_root.h"

namespace anemon {

struct HostFacts {
  std::string chip, model, os, os_version, os_build, arch;
  std::string ane_architecture, ane_cores;
  std::optional<bool> virtual_machine{};
  bool replay = false;
};

HostFacts read_host_facts(const HostRoot& root);

}  // namespace anemon
