#include <CoreFoundation/CoreFoundation.h>
#include <IOKit/IOKitLib.h>

#include <cstring>
#include <mutex>

#include "tests/fake_darwin/fake_mac.h"
#include "tests/fake_darwin/io_objects.h"
#include "tests/fake_darwin/objects.h"

namespace anemon::fake {
namespace {

constexpr io_object_t kFirstPort = 0x1000;
constexpr size_t kMostObjects = 128;

std::mutex objects_mutex;
std::array<IoObject, kMostObjects> objects;

void number(std::vector<RegistryEntry>& entries, uint64_t& next) {
  for (RegistryEntry& entry : entries) {
    if (entry.id == 0) entry.id = next++;
    number(entry.children, next);
  }
}

void number(MachineState& state) {
  static uint64_t next = 0x100000100;
  number(state.registry, next);
}

const RegistryEntry* find(const std::vector<RegistryEntry>& entries, uint64_t id) {
  for (const RegistryEntry& entry : entries) {
    if (entry.id == id) return &entry;
    if (const RegistryEntry* below = find(entry.children, id)) return below;
  }
  return nullptr;
}

void add(IoObject& iterator, const RegistryEntry& entry) {
  if (iterator.found_count == kMostFound)
    misuse("IOIteratorNext", "more entries than the fake has room for");
  iterator.found[iterator.found_count++] = entry.id;
}

bool is_a(const RegistryEntry& entry, const char* classname) {
  if (entry.classname == classname) return true;
  for (const std::string& super : entry.superclasses) {
    if (super == classname) return true;
  }
  return false;
}

void add_matching(IoObject& iterator, const std::vector<RegistryEntry>& entries,
                  const char* classname) {
  for (const RegistryEntry& entry : entries) {
    if (is_a(entry, classname)) add(iterator, entry);
    add_matching(iterator, entry.children, classname);
  }
}

void add_below(IoObject& iterator, const RegistryEntry& entry, bool recursively) {
  for (const RegistryEntry& child : entry.children) {
    add(iterator, child);
    if (recursively) add_below(iterator, child, true);
  }
}

CFTypeRef make_value(const Property& property);

CFMutableDictionaryRef make_properties(const Properties& properties) {
  CFMutableDictionaryRef dictionary = CFDictionaryCreateMutable(
      nullptr, 0, &kCFTypeDictionaryKeyCallBacks, &kCFTypeDictionaryValueCallBacks);
  for (const auto& [name, property] : properties) {
    CFStringRef key = make_text(name.data(), name.size());
    CFTypeRef value = make_value(property);
    CFDictionarySetValue(dictionary, key, value);
    CFRelease(value);
    CFRelease(key);
  }
  return dictionary;
}

CFTypeRef make_value(const Property& property) {
  if (const bool* flag = std::get_if<bool>(&property.value)) {
    return CFRetain(*flag ? kCFBooleanTrue : kCFBooleanFalse);
  }
  if (const int64_t* integer = std::get_if<int64_t>(&property.value)) {
    return CFNumberCreate(nullptr, kCFNumberSInt64Type, integer);
  }
  if (const std::string* text = std::get_if<std::string>(&property.value)) {
    return make_text(text->data(), text->size());
  }
  if (const auto* bytes = std::get_if<std::vector<uint8_t>>(&property.value)) {
    return CFDataCreate(nullptr, bytes->data(), static_cast<CFIndex>(bytes->size()));
  }
  return make_properties(std::get<Properties>(property.value));
}

// The entry behind a port; null when it is not in the registry any more.
const RegistryEntry* entry_of(MachineState& state, io_object_t port, const char* function) {
  const IoObject* object = io_object(port, IoObject::Kind::entry);
  if (object == nullptr) misuse(function, "a port that is no registry entry");
  return find(state.registry, object->entry);
}

void copy_name(const std::string& text, io_name_t name) {
  std::strncpy(name, text.c_str(), sizeof(io_name_t) - 1);
  name[sizeof(io_name_t) - 1] = '\0';
}

// Matching is consumed, as the real function does.
bool take_class(CFDictionaryRef matching, io_name_t classname) {
  if (matching == nullptr) return false;
  const auto value =
      static_cast<CFStringRef>(CFDictionaryGetValue(matching, CFSTR("IOProviderClass")));
  const bool found = value != nullptr && CFStringGetCString(value, classname, sizeof(io_name_t),
                                                            kCFStringEncodingUTF8) != 0;
  CFRelease(matching);
  return found;
}

}  // namespace

io_object_t make_io_object(IoObject::Kind kind) {
  const std::lock_guard lock(objects_mutex);
  for (size_t i = 0; i < kMostObjects; ++i) {
    if (objects[i].kind != IoObject::Kind::none) continue;
    objects[i].kind = kind;
    objects[i].found_count = objects[i].next = 0;
    count_io_object(1);
    return kFirstPort + static_cast<io_object_t>(i);
  }
  misuse("IOKit", "more work than the fake has ports: are they released?");
}

IoObject* io_object(io_object_t port, IoObject::Kind kind) {
  const std::lock_guard lock(objects_mutex);
  const size_t at = port - kFirstPort;
  if (port < kFirstPort || at >= kMostObjects || objects[at].kind != kind) return nullptr;
  return &objects[at];
}

void drop_io_object(io_object_t port, const char* function) {
  const std::lock_guard lock(objects_mutex);
  const size_t at = port - kFirstPort;
  if (port < kFirstPort || at >= kMostObjects || objects[at].kind == IoObject::Kind::none) {
    misuse(function, "a port that is no object, or not any more");
  }
  objects[at].kind = IoObject::Kind::none;
  count_io_object(-1);
}

}  // namespace anemon::fake

