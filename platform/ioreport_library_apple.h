// The functions of libIOReport, which has no header: found at run time, so that a macOS without one
// of them still runs the rest. Ownership follows the names: copy and create give a reference away.
#pragma once

#include <CoreFoundation/CoreFoundation.h>

#include <cstdint>
#include <optional>

namespace anemon {

using IoReportSubscriptionRef = const void*;  // a CoreFoundation object

struct IoReportLibrary {
  CFMutableDictionaryRef (*copy_channels_in_group)(CFStringRef group, CFStringRef subgroup,
                                                   uint64_t, uint64_t, uint64_t);
  IoReportSubscriptionRef (*create_subscription)(void*, CFMutableDictionaryRef desired,
                                                 CFMutableDictionaryRef* subscribed, uint64_t,
                                                 CFTypeRef);
  CFDictionaryRef (*create_samples)(IoReportSubscriptionRef, CFMutableDictionaryRef subscribed,
                                    CFTypeRef);
  CFStringRef (*channel_group)(CFDictionaryRef channel);
  CFStringRef (*channel_name)(CFDictionaryRef channel);
  int (*channel_format)(CFDictionaryRef channel);

  // Null where this macOS does not have them.
  CFMutableDictionaryRef (*copy_all_channels)(uint64_t, uint64_t);
  void (*merge_channels)(CFMutableDictionaryRef into, CFMutableDictionaryRef from, CFTypeRef);
  CFStringRef (*channel_subgroup)(CFDictionaryRef channel);
  CFStringRef (*channel_unit)(CFDictionaryRef channel);
  int64_t (*simple_value)(CFDictionaryRef channel, int32_t);
  int32_t (*state_count)(CFDictionaryRef channel);
  CFStringRef (*state_name)(CFDictionaryRef channel, int32_t index);
  int64_t (*state_residency)(CFDictionaryRef channel, int32_t index);
};

// Unset without the library or one of the functions that cannot be done without.
std::optional<IoReportLibrary> load_ioreport_library();

}  // namespace anemon
