// IOReport, raw: the channels of one subscription and what the drivers last published on each.
// No arithmetic and no meaning: names are decoded in collectors/.
//
// Threads: one thread owns an object and its subscription; nobody documents IOReport as
// thread-safe. No allocation in the steady state.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"

namespace anemon {

// Drivers behind IOReport may hang; other systems' collectors of the same names do not use it.
#ifdef __APPLE__
inline constexpr bool kIoReportMayBlock = true;
#else
inline constexpr bool kIoReportMayBlock = false;
#endif

enum class ChannelFormat : uint8_t { simple, state, histogram, simple_array };

// Texts without spaces at their ends; a missing subgroup or unit is empty.
struct Channel {
  std::string group, subgroup, name;
  std::string unit;  // "mJ", "nJ", "24Mticks", "B", ...
  ChannelFormat format = ChannelFormat::simple;
  std::vector<std::string> states;  // of states and of a histogram's buckets, in their order

  bool operator==(const Channel&) const = default;
};

// Whether `group` is the one wanted: exactly, or, when it may be `numbered`, with a decimal number
// behind it.
bool is_group(std::string_view group, std::string_view wanted, bool numbered);

// Which channels to subscribe to. `group` is exact; with `numbered_group` the same with a decimal
// number behind it is meant too ("PMP" and "PMP0": one per die).
struct ChannelSelection {
  std::string_view group;
  bool numbered_group = false;
  // Null: every channel of the group. Asked before the channel's states are known.
  bool (*keep)(const Channel& channel) = nullptr;

  bool has_group(std::string_view name) const { return is_group(name, group, numbered_group); }
  bool has(const Channel& channel) const {
    return has_group(channel.group) && (keep == nullptr || keep(channel));
  }
};

struct ChannelValue {
  uint32_t channel = 0;           // index into IoReport::channels()
  std::optional<Duration> stamp;  // the driver's last update, awake clock; unset if not told
  int64_t value = 0;              // of a simple channel
  // Of other formats: residencies in the unit's ticks, hits of buckets or elements of the array,
  // one per state. Valid until the next sample.
  std::span<const int64_t> parts;
};

struct IoReportSample {
  Duration at{};                     // awake time next to the call
  std::vector<ChannelValue> values;  // in order of channels; those without a value are left out
};

// What IOReport says of a value that its driver does not populate. No ChannelValue has it.
inline constexpr int64_t kNotAvailable = INT64_MIN;

class IoReport {
 public:
  virtual ~IoReport() = default;

  // What the subscription has. A channel's index never changes its meaning, but a replay may add
  // channels at the end: compare the size at each sample.
  virtual std::span<const Channel> channels() const = 0;

  // Groups that are there but that the kernel does not let us subscribe to, for the machine's life.
  virtual std::span<const std::string> refused_groups() const = 0;

  // The reference stays valid until the next call. Throws Error when the sampling failed as a
  // whole: the object is then to be dropped and opened again.
  virtual const IoReportSample& sample() = 0;
};

// Of the live machine; null as AppleDevices::open_ioreport says.
std::unique_ptr<IoReport> open_ioreport(std::span<const ChannelSelection> wanted);

}  // namespace anemon
