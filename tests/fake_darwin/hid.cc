// IOHIDEventSystemClient as far as it gives temperatures, and the autorelease pools: what the
// Apple sources find by dlsym in libraries that the fake is itself.
#include <CoreFoundation/CoreFoundation.h>

#include <atomic>

#include "tests/fake_darwin/fake_mac.h"
#include "tests/fake_darwin/objects.h"

namespace anemon::fake {
namespace {

constexpr int64_t kTemperatureEvent = 15;

std::atomic<int64_t> open_pools{0};
std::atomic<uint64_t> all_pools{0};

struct Client : Object {
  bool matches_temperatures;
};

struct Service : Object {
  size_t index;  // into the state's sensors
};

struct Event : Object {
  double celsius;
};

bool has_number(CFDictionaryRef dictionary, CFStringRef key, int32_t expected) {
  const void* value = CFDictionaryGetValue(dictionary, key);
  int32_t number = 0;
  return value != nullptr &&
         CFNumberGetValue(static_cast<CFNumberRef>(value), kCFNumberSInt32Type, &number) != 0 &&
         number == expected;
}

}  // namespace

int64_t FakeMac::open_autorelease_pools() { return open_pools.load(); }
uint64_t FakeMac::autorelease_pools() { return all_pools.load(); }

}  // namespace anemon::fake

using namespace anemon::fake;

extern "C" {

void* objc_autoreleasePoolPush(void);
void objc_autoreleasePoolPop(void* pool);
void* IOHIDEventSystemClientCreate(CFAllocatorRef allocator);
int IOHIDEventSystemClientSetMatching(void* client, CFDictionaryRef matching);
CFArrayRef IOHIDEventSystemClientCopyServices(void* client);
CFTypeRef IOHIDServiceClientCopyProperty(const void* service, CFStringRef key);
void* IOHIDServiceClientCopyEvent(const void* service, int64_t type, int32_t options,
                                  int64_t timestamp);
double IOHIDEventGetFloatValue(const void* event, int32_t field);

void* objc_autoreleasePoolPush(void) {
  ++all_pools;
  ++open_pools;
  return &open_pools;
}

void objc_autoreleasePoolPop(void* pool) {
  if (pool != &open_pools || --open_pools < 0) misuse("objc_autoreleasePoolPop", "no open pool");
}

void* IOHIDEventSystemClientCreate(CFAllocatorRef) {
  if (FakeMac::current().edit()->hid_client_fails) return nullptr;
  return make_object(Kind::hid_client, sizeof(Client));
}

int IOHIDEventSystemClientSetMatching(void* object, CFDictionaryRef matching) {
  auto* client = static_cast<Client*>(
      const_cast<Object*>(checked(object, Kind::hid_client, "IOHIDEventSystemClientSetMatching")));
  client->matches_temperatures = has_number(matching, CFSTR("PrimaryUsagePage"), 0xff00) &&
                                 has_number(matching, CFSTR("PrimaryUsage"), 5);
  return 1;
}

CFArrayRef IOHIDEventSystemClientCopyServices(void* object) {
  const auto* client = static_cast<const Client*>(
      checked(object, Kind::hid_client, "IOHIDEventSystemClientCopyServices"));
  FakeMac::current().pass_through(Hang::hid_services);
  const auto state = FakeMac::current().edit();
  if (state->hid_no_services) return nullptr;
  CFMutableArrayRef services = CFArrayCreateMutable(nullptr, 0, &kCFTypeArrayCallBacks);
  for (size_t i = 0; client->matches_temperatures && i < state->hid.size(); ++i) {
    auto* service = static_cast<Service*>(make_object(Kind::hid_service, sizeof(Service)));
    service->index = i;
    CFArrayAppendValue(services, service);
    CFRelease(service);
  }
  return services;
}

CFTypeRef IOHIDServiceClientCopyProperty(const void* object, CFStringRef key) {
  const auto* service = static_cast<const Service*>(
      checked(object, Kind::hid_service, "IOHIDServiceClientCopyProperty"));
  if (CFEqual(key, CFSTR("Product")) == 0) return nullptr;
  const auto state = FakeMac::current().edit();
  if (service->index >= state->hid.size()) return nullptr;
  const HidSensor& sensor = state->hid[service->index];
  return sensor.nameless ? nullptr : make_text(sensor.product.data(), sensor.product.size());
}

void* IOHIDServiceClientCopyEvent(const void* object, int64_t type, int32_t, int64_t) {
  const auto* service = static_cast<const Service*>(
      checked(object, Kind::hid_service, "IOHIDServiceClientCopyEvent"));
  const auto state = FakeMac::current().edit();
  if (type != kTemperatureEvent || service->index >= state->hid.size() ||
      !state->hid[service->index].answers) {
    return nullptr;
  }
  auto* event = static_cast<Event*>(make_object(Kind::hid_event, sizeof(Event)));
  event->celsius = state->hid[service->index].celsius;
  return event;
}

double IOHIDEventGetFloatValue(const void* object, int32_t field) {
  const auto* event =
      static_cast<const Event*>(checked(object, Kind::hid_event, "IOHIDEventGetFloatValue"));
  return field == kTemperatureEvent << 16 ? event->celsius : 0;
}

}  // extern "C"
