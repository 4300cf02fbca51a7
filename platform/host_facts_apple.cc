// The Neural Engine's architecture and cores stand in the IORegistry, not here.
#include <sys/utsname.h>

#include "platform/host_facts.h"
#include "platform/sysctl_apple.h"

namespace anemon {

HostFacts read_host_facts(const HostRoot&) {
  HostFacts facts;
  facts.chip = sysctl_text("machdep.cpu.brand_string");
  facts.model = sysctl_text("hw.model");
  facts.os = "macOS";
  facts.os_version = sysctl_text("kern.osproductversion");
  facts.os_build = sysctl_text("kern.osversion");
  utsname name{};
  if (::uname(&name) == 0) facts.arch = name.machine;
  if (const auto guest = sysctl_number("kern.hv_vmm_present")) facts.virtual_machine = *guest != 0;
  return facts;
}

}  // namespace anemon
