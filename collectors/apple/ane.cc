#include "collectors/apple/ane.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/apple/ane_activity.h"
#include "collectors/apple/ane_chips.h"
#include "collectors/apple/ane_holders.h"
#include "collectors/apple/ane_throttle.h"
#include "collectors/apple/ane_traffic.h"
#include "collectors/apple/ioreport_feed.h"

namespace anemon {
namespace {

constexpr uint32_t kMostEngines = 8;
constexpr const char* kRefused = "the kernel refuses this group";

// Signals that are told of every engine, as absent where the chip has none.
constexpr std::array kUsualSignals = {AneRole::dcs_floor, AneRole::fabric_floor, AneRole::firmware,
                                      AneRole::compute_engine};

struct Engine {
  Engine(const std::string& name, const AneChip& chip)
      : traffic(name, chip.link_samples_per_second), throttle(name) {
    for (const AneRole role : kUsualSignals) activities.emplace_back(name, role);
  }

  AneActivity& activity(const std::string& name, AneRole role) {
    for (AneActivity& known : activities) {
      if (known.role() == role) return known;
    }
    return activities.emplace_back(name, role);
  }

  void detach() {
    for (AneActivity& known : activities) known.detach();
    traffic.detach();
    throttle.detach();
  }

  std::vector<AneActivity> activities;
  AneTraffic traffic;
  AneThrottle throttle;
};

class AppleAne final : public Collector {
 public:
  explicit AppleAne(AppleDevices& devices)
      : feed_(devices, kAppleAneChannels),
        facts_(devices.host_facts()),
        chip_(ane_chip(facts_.chip)),
        holders_(devices.open_ane_registry()),
        nothing_(Metric::kAneActivity, "", "ioreport") {}

  void collect(Pass& pass) override {
    pass.nothing_to_read();  // the signals say what is missing
    holders_.collect(pass, facts_.virtual_machine == true ? "virtual machine" : "no neural engine");
    const IoReportSample* sample = nullptr;
    try {
      sample = feed_.sample(pass.now().awake);
    } catch (...) {
      report_lost(pass);
      throw;
    }
    if (sample == nullptr) return report_lost(pass);
    follow_channels();
    if (engines_.empty()) {
      return nothing_.report(pass, SignalState::absent, "chip does not publish it");
    }
    if (nothing_.told()) nothing_.report(pass, SignalState::live);
    if (pass.rebaseline()) rebaseline();
    for (const ChannelValue& value : sample->values) feed(pass, value, sample->at);
    for (Engine& engine : engines_) set_readings(pass, engine, sample->at);
  }

 private:
  struct Route {
    std::optional<AneRole> role;
    uint32_t engine = 0;
  };

  void report_lost(Pass& pass) {
    const SignalState state = feed_.state();
    const char* reason = feed_.reason();
    nothing_.report(pass, state, reason);
    for (Engine& engine : engines_) {
      for (AneActivity& activity : engine.activities) activity.report_lost(pass, state, reason);
      engine.traffic.report_lost(pass, state, reason);
      engine.throttle.report_lost(pass, state, reason);
    }
    rebaseline();
  }

  void rebaseline() {
    for (Engine& engine : engines_) {
      for (AneActivity& activity : engine.activities) activity.rebaseline();
      engine.traffic.rebaseline();
      engine.throttle.rebaseline();
    }
  }

  void feed(Pass& pass, const ChannelValue& value, Duration at) {
    if (value.channel >= routes_.size() || !routes_[value.channel].role) return;
    Engine& engine = engines_[routes_[value.channel].engine];
    switch (const AneRole role = *routes_[value.channel].role) {
      case AneRole::memory_read:
      case AneRole::memory_write:
      case AneRole::fabric_read:
      case AneRole::fabric_write:
      case AneRole::counted_read:
      case AneRole::counted_write:
        return engine.traffic.feed(pass, value, at);
      case AneRole::throttle:
        return engine.throttle.feed(pass, value, at);
      default:
        for (AneActivity& activity : engine.activities) {
          if (activity.role() == role) activity.feed(pass, value, at);
        }
    }
  }

