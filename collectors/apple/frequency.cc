#include "collectors/apple/frequency.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/apple/clock_keys.h"
#include "collectors/apple/ioreport_feed.h"
#include "collectors/apple/performance_channels.h"
#include "collectors/apple/point_domain.h"
#include "collectors/apple/state_domain.h"
#include "collectors/rescan_schedule.h"

namespace anemon {
namespace {

constexpr std::string_view kClusterStates = "CPU Complex Performance States";
constexpr std::string_view kCoreStates = "CPU Core Performance States";
constexpr std::string_view kGpuStates = "GPU Performance States";
constexpr std::string_view kEvents = "Events";
constexpr size_t kMostEngines = 8;

class AppleFrequency final : public Collector {
 public:
  explicit AppleFrequency(AppleDevices& devices)
      : devices_(devices),
        feed_(devices, kAppleFrequencyChannels),
        host_(devices.open_host()),
        nothing_(Metric::kFrequency, "", "ioreport") {}

  void collect(Pass& pass) override {
    const IoReportSample* sample = nullptr;
    try {
      sample = feed_.sample(pass.now().awake);
    } catch (...) {
      report_lost(pass);
      throw;
    }
    if (sample == nullptr) {
      report_lost(pass);
      if (feed_.state() == SignalState::absent) pass.nothing_to_read();
      return;
    }
    if (nothing_.told()) nothing_.report(pass, SignalState::live);
    follow_channels(pass);
    if (pass.rebaseline()) rebaseline();
    for (const ChannelValue& value : sample->values) feed(pass, value, sample->at);
    for (Cpu& cpu : cpus_) cpu.domain.set_readings(pass, sample->at);
    for (StateDomain& gpu : gpus_) gpu.set_readings(pass, sample->at);
    for (PointDomain& points : points_) points.set_readings(pass, sample->at);
    for (Cpu& cpu : cpus_) cpu.domain.set_residencies(pass);
    for (StateDomain& gpu : gpus_) gpu.set_residencies(pass);
    for (PointDomain& points : points_) points.set_residencies(pass);
    // The first pass has only baselines.
    pass.nothing_to_read();
  }

 private:
  struct Cpu {
    CpuChannel channel;
    StateDomain domain;
  };
  enum class Kind : uint8_t { none, cpu, gpu, points };
  struct Route {
    Kind kind = Kind::none;
    uint32_t index = 0;
  };

  void report_lost(Pass& pass) {
    const SignalState state = feed_.state();
    const char* reason = feed_.reason();
    nothing_.report(pass, state, reason);
    for (Cpu& cpu : cpus_) cpu.domain.report_lost(pass, state, reason);
    for (StateDomain& gpu : gpus_) gpu.report_lost(pass, state, reason);
    for (PointDomain& points : points_) points.report_lost(pass, state, reason);
    rebaseline();
  }

  void rebaseline() {
    for (Cpu& cpu : cpus_) cpu.domain.rebaseline();
    for (StateDomain& gpu : gpus_) gpu.rebaseline();
    for (PointDomain& points : points_) points.rebaseline();
  }

  void feed(Pass& pass, const ChannelValue& value, Duration at) {
    if (value.channel >= routes_.size()) return;
    const Route route = routes_[value.channel];
    switch (route.kind) {
      case Kind::cpu:
        return cpus_[route.index].domain.feed(pass, value, at);
      case Kind::gpu:
        return gpus_[route.index].feed(pass, value, at);
      case Kind::points:
        points_[route.index].feed(pass, value, at);
        return;
      case Kind::none:
        return;
    }
  }

  // Learns the channels at the first sample and when they became others or more, and the tables
  // when they were missing.
  void follow_channels(Pass& pass) {
    const bool others =
        subscription_ != feed_.subscription() || routes_.size() != feed_.channels().size();
    const bool due = schedule_.due(pass.now().awake);
    if (!others && (complete_ || !due)) return;
    ClockTables tables = devices_.clock_tables();
    if (!others && tables_known_ == tables.tables.size()) {
      schedule_.hurry();
      return;
    }
    tables_known_ = tables.tables.size();
    subscription_ = feed_.subscription();
    adopt(tables);
    complete_ = tables_known_ > 0;
    if (!complete_) schedule_.hurry();
  }

  void adopt(const ClockTables& tables) {
    const auto channels = feed_.channels();
    const std::vector<Cpu> old_cpus = std::exchange(cpus_, {});
    const std::vector<StateDomain> old_gpus = std::exchange(gpus_, {});
    const std::vector<PointDomain> old_points = std::exchange(points_, {});
    routes_.assign(channels.size(), Route{});
    tiers_ = letters(channels);
    if (host_) levels_ = host_->read().levels;
    for (uint32_t i = 0; i < channels.size(); ++i) adopt(i, channels[i], tables);
    adopt_engines(tables);
    for (uint32_t p = 0; p < points_.size(); ++p) {
      const std::string& name = points_[p].name();
      if (name == "memory") {
        points_[p].join({}, "no clock table");
      } else {
        points_[p].join(ane_clocks(tables, engine_number(name)), "no clock table");
      }
    }
    for (const Cpu& old : old_cpus) {
      for (Cpu& cpu : cpus_) {
        if (cpu.domain.name() == old.domain.name()) cpu.domain.go_on(old.domain);
      }
    }
    if (!gpus_.empty() && !old_gpus.empty()) gpus_.front().go_on(old_gpus.front());
    for (const PointDomain& old : old_points) {
      for (PointDomain& points : points_) {
        if (points.name() == old.name()) points.go_on(old);
      }
    }
  }

