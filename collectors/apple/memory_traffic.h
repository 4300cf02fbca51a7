// Bytes that each requestor moves to and from memory, counted by the memory controller ("AMC
// Stats"). Many systems list the group and refuse it.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/apple/channel_delta.h"
#include "collectors/apple/ioreport_feed.h"
#include "collectors/pass.h"
#include "collectors/signal_line.h"
#include "core/log.h"
#include "core/series.h"

namespace anemon {

struct MemoryTrafficChannel {
  std::string requestor;  // "gfx", "pcpu0", "strm-codec", "die1.ecpu0"
  bool write = false;
};
// "GFX DCS RD", "DIE1 ECPU0 DCS WR". Others count the same bytes again ("GFX RD" and "ANE NRT AF
// RD" on their way to memory, "DCS RD" all of them, "RDWR" both directions), or no bytes.
std::optional<MemoryTrafficChannel> parse_memory_traffic(const Channel& channel);

// For ChannelSelection::keep.
bool is_memory_traffic(const Channel& channel);

inline constexpr std::array kMemoryTrafficChannels = {
    ChannelSelection{"AMC Stats", false, is_memory_traffic},
};

class MemoryTraffic {
 public:
  MemoryTraffic(AppleDevices& devices, Log& log);

  // Never throws: a sampling that fails is logged, and the signals say so.
  void collect(Pass& pass);

  static constexpr size_t kMostRequestors = 24;

 private:
  struct Direction {
    Series series;
    std::optional<uint32_t> channel{};
    ChannelDelta delta{};
    double bytes = 0;
  };
  struct Requestor {
    explicit Requestor(const std::string& requestor);
    std::string name;
    std::array<Direction, 2> directions;  // read, write
    SignalLine line;
  };
  struct Route {
    uint32_t requestor = 0;
    bool write = false;
  };

  const IoReportSample* sample(Duration awake);
  void follow_channels();
  void feed(Pass& pass, const ChannelValue& value, Duration at);
  void set_readings(Pass& pass, Requestor& requestor);
  void rebaseline() noexcept;

  Log& log_;
  IoReportFeed feed_;
  uint64_t subscription_ = 0;
  std::vector<std::optional<Route>> routes_;  // by channel
  std::vector<Requestor> requestors_;         // what was counted stays when channels change
  bool failed_ = false;
  SignalLine nothing_;
};

}  // namespace anemon
