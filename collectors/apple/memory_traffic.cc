#include "collectors/apple/memory_traffic.h"

#include <algorithm>
#include <array>
#include <utility>

#include "collectors/apple/performance_channels.h"
#include "collectors/apple/plausibility.h"
#include "core/error.h"

namespace anemon {
namespace {

constexpr const char* kSource = "ioreport";

// No dump shows the label; a count of anything else must not pass for bytes.
bool is_bytes(std::string_view unit) {
  constexpr std::array<std::string_view, 4> kBytes = {"", "B", "Bytes", "bytes"};
  return std::find(kBytes.begin(), kBytes.end(), unit) != kBytes.end();
}

bool take_end(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

// Capital letters and digits, with single spaces between words; as a label.
std::optional<std::string> label_of(std::string_view name) {
  std::string label;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      label += static_cast<char>(c - 'A' + 'a');
    } else if (c >= '0' && c <= '9') {
      label += c;
    } else if (c == ' ' && !label.empty() && label.back() != '-') {
      label += '-';
    } else {
      return std::nullopt;
    }
  }
  if (label.empty() || label.back() == '-') return std::nullopt;
  return label;
}

}  // namespace

std::optional<MemoryTrafficChannel> parse_memory_traffic(const Channel& channel) {
  if (channel.group != "AMC Stats" || channel.subgroup != "Perf Counters" ||
      channel.format != ChannelFormat::simple || !is_bytes(channel.unit)) {
    return std::nullopt;
  }
  std::string_view name = channel.name;
  MemoryTrafficChannel parsed;
  if (take_end(name, " DCS WR")) {
    parsed.write = true;
  } else if (!take_end(name, " DCS RD")) {
    return std::nullopt;
  }
  std::string die;
  if (name.starts_with("DIE")) {
    name.remove_prefix(3);
    const auto number = take_decimal(name);
    if (!number || !name.starts_with(' ')) return std::nullopt;
    name.remove_prefix(1);
    die = "die" + std::to_string(*number) + ".";
  }
  // The controllers' own total, with a floor that nobody asked for.
  if (name.starts_with("AMCC")) return std::nullopt;
  const auto label = label_of(name);
  if (!label) return std::nullopt;
  parsed.requestor = die + *label;
  return parsed;
}

bool is_memory_traffic(const Channel& channel) { return parse_memory_traffic(channel).has_value(); }

MemoryTraffic::Requestor::Requestor(const std::string& requestor)
    : name(requestor),
      directions{Direction{Series(Metric::kMemoryBandwidth, {name, "read", kSource})},
                 Direction{Series(Metric::kMemoryBandwidth, {name, "write", kSource})}},
      line(Metric::kMemoryBandwidth, requestor, kSource) {}

MemoryTraffic::MemoryTraffic(AppleDevices& devices, Log& log)
    : log_(log),
      feed_(devices, kMemoryTrafficChannels),
      nothing_(Metric::kMemoryBandwidth, "", kSource) {}

void MemoryTraffic::collect(Pass& pass) {
  const IoReportSample* sampled = sample(pass.now().awake);
  if (sampled == nullptr) {
    nothing_.report(pass, feed_.state(), feed_.reason());
    for (Requestor& requestor : requestors_) {
      requestor.line.report(pass, feed_.state(), feed_.reason());
    }
    return rebaseline();
  }
  follow_channels();
  if (feed_.refused("AMC Stats")) {
    nothing_.report(pass, SignalState::refused, "the kernel refuses this group");
  } else if (requestors_.empty()) {
    nothing_.report(pass, SignalState::absent, "chip does not publish it");
  } else if (nothing_.told()) {
    nothing_.report(pass, SignalState::live);
  }
  if (pass.rebaseline()) rebaseline();
  for (const ChannelValue& value : sampled->values) feed(pass, value, sampled->at);
  for (Requestor& requestor : requestors_) set_readings(pass, requestor);
}

const IoReportSample* MemoryTraffic::sample(Duration awake) {
  try {
    const IoReportSample* sampled = feed_.sample(awake);
    if (sampled != nullptr) failed_ = false;
    return sampled;
  } catch (const Error& error) {
    if (!failed_) {
      log_.warn("the memory controller's counters fail", {{"reason", error.what()}});
    }
    failed_ = true;
    return nullptr;
  }
}

void MemoryTraffic::follow_channels() {
  const auto channels = feed_.channels();
  if (subscription_ == feed_.subscription() && routes_.size() == channels.size()) return;
  if (subscription_ != feed_.subscription()) {
    routes_.clear();
    for (Requestor& requestor : requestors_) {
      for (Direction& direction : requestor.directions) direction.channel.reset();
    }
  }
  subscription_ = feed_.subscription();
  for (auto i = static_cast<uint32_t>(routes_.size()); i < channels.size(); ++i) {
    routes_.emplace_back();
    const auto parsed = parse_memory_traffic(channels[i]);
    if (!parsed) continue;
    auto known = std::find_if(requestors_.begin(), requestors_.end(), [&](const Requestor& each) {
      return each.name == parsed->requestor;
    });
    if (known == requestors_.end()) {
      if (requestors_.size() == kMostRequestors) continue;
      known = requestors_.emplace(known, parsed->requestor);
    }
    Direction& direction = known->directions[parsed->write ? 1 : 0];
    if (direction.channel) continue;  // listed twice
    direction.channel = i;
    routes_[i] = Route{static_cast<uint32_t>(known - requestors_.begin()), parsed->write};
  }
}

void MemoryTraffic::feed(Pass& pass, const ChannelValue& value, Duration at) {
  if (value.channel >= routes_.size() || !routes_[value.channel]) return;
  const Route route = *routes_[value.channel];
  Direction& direction = requestors_[route.requestor].directions[route.write ? 1 : 0];
  if (!direction.delta.feed(value, at)) return;
  if (const auto stamp = direction.delta.published()) {
    pass.published(Metric::kMemoryBandwidth, requestors_[route.requestor].name, kSource, *stamp);
  }
  const auto bytes = static_cast<double>(direction.delta.total());
  if (!plausible::traffic(bytes, direction.delta.observed())) {
    return pass.reject(plausible::kBandwidthRule);
  }
  direction.bytes += bytes;
}

void MemoryTraffic::set_readings(Pass& pass, Requestor& requestor) {
  bool proven = false;
  for (Direction& direction : requestor.directions) {
    if (!direction.delta.proven()) continue;
    proven = true;
    pass.set(direction.series, direction.bytes);
  }
  if (proven) {
    requestor.line.report(pass, SignalState::live);
  } else {
    requestor.line.report(pass, SignalState::unproven, "has not moved yet");
  }
}

void MemoryTraffic::rebaseline() noexcept {
  for (Requestor& requestor : requestors_) {
    for (Direction& direction : requestor.directions) direction.delta.rebaseline();
  }
}

}  // namespace anemon
