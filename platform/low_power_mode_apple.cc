// No C function tells it, and the setting behind it means different things on different models; so
// the one documented question is asked, through the runtime of Objective-C.
#include "platform/low_power_mode_apple.h"

#include <dlfcn.h>
#include <objc/message.h>

#include "platform/autorelease_pool_apple.h"

namespace anemon {
namespace {

template <class Result, class Receiver>
Result send(Receiver receiver, SEL message) {
  using Function = Result (*)(Receiver, SEL);
  return reinterpret_cast<Function>(objc_msgSend)(receiver, message);
}

}  // namespace

LowPowerMode::LowPowerMode() {
  const AutoreleasePool pool;
  ::dlopen("/System/Library/Frameworks/Foundation.framework/Foundation", RTLD_LAZY);
  const Class type = objc_getClass("NSProcessInfo");
  if (type == nullptr) return;
  question_ = sel_registerName("isLowPowerModeEnabled");
  if (!class_respondsToSelector(type, question_)) return;
  process_info_ = send<id>(type, sel_registerName("processInfo"));
}

std::optional<bool> LowPowerMode::read() const {
  if (process_info_ == nullptr) return std::nullopt;
  return send<BOOL>(process_info_, question_) != 0;
}

}  // namespace anemon
