// The live IOReport. What is needed is: take each group's channels, keep the wanted ones, try
// whether the kernel lets us subscribe to them alone, merge the groups that it does, subscribe
// once.
#include <algorithm>
#include <array>
#include <cstring>

#include "core/error.h"
#include "platform/autorelease_pool_apple.h"
#include "platform/awake_time_apple.h"
#include "platform/cf_values_apple.h"
#include "platform/ioreport.h"
#include "platform/ioreport_library_apple.h"

namespace anemon {
namespace {

using Channels = CfOwned<CFMutableDictionaryRef>;  // what IOReport calls a set of channels
using Subscription = CfOwned<IoReportSubscriptionRef>;

CFArrayRef channels_of(CFDictionaryRef set) {
  return set == nullptr ? nullptr : cf_array(CFDictionaryGetValue(set, CFSTR("IOReportChannels")));
}

CFIndex count_of(CFArrayRef channels) {
  return channels == nullptr ? 0 : CFArrayGetCount(channels);
}

CFDictionaryRef channel_at(CFArrayRef channels, CFIndex index) {
  return cf_dictionary(CFArrayGetValueAtIndex(channels, index));
}

// Everything of a channel but its states.
bool describe(const IoReportLibrary& library, CFDictionaryRef from, Channel& channel) {
  const int format = library.channel_format(from);
  if (format < 1 || format > 4) return false;
  constexpr std::array kFormats = {ChannelFormat::simple, ChannelFormat::state,
                                   ChannelFormat::histogram, ChannelFormat::simple_array};
  channel.format = kFormats[static_cast<size_t>(format) - 1];
  cf_text(library.channel_group(from), channel.group);
  cf_text(library.channel_name(from), channel.name);
  cf_text(library.channel_subgroup == nullptr ? nullptr : library.channel_subgroup(from),
          channel.subgroup);
  cf_text(library.channel_unit == nullptr ? nullptr : library.channel_unit(from), channel.unit);
  for (std::string* text : {&channel.group, &channel.subgroup, &channel.name, &channel.unit}) {
    trim(*text);
  }
  return true;
}

std::vector<std::string> states_of(const IoReportLibrary& library, CFDictionaryRef channel) {
  std::vector<std::string> states;
  if (library.state_count == nullptr || library.state_name == nullptr) return states;
  const int32_t count = library.state_count(channel);
  for (int32_t i = 0; i < count; ++i) {
    trim(states.emplace_back(cf_text(library.state_name(channel, i))));
  }
  return states;
}

// xnu's IOReportElement, of which a channel's "RawElements" are made.
struct Element {
  uint64_t provider, channel;
  uint8_t format, reserved;
  uint16_t categories, count;
  int16_t index;
  uint64_t stamp;
  int64_t values[4];
};
static_assert(sizeof(Element) == 64);

constexpr size_t kUpticks = 2;  // of a state's values: how long it was in it
constexpr size_t kHits = 0;     // of a histogram bucket's

// A channel's elements; none when it has no raw ones.
class Elements {
 public:
  Elements(CFDictionaryRef channel, CFStringRef key) {
    const CFDataRef data = cf_data(CFDictionaryGetValue(channel, key));
    if (data == nullptr) return;
    bytes_ = CFDataGetBytePtr(data);
    const size_t room = static_cast<size_t>(CFDataGetLength(data)) / sizeof(Element);
    if (room > 0) count_ = std::min<size_t>(room, (*this)[0].count);
  }

  size_t count() const { return count_; }
  Element operator[](size_t index) const {
    Element element;
    std::memcpy(&element, bytes_ + index * sizeof element, sizeof element);
    return element;
  }