  static std::string letters(std::span<const Channel> channels) {
    std::string tiers;
    for (const Channel& channel : channels) {
      if (channel.subgroup != kClusterStates && channel.subgroup != kCoreStates) continue;
      const auto cpu = channel.subgroup == kClusterStates ? parse_cpu_cluster(channel.name)
                                                          : parse_cpu_core(channel.name);
      if (cpu && tiers.find(cpu->tier) == std::string::npos) tiers += cpu->tier;
    }
    return tiers;
  }

  static uint32_t engine_number(std::string_view domain) {
    domain.remove_prefix(3);
    return take_decimal(domain).value_or(0);
  }

  void adopt(uint32_t i, const Channel& channel, const ClockTables& tables) {
    if (channel.group == "CPU Stats") {
      const bool cluster = channel.subgroup == kClusterStates;
      const auto cpu = cluster ? parse_cpu_cluster(channel.name) : parse_cpu_core(channel.name);
      if (!cpu) return;
      const std::string name = domain_name(*cpu, tier_name(cpu->tier, tiers_, levels_));
      if (known(name)) return;
      cpus_.push_back({*cpu, StateDomain(i, channel, name, parse_cpu_state,
                                         cluster ? DomainDetail::full : DomainDetail::brief)});
      StateDomain& domain = cpus_.back().domain;
      domain.join(cpu_ladder(tables, cpu->tier, cpu->cluster, tiers_, domain.levels()));
      routes_[i] = {Kind::cpu, static_cast<uint32_t>(cpus_.size() - 1)};
    } else if (channel.group == "GPU Stats") {
      if (!gpus_.empty()) return;
      gpus_.emplace_back(i, channel, "gpu", parse_gpu_state, DomainDetail::full);
      gpus_.back().join(gpu_ladder(tables, gpus_.back().levels()));
      routes_[i] = {Kind::gpu, 0};
    } else {
      const auto ane = parse_ane_clock(channel.name);
      const auto memory = parse_memory_clock(channel.name);
      const auto active = active_state(channel);
      if ((!ane && !memory) || !active || (ane && ane->engine >= kMostEngines)) return;
      const std::string name = ane ? "ane" + std::to_string(ane->engine) : "memory";
      const uint32_t index = points_of(name);
      points_[index].add(i, ane ? ane->point : memory->point, channel, *active);
      routes_[i] = {Kind::points, index};
    }
  }

  // An engine has clocks where the power manager has a table for it, whether or not the chip tells
  // which of them it uses.
  void adopt_engines(const ClockTables& tables) {
    for (uint32_t engine = 0; engine < 2; ++engine) {
      if (!ane_clocks(tables, engine).empty()) points_of("ane" + std::to_string(engine));
    }
    if (points_.empty() && !routes_.empty()) points_of("ane0");
  }

  bool known(const std::string& name) const {
    return std::any_of(cpus_.begin(), cpus_.end(),
                       [&](const Cpu& cpu) { return cpu.domain.name() == name; });
  }

  uint32_t points_of(const std::string& name) {
    for (uint32_t p = 0; p < points_.size(); ++p) {
      if (points_[p].name() == name) return p;
    }
    points_.emplace_back(name);
    return static_cast<uint32_t>(points_.size() - 1);
  }

  AppleDevices& devices_;
  IoReportFeed feed_;
  const std::unique_ptr<AppleHost> host_;
  RescanSchedule schedule_;
  uint64_t subscription_ = 0;
  size_t tables_known_ = 0;
  bool complete_ = false;
  std::string tiers_;
  std::vector<PerformanceLevel> levels_;
  std::vector<Route> routes_;  // by channel
  std::vector<Cpu> cpus_;
  std::vector<StateDomain> gpus_;
  std::vector<PointDomain> points_;
  SignalLine nothing_;
};

}  // namespace

bool is_cpu_state_channel(const Channel& channel) {
  if (channel.format != ChannelFormat::state) return false;
  if (channel.subgroup == kClusterStates) return parse_cpu_cluster(channel.name).has_value();
  return channel.subgroup == kCoreStates && parse_cpu_core(channel.name).has_value();
}

bool is_gpu_state_channel(const Channel& channel) {
  return channel.format == ChannelFormat::state && channel.subgroup == kGpuStates &&
         channel.name == "GPUPH";
}

bool is_clock_point_channel(const Channel& channel) {
  return channel.format == ChannelFormat::state && channel.subgroup == kEvents &&
         (parse_ane_clock(channel.name) || parse_memory_clock(channel.name));
}

std::unique_ptr<Collector> make_apple_frequency(const CollectorContext& context) {
  return std::make_unique<AppleFrequency>(*context.apple);
}

}  // namespace anemon
