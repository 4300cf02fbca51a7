// The right to ask the kernel about the machine (macOS). Each mach_host_self() takes one more
// reference on it, so it is taken once and given back.
#pragma once

#include <mach/mach_init.h>
#include <mach/mach_port.h>

namespace anemon {

class MachHost {
 public:
  MachHost() : port_(::mach_host_self()) {}
  ~MachHost() { ::mach_port_deallocate(mach_task_self(), port_); }
  MachHost(const MachHost&) = delete;
  MachHost& operator=(const MachHost&) = delete;

  mach_port_t get() const noexcept { return port_; }

 private:
  const mach_port_t port_;
};

}  // namespace anemon
