#include "collectors/energy.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "collectors/apple/energy.h"
#include "collectors/sensor_name.h"

namespace anemon {
namespace {

using std::chrono::seconds;

constexpr const char* kNoDriver = "not on this system";

// Drivers that keep a counter in software or firmware publish when it suits them.
CounterMeter::Rules hwmon_rules() {
  CounterMeter::Rules rules;
  rules.quiet = seconds(10);
  rules.starts_at_movement = true;
  return rules;
}

CounterMeter::Rules powercap_rules(const PowercapZone& zone) {
  CounterMeter::Rules rules;
  rules.max_range_uj = zone.max_energy_range_uj;
  return rules;
}

// Two graphics processors are two components, not two sources of one.
class GraphicsNames {
 public:
  explicit GraphicsNames(const Powercap* powercap) {
    if (powercap == nullptr) return;
    for (const PowercapZone& zone : powercap->zones()) {
      if (powercap_component(zone) == "gpu") device_numbers_.emplace("", 0);
    }
  }

  std::string operator()(std::string component, const HwmonChannel& channel) {
    if (component != "gpu" && component != "gpu_card") return component;
    const int next = static_cast<int>(device_numbers_.size());
    const int number = device_numbers_.emplace(chip_name(channel), next).first->second;
    return number == 0 ? component : component + std::to_string(number);
  }

