// What the fake libproc, notify, sysctl and host functions answer from: part of MachineState.
#pragma once

namespace anemon::fake {

struct HostState {};

}  // namespace anemon::fake
