// One class, NSProcessInfo, and its one object. <objc/message.h> is left out: what it declares is
// cast to each message's type before it is called, and is defined here as what is called.
#include <objc/runtime.h>

#include <cstdint>
#include <string_view>

#include "tests/fake_darwin/fake_mac.h"
#include "tests/fake_darwin/objects.h"

using namespace anemon::fake;

#ifdef __clang__
#define ANEMON_ANY_TYPE __attribute__((no_sanitize("undefined")))
#else
#define ANEMON_ANY_TYPE
#endif

namespace {

char process_info_class, process_info;
constexpr char kProcessInfo[] = "processInfo";
constexpr char kIsLowPower[] = "isLowPowerModeEnabled";

}  // namespace

extern "C" {

Class objc_getClass(const char* name) {
  if (std::string_view(name) != "NSProcessInfo") return nullptr;
  if (!FakeMac::current().edit()->host.low_power_mode) return nullptr;
  return reinterpret_cast<Class>(&process_info_class);
}

SEL sel_registerName(const char* name) {
  for (const char* known : {kProcessInfo, kIsLowPower}) {
    if (std::string_view(name) == known) {
      return reinterpret_cast<SEL>(const_cast<char*>(known));
    }
  }
  return nullptr;
}

BOOL class_respondsToSelector(Class type, SEL message) {
  return type == reinterpret_cast<Class>(&process_info_class) &&
         message == sel_registerName(kIsLowPower);
}

ANEMON_ANY_TYPE uintptr_t objc_msgSend(void* receiver, SEL message) {
  if (FakeMac::open_autorelease_pools() == 0) misuse("objc_msgSend", "no autorelease pool");
  if (receiver == &process_info_class && message == sel_registerName(kProcessInfo)) {
    return reinterpret_cast<uintptr_t>(&process_info);
  }
  if (receiver == &process_info && message == sel_registerName(kIsLowPower)) {
    return FakeMac::current().edit()->host.low_power_mode.value_or(false);
  }
  misuse("objc_msgSend", "unknown receiver or message");
}

}  // extern "C"
