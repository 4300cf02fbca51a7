#include "platform/cf_values_apple.h"

#include <cstring>

#include "core/trimmed.h"

namespace anemon {
namespace {

template <class Ref>
Ref typed(CFTypeRef object, CFTypeID type) {
  return object != nullptr && CFGetTypeID(object) == type ? static_cast<Ref>(object) : nullptr;
}

}  // namespace

CFStringRef cf_string(CFTypeRef object) { return typed<CFStringRef>(object, CFStringGetTypeID()); }

CFArrayRef cf_array(CFTypeRef object) { return typed<CFArrayRef>(object, CFArrayGetTypeID()); }

CFDictionaryRef cf_dictionary(CFTypeRef object) {
  return typed<CFDictionaryRef>(object, CFDictionaryGetTypeID());
}

CFDataRef cf_data(CFTypeRef object) { return typed<CFDataRef>(object, CFDataGetTypeID()); }

std::optional<int64_t> cf_integer(CFTypeRef object) {
  const auto number = typed<CFNumberRef>(object, CFNumberGetTypeID());
  int64_t value = 0;
  if (number == nullptr || !CFNumberGetValue(number, kCFNumberSInt64Type, &value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<bool> cf_boolean(CFTypeRef object) {
  if (const auto boolean = typed<CFBooleanRef>(object, CFBooleanGetTypeID())) {
    return CFBooleanGetValue(boolean) != 0;
  }
  // Drivers write flags as numbers too.
  if (const auto number = cf_integer(object)) return *number != 0;
  return std::nullopt;
}

void cf_text(CFTypeRef object, std::string& text) {
  text.clear();
  const CFStringRef string = cf_string(object);
  if (string == nullptr) return;
  if (const char* inside = CFStringGetCStringPtr(string, kCFStringEncodingUTF8)) {
    text = inside;
    return;
  }
  const CFIndex most =
      CFStringGetMaximumSizeForEncoding(CFStringGetLength(string), kCFStringEncodingUTF8) + 1;
  text.resize(static_cast<size_t>(most));
  const bool converted = CFStringGetCString(string, text.data(), most, kCFStringEncodingUTF8) != 0;
  text.resize(converted ? std::strlen(text.data()) : 0);
}

std::string cf_text(CFTypeRef object) {
  std::string text;
  cf_text(object, text);
  return text;
}

void trim(std::string& text) {
  const size_t end = text.find_last_not_of(kWhiteSpace);
  text.resize(end == std::string::npos ? 0 : end + 1);
  text.erase(0, text.find_first_not_of(kWhiteSpace));
}

CfOwned<CFStringRef> make_cf_string(const std::string& text) {
  return CfOwned<CFStringRef>(
      CFStringCreateWithCString(kCFAllocatorDefault, text.c_str(), kCFStringEncodingUTF8));
}

}  // namespace anemon