 private:
  const UInt8* bytes_ = nullptr;
  size_t count_ = 0;
};

class AppleIoReport final : public IoReport {
 public:
  // `subscribed` is what samples are taken of; both empty when every group was refused.
  AppleIoReport(const IoReportLibrary& library, Subscription subscription, Channels subscribed,
                std::vector<std::string> groups, std::vector<std::string> refused)
      : library_(library),
        subscription_(std::move(subscription)),
        subscribed_(std::move(subscribed)),
        groups_(std::move(groups)),
        refused_(std::move(refused)) {
    if (const auto taken = take()) learn(channels_of(taken.get()));
  }

  std::span<const Channel> channels() const override { return channels_; }
  std::span<const std::string> refused_groups() const override { return refused_; }

  const IoReportSample& sample() override {
    const AutoreleasePool pool;
    sample_.values.clear();
    if (!subscription_) {
      sample_.at = awake_now();
      return sample_;
    }
    const auto taken = take();
    sample_.at = awake_now();
    if (!taken) {
      throw Error("IOReport gave no sample of " + std::to_string(channels_.size()) + " channels");
    }
    const CFArrayRef found = channels_of(taken.get());
    if (places_.empty()) learn(found);
    if (static_cast<size_t>(count_of(found)) != places_.size()) {
      throw Error("IOReport's sample has " + std::to_string(count_of(found)) +
                  " channels where there were " + std::to_string(places_.size()));
    }
    for (size_t i = 0; i < places_.size(); ++i) {
      const CFDictionaryRef channel = channel_at(found, static_cast<CFIndex>(i));
      ChannelValue value;
      value.channel = places_[i].channel;
      if (channel != nullptr && places_[i].known && read(channel, places_[i], value)) {
        sample_.values.push_back(value);
      }
    }
    return sample_;
  }

 private:
  // Where a channel of the sample belongs.
  struct Place {
    bool known = false;  // false: of a format that does not exist yet
    uint32_t channel = 0;
    int format = 0;
    size_t first_part = 0, parts = 0, elements = 0;
  };

  CfOwned<CFDictionaryRef> take() const {
    if (!subscription_) return {};
    return CfOwned<CFDictionaryRef>(
        library_.create_samples(subscription_.get(), subscribed_.get(), nullptr));
  }

  // The table of channels, from the first sample: its order is that of every later one.
  void learn(CFArrayRef found) {
    if (count_of(found) == 0) return;  // nothing is told of any group yet
    size_t parts = 0;
    for (CFIndex i = 0; i < count_of(found); ++i) {
      const CFDictionaryRef from = channel_at(found, i);
      Place& place = places_.emplace_back();
      Channel channel;
      if (from == nullptr || !describe(library_, from, channel)) continue;
      place.known = true;
      place.channel = static_cast<uint32_t>(channels_.size());
      place.format = library_.channel_format(from);
      place.elements = Elements(from, raw_elements_).count();
      if (channel.format == ChannelFormat::simple_array) {
        place.parts = place.elements * 4;
      } else if (channel.format != ChannelFormat::simple) {
        channel.states = states_of(library_, from);
        if (place.elements > 0) channel.states.resize(place.elements);
        place.parts = channel.states.size();
      }
      place.first_part = parts;
      parts += place.parts;
      channels_.push_back(std::move(channel));
    }
    parts_.resize(parts);
    sample_.values.reserve(channels_.size());
    // The kernel may leave a group out of a merged subscription without a word.
    for (const std::string& group : groups_) {
      if (std::none_of(channels_.begin(), channels_.end(),
                       [&](const Channel& channel) { return channel.group == group; })) {
        refused_.push_back(group);
      }
    }
    groups_.clear();
  }

