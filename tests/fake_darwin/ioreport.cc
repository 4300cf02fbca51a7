// libIOReport as a library of its own, which the code under test loads with dlopen. Written from
// the C interface and the element layout alone; the keys of a channel's dictionary other than
// "RawElements" are this file's own.
#include <CoreFoundation/CoreFoundation.h>

#include <cstring>

#include "tests/fake_darwin/fake_mac.h"
#include "tests/fake_darwin/objects.h"

namespace anemon::fake {
namespace {

struct Subscription : Object {
  int64_t channels;  // how many of them it has
};

CFStringRef key_channels() { return CFSTR("IOReportChannels"); }

void set(CFMutableDictionaryRef dictionary, CFStringRef key, CFTypeRef value) {
  CFDictionarySetValue(dictionary, key, value);
  CFRelease(value);
}

void set(CFMutableDictionaryRef dictionary, CFStringRef key, const std::string& text) {
  set(dictionary, key, static_cast<CFTypeRef>(make_text(text.data(), text.size())));
}

CFMutableDictionaryRef make_dictionary() {
  return CFDictionaryCreateMutable(nullptr, 0, &kCFTypeDictionaryKeyCallBacks,
                                   &kCFTypeDictionaryValueCallBacks);
}

CFTypeRef make_number(int64_t value) {
  return CFNumberCreate(nullptr, kCFNumberSInt64Type, &value);
}

int64_t number(CFDictionaryRef channel, CFStringRef key) {
  int64_t value = 0;
  const void* object = CFDictionaryGetValue(channel, key);
  if (object != nullptr) {
    CFNumberGetValue(static_cast<CFNumberRef>(object), kCFNumberSInt64Type, &value);
  }
  return value;
}

CFMutableDictionaryRef make_channel(const MachineState& state, size_t index) {
  const ReportChannel& channel = state.channels[index];
  CFMutableDictionaryRef dictionary = make_dictionary();
  set(dictionary, CFSTR("channel"), make_number(static_cast<int64_t>(index)));
  set(dictionary, CFSTR("format"), make_number(channel.format));
  set(dictionary, CFSTR("group"), channel.group);
  if (!channel.no_subgroup) set(dictionary, CFSTR("subgroup"), channel.subgroup);
  set(dictionary, CFSTR("name"), channel.name);
  set(dictionary, CFSTR("unit"), channel.unit);
  CFMutableArrayRef states = CFArrayCreateMutable(nullptr, 0, &kCFTypeArrayCallBacks);
  for (const std::string& name : channel.states) {
    CFStringRef text = make_text(name.data(), name.size());
    CFArrayAppendValue(states, text);
    CFRelease(text);
  }
  set(dictionary, CFSTR("states"), static_cast<CFTypeRef>(states));
  return dictionary;
}

CFMutableDictionaryRef with_channels(CFTypeRef channels) {
  CFMutableDictionaryRef dictionary = make_dictionary();
  set(dictionary, CFSTR("QueryOpts"), make_number(0));
  set(dictionary, key_channels(), channels);
  return dictionary;
}

std::string text_of(CFStringRef string) {
  char buffer[256] = "";
  CFStringGetCString(string, buffer, sizeof buffer, kCFStringEncodingUTF8);
  return buffer;
}

std::string group_of(CFTypeRef channel) {
  return text_of(static_cast<CFStringRef>(
      CFDictionaryGetValue(static_cast<CFDictionaryRef>(channel), CFSTR("group"))));
}

CFArrayRef channels_of(CFDictionaryRef dictionary, const char* function) {
  const void* channels = CFDictionaryGetValue(dictionary, key_channels());
  if (channels == nullptr) misuse(function, "a dictionary without channels");
  checked(channels, Kind::array, function);
  return static_cast<CFArrayRef>(channels);
}

constexpr size_t kElement = 64;

// Fills the elements of a channel as xnu's IOReportTypes.h lays them out.
size_t element_count(const ReportChannel& channel) {
  return channel.format == 4 ? channel.values.size() / 4 : channel.values.size();
}

void fill_element(const ReportChannel& channel, size_t index, UInt8* element) {
  std::memset(element, 0, kElement);
  const size_t count = element_count(channel);
  element[16] = static_cast<UInt8>(channel.misformed ? 9 : channel.format);
  const auto elements = static_cast<uint16_t>(count);
  const auto at = static_cast<int16_t>(channel.invalid_elements ? -1 : static_cast<int>(index));
  std::memcpy(element + 20, &elements, sizeof elements);
  std::memcpy(element + 22, &at, sizeof at);
  const uint64_t stamp =
      index < channel.part_stamps.size() ? channel.part_stamps[index] : channel.stamp;
  std::memcpy(element + 24, &stamp, sizeof stamp);
  int64_t values[4] = {0, 0, 0, 0};
  if (channel.format == 1) {
    values[0] = channel.values[index];
  } else if (channel.format == 2) {  // state, how often entered, ticks, last entered
    values[0] = static_cast<int64_t>(index);
    values[1] = 7;
    values[2] = channel.values[index];
    values[3] = 9;
  } else if (channel.format == 3) {  // hits, lowest, highest, sum
    values[0] = channel.values[index];
    values[1] = 1;
    values[2] = 2;
    values[3] = 3;
  } else {
    for (size_t i = 0; i < 4; ++i) values[i] = channel.values[index * 4 + i];
  }
  std::memcpy(element + 32, values, sizeof values);
}

CFTypeRef make_elements(const ReportChannel& channel) {
  constexpr size_t kMost = 256;
  UInt8 bytes[kMost * kElement];
  const size_t count = element_count(channel);
  if (count > kMost) misuse("IOReportCreateSamples", "a channel larger than the fake has room for");
  for (size_t i = 0; i < count; ++i) {
    const size_t at = channel.swapped_states ? count - 1 - i : i;
    fill_element(channel, at, bytes + i * kElement);
  }
  return CFDataCreate(nullptr, bytes, static_cast<CFIndex>(count * kElement));
}

const ReportChannel* channel_of(const MachineState& state, CFDictionaryRef channel) {
  const auto index = static_cast<size_t>(number(channel, CFSTR("channel")));
  return index < state.channels.size() ? &state.channels[index] : nullptr;
}

CFStringRef text(CFDictionaryRef channel, CFStringRef key) {
  return static_cast<CFStringRef>(CFDictionaryGetValue(channel, key));
}

}  // namespace
}  // namespace anemon::fake

