// Walking the I/O registry.
#pragma once

#include <IOKit/IOKitLib.h>

#include <string>

#include "platform/cf_owned_apple.h"

namespace anemon {

std::string name_of(io_registry_entry_t entry);

CfOwned<CFTypeRef> property_of(io_registry_entry_t entry, CFStringRef key);

// Every service of a class or of one derived from it. The service is valid during the call only.
template <class Visit>
void for_each_service(const char* classname, Visit visit) {
  IoOwned found;
  // The call takes over the dictionary.
  if (IOServiceGetMatchingServices(kIOMainPortDefault, IOServiceMatching(classname),
                                   found.receive()) != KERN_SUCCESS) {
    return;
  }
  while (const IoOwned service{IOIteratorNext(found.get())}) visit(service.get());
}

// Everything below an entry in the service plane.
template <class Visit>
void for_each_below(io_registry_entry_t entry, Visit visit) {
  IoOwned found;
  if (IORegistryEntryCreateIterator(entry, kIOServicePlane, kIORegistryIterateRecursively,
                                    found.receive()) != KERN_SUCCESS) {
    return;
  }
  while (const IoOwned below{IOIteratorNext(found.get())}) visit(below.get());
}

}  // namespace anemon