 private:
  std::map<std::string, int> device_numbers_;
};

}  // namespace

EnergyCollector::Line::Line(const std::string& component, const EnergySourceName& source_name,
                            Provenance energy, Provenance power)
    : source(source_name.name),
      rank(source_name.rank),
      counts_energy(!flows_both_ways(component)),
      joules(Metric::kEnergyJoules, {component, source}, energy),
      watts(Metric::kPowerWatts, {component, source}, power),
      span(Metric::kPowerSpan, {component, source}),
      energy_signal(Metric::kEnergyJoules, component, source, energy),
      power_signal(Metric::kPowerWatts, component, source, power) {}

EnergyCollector::Component::Component(const std::string& component_name)
    : name(component_name),
      short_window(seconds(15)),
      long_window(seconds(60)),
      short_peak(Metric::kPowerPeak, {name, "15s"}),
      long_peak(Metric::kPowerPeak, {name, "60s"}) {}

EnergyCollector::EnergyCollector(std::unique_ptr<Powercap> powercap, std::unique_ptr<Hwmon> hwmon,
                                 const Clock& clock)
    : powercap_(std::move(powercap)),
      hwmon_(std::move(hwmon)),
      clock_(clock),
      no_powercap_(Metric::kEnergyJoules, "", "rapl"),
      no_hwmon_(Metric::kEnergyJoules, "", "hwmon") {}

void EnergyCollector::collect(Pass& pass) {
  if (schedule_.due(pass.now().awake)) rescan(pass);
  answer_missing_ = false;
  for (Component& component : components_) {
    if (pass.rebaseline()) {
      component.short_window.clear();
      component.long_window.clear();
    }
    for (Line& line : component.lines) {
      for (Channel& channel : line.channels) read(channel, pass);
    }
    publish(component, pass);
  }
  if (!answer_missing_) pass.nothing_to_read();
}

void EnergyCollector::read(Channel& channel, Pass& pass) {
  int64_t value = 0;
  channel.status = channel.from_powercap ? powercap_->read_energy(channel.index, value)
                                         : hwmon_->read(channel.index, value);
  const Duration at = clock_.awake();
  std::visit(
      [&](auto& meter) {
        if (pass.rebaseline()) meter.rebaseline();
        if (channel.status != ReadStatus::ok) {
          meter.missed();
        } else if (!meter.feed(value, at)) {
          pass.reject("power_range");
        }
      },
      channel.meter);
  if (channel.status == ReadStatus::absent) schedule_.hurry();
  if (channel.status == ReadStatus::failed) answer_missing_ = true;
}

void EnergyCollector::publish(Component& component, Pass& pass) {
  const Duration now = pass.now().awake;
  bool taken = false;
  for (Line& line : component.lines) {
    ReadStatus worst = line.channels.empty() ? ReadStatus::absent : ReadStatus::ok;
    bool proven = false;
    double joules = line.retired_joules;
    PowerSpan power{0, Duration::zero()};
    bool power_known = true;
    for (const Channel& channel : line.channels) {
      worst = std::max(worst, channel.status);
      std::visit(
          [&](const auto& meter) {
            joules += meter.joules();
            if (!meter.proven()) return;
            proven = true;
            power_known = power_known && meter.power().has_value();
            if (!meter.power()) return;
            power.watts += meter.power()->watts;
            power.length = std::max(power.length, meter.power()->length);
          },
          channel.meter);
    }
    const auto report = [&](SignalLine& signal) {
      if (worst == ReadStatus::ok && !proven) {
        signal.report(pass, SignalState::unproven, "has not moved yet");
      } else {
        signal.report(pass, worst);
      }
    };
    report(line.power_signal);
    if (line.counts_energy) report(line.energy_signal);
    if (worst == ReadStatus::ok) line.answered = now;
    if (taken || !proven || now - line.answered > kKeepSource) continue;
    taken = true;  // even while it does not answer: sources do not take turns within seconds
    if (worst != ReadStatus::ok) continue;
    if (line.counts_energy) pass.set(line.joules, joules);
    if (!power_known) continue;
    pass.set(line.watts, power.watts);
    if (power.length > Duration::zero()) pass.set(line.span, to_seconds(power.length));
    component.short_window.add(power.watts, now);
    component.long_window.add(power.watts, now);
  }
  if (const auto peak = component.short_window.peak(now)) pass.set(component.short_peak, *peak);
  if (const auto peak = component.long_window.peak(now)) pass.set(component.long_peak, *peak);
}

void EnergyCollector::rescan(Pass& pass) {
  bool changed = false;
  if (powercap_) changed = powercap_->rescan();
  if (hwmon_) changed = hwmon_->rescan() || changed;
  const bool any_zone = powercap_ && !powercap_->zones().empty();
  const bool any_channel = hwmon_ && !hwmon_->channels().empty();
  if (!any_zone) {
    no_powercap_.report(pass, SignalState::absent, powercap_ ? "no powercap domains" : kNoDriver);
  } else if (no_powercap_.told()) {
    no_powercap_.report(pass, SignalState::live);
  }
  if (!any_channel) {
    no_hwmon_.report(pass, SignalState::absent, hwmon_ ? "no energy or power sensors" : kNoDriver);
  } else if (no_hwmon_.told()) {
    no_hwmon_.report(pass, SignalState::live);
  }
  if (!changed) return;

  std::vector<Component> scanned;
  const auto line_of = [&](const std::string& name, const EnergySourceName& source,
                           Provenance energy, Provenance power) -> Line& {
    auto component = std::find_if(scanned.begin(), scanned.end(),
                                  [&](const Component& known) { return known.name == name; });
    if (component == scanned.end()) component = scanned.emplace(scanned.end(), name);
    for (Line& line : component->lines) {
      if (line.source == source.name) return line;
    }
    return component->lines.emplace_back(name, source, energy, power);
  };
  if (powercap_) {
    for (size_t i = 0; i < powercap_->zones().size(); ++i) {
      const PowercapZone& zone = powercap_->zones()[i];
      Line& line = line_of(powercap_component(zone), powercap_source(zone.control_type),
                           Provenance::measured, Provenance::derived);
      const std::string id =
          zone.id + "/" + zone.name + "/" + std::to_string(zone.max_energy_range_uj);
      line.channels.push_back({id, true, i, CounterMeter(powercap_rules(zone))});
    }
  }
  if (hwmon_) {
    // Counters first: they are the better source of joules, and where a component has one, its
    // power sensors would count the same energy again.
    GraphicsNames graphics(powercap_.get());
    for (const HwmonQuantity quantity : {HwmonQuantity::energy, HwmonQuantity::power}) {
      for (size_t i = 0; i < hwmon_->channels().size(); ++i) {
        const HwmonChannel& channel = hwmon_->channels()[i];
        if (channel.quantity != quantity) continue;
        const std::string name = graphics(hwmon_power_component(channel), channel);
        const std::string id = channel.id + "/" + channel.chip + "/" + channel.device;
        if (quantity == HwmonQuantity::energy) {
          line_of(name, hwmon_source(), Provenance::measured, Provenance::derived)
              .channels.push_back({id, false, i, CounterMeter(hwmon_rules())});
          continue;
        }
        Line& line = line_of(name, hwmon_source(), Provenance::estimated, Provenance::measured);
        const bool counts = std::any_of(
            line.channels.begin(), line.channels.end(),
            [](const Channel& other) { return std::holds_alternative<CounterMeter>(other.meter); });
        if (!counts) line.channels.push_back({id, false, i, PowerMeter()});
      }
    }
  }
  adopt(scanned);
}

// Hands what was counted so far to the components just found, so that no counter falls. What was
// not found again is kept without channels: it is gone, and counts on if it comes back.
void EnergyCollector::adopt(std::vector<Component>& scanned) {
  const auto joules_of = [](const Channel& channel) {
    return std::visit([](const auto& meter) { return meter.joules(); }, channel.meter);
  };
  const auto retire = [&](Line& line) {
    for (const Channel& channel : line.channels) line.retired_joules += joules_of(channel);
    line.channels.clear();
  };
  const auto hand_over = [&](Line& old_line, Line& line) {
    line.retired_joules = old_line.retired_joules;
    line.answered = old_line.answered;
    line.energy_signal = old_line.energy_signal;
    line.power_signal = old_line.power_signal;
    for (const Channel& old_channel : old_line.channels) {
      const auto channel =
          std::find_if(line.channels.begin(), line.channels.end(), [&](const Channel& known) {
            return known.id == old_channel.id && known.meter.index() == old_channel.meter.index();
          });
      if (channel == line.channels.end()) {
        line.retired_joules += joules_of(old_channel);
      } else {
        channel->meter = old_channel.meter;
      }
    }
  };

  for (Component& old_component : components_) {
    const auto component =
        std::find_if(scanned.begin(), scanned.end(),
                     [&](const Component& known) { return known.name == old_component.name; });
    if (component == scanned.end()) {
      for (Line& line : old_component.lines) retire(line);
      scanned.push_back(std::move(old_component));
      continue;
    }
    component->short_window = old_component.short_window;
    component->long_window = old_component.long_window;
    for (Line& old_line : old_component.lines) {
      const auto line =
          std::find_if(component->lines.begin(), component->lines.end(),
                       [&](const Line& known) { return known.source == old_line.source; });
      if (line != component->lines.end()) {
        hand_over(old_line, *line);
      } else {
        retire(old_line);
        component->lines.push_back(std::move(old_line));
      }
    }
  }
  for (Component& component : scanned) {
    std::sort(component.lines.begin(), component.lines.end(),
              [](const Line& a, const Line& b) { return a.rank < b.rank; });
  }
  components_ = std::move(scanned);
}

std::unique_ptr<Collector> make_energy(const CollectorContext& context) {
  if (context.apple != nullptr) return make_apple_energy(context);
  static constexpr std::array kQuantities = {HwmonQuantity::energy, HwmonQuantity::power};
  return std::make_unique<EnergyCollector>(open_powercap(context.root),
                                           open_hwmon(context.root, kQuantities), context.clock);
}

}  // namespace anemon
