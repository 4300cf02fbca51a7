#include <memory>
#include <optional>

#include "platform/autorelease_pool_apple.h"
#include "platform/cf_values_apple.h"
#include "platform/dynamic_library_apple.h"
#include "platform/hid_temperatures.h"

namespace anemon {
namespace {

// Apple's own page of HID usages, on which usage 5 is a temperature sensor.
constexpr int32_t kAppleVendorPage = 0xff00;
constexpr int32_t kTemperatureSensor = 5;
constexpr int64_t kTemperatureEvent = 15;
constexpr int32_t kTemperatureField = 15 << 16;

using HidObject = const void*;  // client, service and event: CoreFoundation objects

// The functions of IOKit that its headers leave out.
struct HidFunctions {
  HidObject (*create_client)(CFAllocatorRef) = nullptr;
  int (*set_matching)(HidObject client, CFDictionaryRef) = nullptr;
  CFArrayRef (*copy_services)(HidObject client) = nullptr;
  CFTypeRef (*copy_property)(HidObject service, CFStringRef) = nullptr;
  HidObject (*copy_event)(HidObject service, int64_t type, int32_t options, int64_t) = nullptr;
  double (*float_value)(HidObject event, int32_t field) = nullptr;
};

std::optional<HidFunctions> load() {
  const DynamicLibrary library("/System/Library/Frameworks/IOKit.framework/IOKit");
  HidFunctions functions;
  if (!library.find("IOHIDEventSystemClientCreate", functions.create_client) ||
      !library.find("IOHIDEventSystemClientSetMatching", functions.set_matching) ||
      !library.find("IOHIDEventSystemClientCopyServices", functions.copy_services) ||
      !library.find("IOHIDServiceClientCopyProperty", functions.copy_property) ||
      !library.find("IOHIDServiceClientCopyEvent", functions.copy_event) ||
      !library.find("IOHIDEventGetFloatValue", functions.float_value)) {
    return std::nullopt;
  }
  return functions;
}

CfOwned<CFDictionaryRef> temperature_sensors() {
  const CfOwned<CFNumberRef> page(
      CFNumberCreate(kCFAllocatorDefault, kCFNumberSInt32Type, &kAppleVendorPage));
  const CfOwned<CFNumberRef> usage(
      CFNumberCreate(kCFAllocatorDefault, kCFNumberSInt32Type, &kTemperatureSensor));
  const void* keys[] = {CFSTR("PrimaryUsagePage"), CFSTR("PrimaryUsage")};
  const void* values[] = {page.get(), usage.get()};
  return CfOwned<CFDictionaryRef>(CFDictionaryCreate(kCFAllocatorDefault, keys, values, 2,
                                                     &kCFTypeDictionaryKeyCallBacks,
                                                     &kCFTypeDictionaryValueCallBacks));
}

class AppleHidTemperatures final : public HidTemperatures {
 public:
  AppleHidTemperatures(const HidFunctions& functions, CfOwned<HidObject> client)
      : functions_(functions), client_(std::move(client)) {}

  ReadStatus read(std::vector<HidTemperature>& temperatures) override {
    const AutoreleasePool pool;
    // Sensors come and go with their drivers: the list is taken anew, the client is kept.
    const CfOwned<CFArrayRef> services(functions_.copy_services(client_.get()));
    const CFIndex count = services ? CFArrayGetCount(services.get()) : 0;
    size_t answered = 0;
    for (CFIndex i = 0; i < count; ++i) {
      const void* service = CFArrayGetValueAtIndex(services.get(), i);
      const CfOwned<HidObject> event(functions_.copy_event(service, kTemperatureEvent, 0, 0));
      if (!event) continue;
      const CfOwned<CFTypeRef> product(functions_.copy_property(service, product_));
      if (cf_string(product.get()) == nullptr) continue;
      if (answered == temperatures.size()) temperatures.emplace_back();
      HidTemperature& temperature = temperatures[answered++];
      cf_text(product.get(), temperature.product);
      temperature.celsius = functions_.float_value(event.get(), kTemperatureField);
    }
    temperatures.resize(answered);
    return answered == 0 ? ReadStatus::absent : ReadStatus::ok;
  }

 private:
  const HidFunctions functions_;
  const CfOwned<HidObject> client_;
  const CFStringRef product_ = CFSTR("Product");
};

}  // namespace

std::unique_ptr<HidTemperatures> open_hid_temperatures() {
  const AutoreleasePool pool;
  const auto functions = load();
  if (!functions) return nullptr;
  CfOwned<HidObject> client(functions->create_client(kCFAllocatorDefault));
  if (!client) return nullptr;
  const auto sensors = temperature_sensors();
  functions->set_matching(client.get(), sensors.get());
  return std::make_unique<AppleHidTemperatures>(*functions, std::move(client));
}

}  // namespace anemon
