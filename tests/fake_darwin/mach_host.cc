#include <mach/mach.h>
#include <mach/mach_host.h>
#include <mach/mach_init.h>
#include <mach/mach_port.h>
#include <mach/vm_map.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "tests/fake_darwin/fake_mac.h"
#include "tests/fake_darwin/objects.h"

using namespace anemon::fake;

namespace {

constexpr mach_port_t kHostPort = 0x903;

}  // namespace

extern "C" {

mach_port_t mach_host_self(void) {
  count_io_object(1);
  return kHostPort;
}

kern_return_t mach_port_deallocate(task_t task, mach_port_t name) {
  if (task != mach_task_self() || name != kHostPort) return KERN_INVALID_ARGUMENT;
  count_io_object(-1);
  return KERN_SUCCESS;
}

kern_return_t host_statistics64(host_t host, host_flavor_t flavor, host_info64_t info,
                                mach_msg_type_number_t* words) {
  if (host != kHostPort || flavor != HOST_VM_INFO64) return KERN_INVALID_ARGUMENT;
  const auto mac = FakeMac::current().edit();
  if (mac->host.memory_fails) return KERN_FAILURE;
  vm_statistics64_data_t pages{};
  pages.free_count = mac->host.memory.free;
  pages.speculative_count = mac->host.memory.speculative;
  pages.wire_count = mac->host.memory.wired;
  pages.compressor_page_count = mac->host.memory.compressor;
  pages.external_page_count = mac->host.memory.external;
  pages.purgeable_count = mac->host.memory.purgeable;
  *words = std::min(*words, HOST_VM_INFO64_COUNT - mac->host.memory_words_missing);
  std::memcpy(info, &pages, *words * sizeof(integer_t));
  return KERN_SUCCESS;
}

kern_return_t host_processor_info(host_t host, processor_flavor_t flavor, natural_t* processors,
                                  processor_info_array_t* info, mach_msg_type_number_t* words) {
  if (host != kHostPort || flavor != PROCESSOR_CPU_LOAD_INFO) return KERN_INVALID_ARGUMENT;
  const auto mac = FakeMac::current().edit();
  if (mac->host.cores_fail) return KERN_FAILURE;
  const auto& cores = mac->host.core_ticks;
  *processors = static_cast<natural_t>(cores.size());
  *words = *processors * PROCESSOR_CPU_LOAD_INFO_COUNT;
  const size_t size = *words * sizeof(integer_t);
  *info = static_cast<integer_t*>(std::malloc(size + 1));
  if (size > 0) std::memcpy(*info, cores.data(), size);
  count_io_object(1);
  return KERN_SUCCESS;
}

kern_return_t vm_deallocate(task_t task, vm_address_t address, vm_size_t) {
  if (task != mach_task_self()) return KERN_INVALID_ARGUMENT;
  std::free(reinterpret_cast<void*>(address));
  count_io_object(-1);
  return KERN_SUCCESS;
}

// In place of the C library's.
int getloadavg(double* loads, int count) noexcept {
  const auto mac = FakeMac::current().edit();
  if (!mac->host.loads) return -1;
  std::copy_n(mac->host.loads->begin(), std::min(count, 3), loads);
  return std::min(count, 3);
}

}  // extern "C"