  bool read(CFDictionaryRef channel, Place& place, ChannelValue& value) {
    const Elements elements(channel, raw_elements_);
    if (elements.count() == 0) return read_by_getters(channel, place, value);
    const Element first = elements[0];
    if (first.format != place.format || elements.count() < place.elements) return false;
    if (channels_[place.channel].format == ChannelFormat::simple) {
      if (first.index < 0) return false;  // an invalid element
      value.stamp = awake_of_stamp(first.stamp);
      value.value = first.values[0];
      return value.value != kNotAvailable;
    }
    if (place.elements == 0) {  // the first sample had none
      if (elements.count() != place.parts) return false;
      place.elements = place.parts;
    }
    const std::span<int64_t> parts(parts_.data() + place.first_part, place.parts);
    std::fill(parts.begin(), parts.end(), kNotAvailable);  // no part may be an older sample's
    uint64_t stamp = 0;
    for (size_t i = 0; i < place.elements; ++i) {
      const Element element = elements[i];
      if (element.index < 0 || static_cast<size_t>(element.index) >= place.elements) return false;
      const auto at = static_cast<size_t>(element.index);
      // A state's element is stamped when that state is left: the newest stamp is the channel's.
      stamp = std::max(stamp, element.stamp);
      switch (channels_[place.channel].format) {
        case ChannelFormat::simple_array:
          std::copy_n(element.values, 4, parts.begin() + static_cast<ptrdiff_t>(at * 4));
          break;
        case ChannelFormat::histogram:
          parts[at] = element.values[kHits];
          break;
        default:
          parts[at] = element.values[kUpticks];
      }
    }
    value.stamp = awake_of_stamp(stamp);
    value.parts = parts;
    return std::find(parts.begin(), parts.end(), kNotAvailable) == parts.end();
  }

  // A channel without raw elements: its value, but not when it was published.
  bool read_by_getters(CFDictionaryRef channel, const Place& place, ChannelValue& value) {
    const ChannelFormat format = channels_[place.channel].format;
    if (format == ChannelFormat::simple && library_.simple_value != nullptr) {
      value.value = library_.simple_value(channel, 0);
      return value.value != kNotAvailable;
    }
    if (format != ChannelFormat::state || library_.state_residency == nullptr) return false;
    const std::span<int64_t> parts(parts_.data() + place.first_part, place.parts);
    for (size_t i = 0; i < parts.size(); ++i) {
      parts[i] = library_.state_residency(channel, static_cast<int32_t>(i));
      if (parts[i] == kNotAvailable) return false;
    }
    value.parts = parts;
    return !parts.empty();
  }

