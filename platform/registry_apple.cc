#include "platform/registry_apple.h"

namespace anemon {

std::string name_of(io_registry_entry_t entry) {
  io_name_t name{};
  return IORegistryEntryGetName(entry, name) == KERN_SUCCESS ? name : std::string();
}

CfOwned<CFTypeRef> property_of(io_registry_entry_t entry, CFStringRef key) {
  return CfOwned<CFTypeRef>(IORegistryEntryCreateCFProperty(entry, key, kCFAllocatorDefault, 0));
}

}  // namespace anemon
