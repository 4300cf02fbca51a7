// The part of IOKit that anemon uses, with the real declarations. Implemented by
// tests/fake_darwin/io_registry.cc and smc.cc.
#pragma once

#include <CoreFoundation/CoreFoundation.h>
#include <mach/mach.h>

#include <cstddef>

typedef kern_return_t IOReturn;
typedef UInt32 IOOptionBits;
typedef mach_port_t io_object_t;
typedef io_object_t io_connect_t;
typedef io_object_t io_iterator_t;
typedef io_object_t io_registry_entry_t;
typedef io_object_t io_service_t;
typedef char io_name_t[128];
typedef char io_string_t[512];

enum : io_object_t { IO_OBJECT_NULL = 0 };
enum : IOOptionBits { kIORegistryIterateRecursively = 1 };

#define kIOServicePlane "IOService"
#define kIODeviceTreePlane "IODeviceTree"

enum : IOReturn {
  kIOReturnSuccess = 0,
  kIOReturnError = static_cast<IOReturn>(0xe00002bc),
  kIOReturnNoDevice = static_cast<IOReturn>(0xe00002c0),
  kIOReturnNotPrivileged = static_cast<IOReturn>(0xe00002c1),
  kIOReturnBadArgument = static_cast<IOReturn>(0xe00002c2),
  kIOReturnNotOpen = static_cast<IOReturn>(0xe00002cd),
  kIOReturnOffline = static_cast<IOReturn>(0xe00002d7),
  kIOReturnNotAttached = static_cast<IOReturn>(0xe00002d9),
  kIOReturnNotPermitted = static_cast<IOReturn>(0xe00002e2),
};

extern "C" {

extern const mach_port_t kIOMainPortDefault;

CFMutableDictionaryRef IOServiceMatching(const char* name);
io_service_t IOServiceGetMatchingService(mach_port_t port, CFDictionaryRef consumed);
kern_return_t IOServiceGetMatchingServices(mach_port_t port, CFDictionaryRef consumed,
                                           io_iterator_t* iterator);
io_object_t IOIteratorNext(io_iterator_t iterator);
kern_return_t IOObjectRelease(io_object_t object);
kern_return_t IOObjectGetClass(io_object_t object, io_name_t name);
kern_return_t IORegistryEntryGetName(io_registry_entry_t entry, io_name_t name);
kern_return_t IORegistryEntryGetRegistryEntryID(io_registry_entry_t entry, uint64_t* id);
CFTypeRef IORegistryEntryCreateCFProperty(io_registry_entry_t entry, CFStringRef key,
                                          CFAllocatorRef allocator, IOOptionBits options);
kern_return_t IORegistryEntryCreateCFProperties(io_registry_entry_t entry,
                                                CFMutableDictionaryRef* properties,
                                                CFAllocatorRef allocator, IOOptionBits options);
kern_return_t IORegistryEntryCreateIterator(io_registry_entry_t entry, const char* plane,
                                            IOOptionBits options, io_iterator_t* iterator);
kern_return_t IOServiceOpen(io_service_t service, task_t task, uint32_t type,
                            io_connect_t* connection);
kern_return_t IOServiceClose(io_connect_t connection);
kern_return_t IOConnectCallStructMethod(mach_port_t connection, uint32_t selector,
                                        const void* input, size_t input_size, void* output,
                                        size_t* output_size);

}  // extern "C"