  const IoReportLibrary library_;
  const CFStringRef raw_elements_ = CFSTR("RawElements");
  const Subscription subscription_;
  const Channels subscribed_;
  std::vector<std::string> groups_;  // that should be in the subscription; empty once learnt
  std::vector<std::string> refused_;
  std::vector<Channel> channels_;
  std::vector<Place> places_;  // one per channel of the sample
  std::vector<int64_t> parts_;
  IoReportSample sample_;
};

// The groups to ask for, each once.
std::vector<std::string> group_names(const IoReportLibrary& library,
                                     std::span<const ChannelSelection> wanted) {
  std::vector<std::string> names;
  const auto add = [&](std::string_view name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
  };
  bool numbered = false;
  for (const ChannelSelection& selection : wanted) {
    add(selection.group);
    numbered = numbered || selection.numbered_group;
  }
  if (!numbered || library.copy_all_channels == nullptr) return names;
  const Channels all(library.copy_all_channels(0, 0));
  const CFArrayRef channels = channels_of(all.get());
  std::string group;
  for (CFIndex i = 0; i < count_of(channels); ++i) {
    const CFDictionaryRef channel = channel_at(channels, i);
    if (channel == nullptr) continue;
    cf_text(library.channel_group(channel), group);
    if (std::any_of(wanted.begin(), wanted.end(), [&](const ChannelSelection& selection) {
          return selection.has_group(group);
        })) {
      add(group);
    }
  }
  return names;
}

// A copy of the set with `channels` in the place of its own.
Channels with_channels(CFDictionaryRef set, CFMutableArrayRef channels) {
  Channels copy(CFDictionaryCreateMutableCopy(kCFAllocatorDefault, 0, set));
  if (copy) CFDictionarySetValue(copy.get(), CFSTR("IOReportChannels"), channels);
  return copy;
}

// The wanted channels of a group; empty when there are none.
Channels filtered(const IoReportLibrary& library, CFDictionaryRef group,
                  std::span<const ChannelSelection> wanted) {
  const CfOwned<CFMutableArrayRef> kept(
      CFArrayCreateMutable(kCFAllocatorDefault, 0, &kCFTypeArrayCallBacks));
  const CFArrayRef channels = channels_of(group);
  Channel channel;
  for (CFIndex i = 0; i < count_of(channels); ++i) {
    const CFDictionaryRef from = channel_at(channels, i);
    if (from == nullptr || !describe(library, from, channel)) continue;
    if (std::any_of(wanted.begin(), wanted.end(),
                    [&](const ChannelSelection& selection) { return selection.has(channel); })) {
      CFArrayAppendValue(kept.get(), from);
    }
  }
  if (count_of(kept.get()) == 0) return {};
  return with_channels(group, kept.get());
}

Subscription subscribe(const IoReportLibrary& library, CFMutableDictionaryRef desired,
                       Channels& subscribed) {
  return Subscription(
      library.create_subscription(nullptr, desired, subscribed.receive(), 0, nullptr));
}

bool may_subscribe(const IoReportLibrary& library, CFMutableDictionaryRef desired) {
  Channels subscribed;
  const Subscription trial = subscribe(library, desired, subscribed);
  return trial && (!subscribed || count_of(channels_of(subscribed.get())) > 0);
}

struct Group {
  std::string name;
  Channels channels;
};

Channels merged(const IoReportLibrary& library, std::span<const Group> groups) {
  const CFDictionaryRef first = groups.front().channels.get();
  const CfOwned<CFMutableArrayRef> all(
      CFArrayCreateMutableCopy(kCFAllocatorDefault, 0, channels_of(first)));
  Channels set = with_channels(first, all.get());
  for (const Group& group : groups.subspan(1)) {
    if (library.merge_channels != nullptr) {
      library.merge_channels(set.get(), group.channels.get(), nullptr);
    } else {
      const CFArrayRef more = channels_of(group.channels.get());
      CFArrayAppendArray(all.get(), more, CFRangeMake(0, count_of(more)));
    }
  }
  return set;
}

}  // namespace

std::unique_ptr<IoReport> open_ioreport(std::span<const ChannelSelection> wanted) {
  const AutoreleasePool pool;
  const auto library = load_ioreport_library();
  if (!library) return nullptr;
  std::vector<Group> groups;
  std::vector<std::string> refused;
  bool any = false;
  for (std::string& name : group_names(*library, wanted)) {
    const auto text = make_cf_string(name);
    const Channels group(library->copy_channels_in_group(text.get(), nullptr, 0, 0, 0));
    if (count_of(channels_of(group.get())) == 0) continue;
    any = true;
    Channels channels = filtered(*library, group.get(), wanted);
    if (!channels) continue;
    if (may_subscribe(*library, channels.get())) {
      groups.push_back({std::move(name), std::move(channels)});
    } else {
      refused.push_back(std::move(name));
    }
  }
  if (!any) return nullptr;
  Subscription subscription;
  Channels subscribed;
  while (!groups.empty()) {
    Channels desired = merged(*library, groups);
    subscription = subscribe(*library, desired.get(), subscribed);
    if (subscription) {
      if (!subscribed) subscribed = std::move(desired);
      break;
    }
    // Each alone is accepted, all together are not: rather fewer than none.
    refused.push_back(std::move(groups.back().name));
    groups.pop_back();
  }
  std::vector<std::string> names;
  for (Group& group : groups) names.push_back(std::move(group.name));
  return std::make_unique<AppleIoReport>(*library, std::move(subscription), std::move(subscribed),
                                         std::move(names), std::move(refused));
}

}  // namespace anemon
