// The real information is an opaque object that the type's string is part of: here it is the
// string.
#include <IOKit/ps/IOPowerSources.h>

#include "tests/fake_darwin/fake_mac.h"
#include "tests/fake_darwin/objects.h"

using namespace anemon::fake;

extern "C" {

CFTypeRef IOPSCopyPowerSourcesInfo(void) {
  const auto mac = FakeMac::current().edit();
  const auto& source = mac->host.power_source;
  return source ? make_text(source->data(), source->size()) : nullptr;
}

CFStringRef IOPSGetProvidingPowerSourceType(CFTypeRef information) {
  checked(information, Kind::string, "IOPSGetProvidingPowerSourceType");
  return static_cast<CFStringRef>(information);
}

}  // extern "C"