  void set_readings(Pass& pass, Engine& engine, Duration at) {
    for (AneActivity& activity : engine.activities) {
      Duration others{};
      for (const AneActivity& other : engine.activities) {
        // Power is on for longer than the engine works.
        if (&other == &activity || other.role() == AneRole::cluster_power) continue;
        others = std::max(others, other.active());
      }
      if (group_refused(activity.role())) {
        activity.report_lost(pass, SignalState::refused, kRefused);
      } else {
        activity.set_readings(pass, at, others);
      }
    }
    engine.traffic.set_readings(pass, at, feed_.refused("AMC Stats"));
    engine.throttle.set_readings(pass, at);
  }

  bool group_refused(AneRole role) const {
    if (role == AneRole::firmware) return feed_.refused("ANE");
    return feed_.refused(role == AneRole::cluster_power ? "SoC Stats" : "PMP");
  }

  // Learns the channels at the first sample, again when they became others, and what is new when
  // they became more.
  void follow_channels() {
    const auto channels = feed_.channels();
    if (subscription_ == feed_.subscription() && routes_.size() == channels.size()) return;
    std::vector<std::optional<AneChannel>> parsed;
    uint32_t in_die = 1;  // engines of one die
    for (const Channel& channel : channels) {
      parsed.push_back(is_listed_by_number(channel, channels) ? std::nullopt
                                                              : parse_ane_channel(channel));
      if (parsed.back() && tells_die(parsed.back()->role)) {
        in_die = std::max(in_die, parsed.back()->engine + 1);
      }
    }
    if (subscription_ != feed_.subscription() || in_die_ != in_die) {
      for (Engine& engine : engines_) engine.detach();
      routes_.clear();
    }
    subscription_ = feed_.subscription();
    in_die_ = in_die;
    const auto first_new = static_cast<uint32_t>(routes_.size());
    routes_.resize(channels.size());
    if (engines_.empty() && any_refused()) engines_.emplace_back("ane0", chip_);  // to say so
    for (uint32_t i = first_new; i < channels.size(); ++i) {
      if (!parsed[i]) continue;
      AneChannel& channel = *parsed[i];
      const uint32_t engine = channel.die * in_die + channel.engine;
      if (engine >= kMostEngines) continue;
      while (engines_.size() <= engine) {
        engines_.emplace_back("ane" + std::to_string(engines_.size()), chip_);
      }
      routes_[i] = {channel.role, engine};
      adopt(i, channels[i], channel, engine);
    }
  }

  bool any_refused() const {
    return std::any_of(kAppleAneChannels.begin(), kAppleAneChannels.end(),
                       [&](const ChannelSelection& each) { return feed_.refused(each.group); });
  }

  static bool tells_die(AneRole role) {
    return role != AneRole::firmware && role != AneRole::cluster_power && role != AneRole::throttle;
  }

  void adopt(uint32_t index, const Channel& raw, const AneChannel& channel, uint32_t number) {
    Engine& engine = engines_[number];
    const std::string name = "ane" + std::to_string(number);
    switch (channel.role) {
      case AneRole::memory_read:
      case AneRole::memory_write:
      case AneRole::fabric_read:
      case AneRole::fabric_write:
      case AneRole::counted_read:
      case AneRole::counted_write:
        return engine.traffic.add(index, channel.role, raw);
      case AneRole::throttle:
        return engine.throttle.add(index, channel.trigger, raw);
      default:
        engine.activity(name, channel.role).add(index, raw, chip_.idle_floor);
    }
  }

  IoReportFeed feed_;
  const HostFacts facts_;
  const AneChip chip_;
  AneHolders holders_;
  uint64_t subscription_ = 0;
  uint32_t in_die_ = 0;
  std::vector<Route> routes_;  // by channel
  std::vector<Engine> engines_;
  SignalLine nothing_;
};

}  // namespace

std::unique_ptr<Collector> make_apple_ane(const CollectorContext& context) {
  return std::make_unique<AppleAne>(*context.apple);
}

}  // namespace anemon