using namespace anemon::fake;

extern "C" {

const mach_port_t kIOMainPortDefault = 0;

CFMutableDictionaryRef IOServiceMatching(const char* name) {
  CFMutableDictionaryRef matching = CFDictionaryCreateMutable(
      nullptr, 0, &kCFTypeDictionaryKeyCallBacks, &kCFTypeDictionaryValueCallBacks);
  CFStringRef text = make_text(name, std::strlen(name));
  CFDictionarySetValue(matching, CFSTR("IOProviderClass"), text);
  CFRelease(text);
  return matching;
}

kern_return_t IOServiceGetMatchingServices(mach_port_t, CFDictionaryRef matching,
                                           io_iterator_t* iterator) {
  FakeMac::current().pass_through(Hang::registry);
  io_name_t classname;
  if (!take_class(matching, classname)) return kIOReturnBadArgument;
  const auto state = FakeMac::current().edit();
  number(*state);
  *iterator = make_io_object(IoObject::Kind::iterator);
  add_matching(*io_object(*iterator, IoObject::Kind::iterator), state->registry, classname);
  return KERN_SUCCESS;
}

io_service_t IOServiceGetMatchingService(mach_port_t port, CFDictionaryRef matching) {
  io_iterator_t iterator = IO_OBJECT_NULL;
  if (IOServiceGetMatchingServices(port, matching, &iterator) != KERN_SUCCESS) return 0;
  const io_service_t service = IOIteratorNext(iterator);
  IOObjectRelease(iterator);
  return service;
}

io_object_t IOIteratorNext(io_iterator_t port) {
  IoObject* iterator = io_object(port, IoObject::Kind::iterator);
  if (iterator == nullptr) misuse("IOIteratorNext", "a port that is no iterator");
  if (iterator->next == iterator->found_count) return IO_OBJECT_NULL;
  const io_object_t entry = make_io_object(IoObject::Kind::entry);
  io_object(entry, IoObject::Kind::entry)->entry = iterator->found[iterator->next++];
  return entry;
}

kern_return_t IOObjectRelease(io_object_t object) {
  drop_io_object(object, "IOObjectRelease");
  return KERN_SUCCESS;
}

kern_return_t IOObjectGetClass(io_object_t port, io_name_t name) {
  const auto state = FakeMac::current().edit();
  const RegistryEntry* entry = entry_of(*state, port, "IOObjectGetClass");
  if (entry == nullptr) return kIOReturnNoDevice;
  copy_name(entry->classname, name);
  return KERN_SUCCESS;
}

kern_return_t IORegistryEntryGetName(io_registry_entry_t port, io_name_t name) {
  const auto state = FakeMac::current().edit();
  const RegistryEntry* entry = entry_of(*state, port, "IORegistryEntryGetName");
  if (entry == nullptr) return kIOReturnNoDevice;
  copy_name(entry->name, name);
  return KERN_SUCCESS;
}

kern_return_t IORegistryEntryGetRegistryEntryID(io_registry_entry_t port, uint64_t* id) {
  const auto state = FakeMac::current().edit();
  const RegistryEntry* entry = entry_of(*state, port, "IORegistryEntryGetRegistryEntryID");
  if (entry == nullptr) return kIOReturnNoDevice;
  *id = entry->id;
  return KERN_SUCCESS;
}

CFTypeRef IORegistryEntryCreateCFProperty(io_registry_entry_t port, CFStringRef key, CFAllocatorRef,
                                          IOOptionBits) {
  const auto state = FakeMac::current().edit();
  const RegistryEntry* entry = entry_of(*state, port, "IORegistryEntryCreateCFProperty");
  if (entry == nullptr) return nullptr;
  io_name_t name;
  if (CFStringGetCString(key, name, sizeof name, kCFStringEncodingUTF8) == 0) return nullptr;
  const auto found = entry->properties.find(std::string_view(name));
  return found == entry->properties.end() ? nullptr : make_value(found->second);
}

kern_return_t IORegistryEntryCreateCFProperties(io_registry_entry_t port,
                                                CFMutableDictionaryRef* properties, CFAllocatorRef,
                                                IOOptionBits) {
  const auto state = FakeMac::current().edit();
  const RegistryEntry* entry = entry_of(*state, port, "IORegistryEntryCreateCFProperties");
  if (entry == nullptr) return kIOReturnNoDevice;
  *properties = make_properties(entry->properties);
  return KERN_SUCCESS;
}

kern_return_t IORegistryEntryCreateIterator(io_registry_entry_t port, const char* plane,
                                            IOOptionBits options, io_iterator_t* iterator) {
  if (std::strcmp(plane, kIOServicePlane) != 0) return kIOReturnBadArgument;
  const auto state = FakeMac::current().edit();
  const RegistryEntry* entry = entry_of(*state, port, "IORegistryEntryCreateIterator");
  if (entry == nullptr) return kIOReturnNoDevice;
  *iterator = make_io_object(IoObject::Kind::iterator);
  add_below(*io_object(*iterator, IoObject::Kind::iterator), *entry,
            (options & kIORegistryIterateRecursively) != 0);
  return KERN_SUCCESS;
}

}  // extern "C"