using namespace anemon::fake;

extern "C" {

CFMutableDictionaryRef IOReportCopyAllChannels(uint64_t, uint64_t);
CFMutableDictionaryRef IOReportCopyChannelsInGroup(CFStringRef group, CFStringRef subgroup,
                                                   uint64_t, uint64_t, uint64_t);
void IOReportMergeChannels(CFMutableDictionaryRef into, CFMutableDictionaryRef from, CFTypeRef);
CFTypeRef IOReportCreateSubscription(void*, CFMutableDictionaryRef desired,
                                     CFMutableDictionaryRef* subscribed, uint64_t, CFTypeRef);
CFDictionaryRef IOReportCreateSamples(CFTypeRef subscription, CFMutableDictionaryRef subscribed,
                                      CFTypeRef);
CFStringRef IOReportChannelGetGroup(CFDictionaryRef channel);
CFStringRef IOReportChannelGetSubGroup(CFDictionaryRef channel);
CFStringRef IOReportChannelGetChannelName(CFDictionaryRef channel);
CFStringRef IOReportChannelGetUnitLabel(CFDictionaryRef channel);
int IOReportChannelGetFormat(CFDictionaryRef channel);
int64_t IOReportSimpleGetIntegerValue(CFDictionaryRef channel, int32_t);
int32_t IOReportStateGetCount(CFDictionaryRef channel);
CFStringRef IOReportStateGetNameForIndex(CFDictionaryRef channel, int32_t index);
int64_t IOReportStateGetResidency(CFDictionaryRef channel, int32_t index);

CFMutableDictionaryRef IOReportCopyAllChannels(uint64_t, uint64_t) {
  const auto state = FakeMac::current().edit();
  CFMutableArrayRef channels = CFArrayCreateMutable(nullptr, 0, &kCFTypeArrayCallBacks);
  for (size_t i = 0; i < state->channels.size(); ++i) {
    CFMutableDictionaryRef channel = make_channel(*state, i);
    CFArrayAppendValue(channels, channel);
    CFRelease(channel);
  }
  return with_channels(channels);
}

CFMutableDictionaryRef IOReportCopyChannelsInGroup(CFStringRef group, CFStringRef subgroup,
                                                   uint64_t, uint64_t, uint64_t) {
  const std::string wanted = text_of(group);
  const auto state = FakeMac::current().edit();
  CFMutableArrayRef channels = CFArrayCreateMutable(nullptr, 0, &kCFTypeArrayCallBacks);
  for (size_t i = 0; i < state->channels.size(); ++i) {
    if (state->channels[i].group != wanted) continue;
    if (subgroup != nullptr && state->channels[i].subgroup != text_of(subgroup)) continue;
    CFMutableDictionaryRef channel = make_channel(*state, i);
    CFArrayAppendValue(channels, channel);
    CFRelease(channel);
  }
  if (CFArrayGetCount(channels) == 0 && state->empty_groups.count(wanted) == 0) {
    CFRelease(channels);
    return nullptr;
  }
  return with_channels(channels);
}

void IOReportMergeChannels(CFMutableDictionaryRef into, CFMutableDictionaryRef from, CFTypeRef) {
  CFArrayRef more = channels_of(from, "IOReportMergeChannels");
  auto channels = const_cast<CFMutableArrayRef>(channels_of(into, "IOReportMergeChannels"));
  CFArrayAppendArray(channels, more, CFRangeMake(0, CFArrayGetCount(more)));
}

CFTypeRef IOReportCreateSubscription(void*, CFMutableDictionaryRef desired,
                                     CFMutableDictionaryRef* subscribed, uint64_t, CFTypeRef) {
  CFArrayRef wanted = channels_of(desired, "IOReportCreateSubscription");
  const auto state = FakeMac::current().edit();
  std::set<std::string> groups;
  for (CFIndex i = 0; i < CFArrayGetCount(wanted); ++i) {
    groups.insert(group_of(CFArrayGetValueAtIndex(wanted, i)));
  }
  if (groups.size() > state->most_groups) return nullptr;
  CFMutableArrayRef channels = CFArrayCreateMutable(nullptr, 0, &kCFTypeArrayCallBacks);
  for (CFIndex i = 0; i < CFArrayGetCount(wanted); ++i) {
    const void* channel = CFArrayGetValueAtIndex(wanted, i);
    const std::string group = group_of(channel);
    const bool is_refused = state->refused_groups.count(group) != 0;
    if (is_refused && state->refusal_spoils_all) {
      CFRelease(channels);
      return nullptr;
    }
    if (is_refused) continue;
    if (groups.size() > 1 && state->unmerged_groups.count(group) != 0) continue;
    CFArrayAppendValue(channels, channel);
  }
  const CFIndex count = CFArrayGetCount(channels);
  if (count == 0) {
    CFRelease(channels);
    return nullptr;
  }
  if (state->no_subscribed) {
    CFRelease(channels);
  } else {
    *subscribed = with_channels(channels);
  }
  auto* subscription =
      static_cast<Subscription*>(make_object(Kind::subscription, sizeof(Subscription)));
  subscription->channels = count;
  return subscription;
}

CFDictionaryRef IOReportCreateSamples(CFTypeRef subscription, CFMutableDictionaryRef subscribed,
                                      CFTypeRef) {
  checked(subscription, Kind::subscription, "IOReportCreateSamples");
  CFArrayRef wanted = channels_of(subscribed, "IOReportCreateSamples");
  FakeMac::current().pass_through(Hang::ioreport_sample);
  const auto state = FakeMac::current().edit();
  if (state->sampling_fails) return nullptr;
  CFMutableArrayRef channels = CFArrayCreateMutable(nullptr, 0, &kCFTypeArrayCallBacks);
  const CFIndex count = CFArrayGetCount(wanted);
  for (CFIndex i = 0; i < count + state->extra_channels; ++i) {
    const auto from =
        static_cast<CFDictionaryRef>(CFArrayGetValueAtIndex(wanted, i < count ? i : count - 1));
    CFMutableDictionaryRef channel = CFDictionaryCreateMutableCopy(nullptr, 0, from);
    const ReportChannel* source = channel_of(*state, from);
    if (source != nullptr && source->raw_elements) {
      set(channel, CFSTR("RawElements"), make_elements(*source));
    }
    CFArrayAppendValue(channels, channel);
    CFRelease(channel);
  }
  return with_channels(channels);
}

CFStringRef IOReportChannelGetGroup(CFDictionaryRef channel) {
  return text(channel, CFSTR("group"));
}

CFStringRef IOReportChannelGetSubGroup(CFDictionaryRef channel) {
  return text(channel, CFSTR("subgroup"));
}

CFStringRef IOReportChannelGetChannelName(CFDictionaryRef channel) {
  return text(channel, CFSTR("name"));
}

CFStringRef IOReportChannelGetUnitLabel(CFDictionaryRef channel) {
  return text(channel, CFSTR("unit"));
}

int IOReportChannelGetFormat(CFDictionaryRef channel) {
  return static_cast<int>(number(channel, CFSTR("format")));
}

int64_t IOReportSimpleGetIntegerValue(CFDictionaryRef channel, int32_t) {
  const auto state = FakeMac::current().edit();
  const ReportChannel* source = channel_of(*state, channel);
  return source == nullptr || source->format != 1 ? kNoValue : source->values[0];
}

int32_t IOReportStateGetCount(CFDictionaryRef channel) {
  return static_cast<int32_t>(
      CFArrayGetCount(static_cast<CFArrayRef>(CFDictionaryGetValue(channel, CFSTR("states")))));
}

CFStringRef IOReportStateGetNameForIndex(CFDictionaryRef channel, int32_t index) {
  const auto states = static_cast<CFArrayRef>(CFDictionaryGetValue(channel, CFSTR("states")));
  const auto name = static_cast<CFStringRef>(CFArrayGetValueAtIndex(states, index));
  return CFStringGetLength(name) == 0 ? nullptr : name;  // as of a state without a name
}

int64_t IOReportStateGetResidency(CFDictionaryRef channel, int32_t index) {
  const auto state = FakeMac::current().edit();
  const ReportChannel* source = channel_of(*state, channel);
  const auto at = static_cast<size_t>(index);
  return source == nullptr || at >= source->values.size() ? kNoValue : source->values[at];
}

}  // extern "C"
