// CoreFoundation's values as this program's. Nothing here takes over a reference; an object that is
// null or of another type is as one that is not there, where the frameworks would end the program.
#pragma once

#include <CoreFoundation/CoreFoundation.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platform/cf_owned_apple.h"

namespace anemon {

CFStringRef cf_string(CFTypeRef object);
CFArrayRef cf_array(CFTypeRef object);
CFDictionaryRef cf_dictionary(CFTypeRef object);
CFDataRef cf_data(CFTypeRef object);
std::optional<int64_t> cf_integer(CFTypeRef object);
std::optional<bool> cf_boolean(CFTypeRef object);

// Replaces `text` (empty when there is none); no allocation once it has the room.
void cf_text(CFTypeRef object, std::string& text);
std::string cf_text(CFTypeRef object);

// Takes white space from both ends.
void trim(std::string& text);

CfOwned<CFStringRef> make_cf_string(const std::string& text);

}  // namespace anemon
