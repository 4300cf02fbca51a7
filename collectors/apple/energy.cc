#include "collectors/apple/energy.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "collectors/apple/energy_rails.h"
#include "collectors/apple/smc_rails.h"
#include "collectors/energy_components.h"
#include "core/error.h"

namespace anemon {
namespace {

using std::chrono::seconds;

// What people look for: shown as absent where there is nothing, and with peaks where there is.
constexpr std::array<std::string_view, 4> kExpected = {"cpu", "gpu", "ane", "dram"};

// The graphics driver publishes eight times a second, or at every sample.
constexpr Duration kGraphicsSilence = seconds(5);

bool keep_of_pmp(const Channel& channel) {
  return is_energy_counter(channel) || is_ane_floor(channel);
}

constexpr std::array kSelection = {
    ChannelSelection{"Energy Model", false, is_energy_counter},
    ChannelSelection{"PMP", true, keep_of_pmp},
    ChannelSelection{"ANE", true, is_ane_firmware},
};

bool has_peaks(std::string_view component) {
  return component == "system" ||
         std::find(kExpected.begin(), kExpected.end(), component) != kExpected.end();
}

}  // namespace

AppleEnergyCollector::Component::Component(const std::string& component_name)
    : name(component_name),
      short_window(seconds(15)),
      long_window(seconds(60)),
      short_peak(Metric::kPowerPeak, {name, "15s"}),
      long_peak(Metric::kPowerPeak, {name, "60s"}) {}

AppleEnergyCollector::AppleEnergyCollector(AppleDevices& devices, const Clock& clock, Log& log,
                                           PowermetricsMode powermetrics, RootHelper* helper)
    : devices_(devices),
      clock_(clock),
      log_(log),
      chip_(devices.host_facts().chip),
      ane_activity_(chip_),
      smc_(devices.open_smc()),
      powermetrics_cpu_(Metric::kPowermetricsCpuSeconds, {}),
      powermetrics_starts_(Metric::kPowermetricsStarts, {}),
      powermetrics_signal_(Metric::kPowermetricsCpuSeconds, "", "powermetrics") {
  for (const std::string_view name : kExpected) {
    line(name, EnergySource::energy_model, Provenance::estimated);
  }
  if (smc_ && no_ane_rail(chip_) != nullptr) {
    no_ane_sensor_.emplace(Metric::kPowerWatts, "ane", to_string(EnergySource::smc));
  }
  // What was recorded is shown, whatever this daemon is told to run.
  if (devices.host_facts().replay) powermetrics = PowermetricsMode::source;
  if (powermetrics == PowermetricsMode::off) return;
  powermetrics_ = helper != nullptr && powermetrics == PowermetricsMode::refresh
                      ? helper->open_powermetrics()
                      : devices.open_powermetrics(powermetrics);
  if (powermetrics != PowermetricsMode::source) return;
  reports_ = {{"cpu", &PowermetricsReport::cpu_milliwatts, {}},
              {"gpu", &PowermetricsReport::gpu_milliwatts, {}},
              {"ane", &PowermetricsReport::ane_milliwatts, {}},
              {"dram", &PowermetricsReport::dram_milliwatts, {}}};
}

void AppleEnergyCollector::collect(Pass& pass) {
  if (pass.rebaseline()) {
    for (PublicationMeter& meter : meters_) meter.rebaseline();
    for (Sensor& sensor : sensors_) sensor.meter.rebaseline();
    for (Report& report : reports_) report.meter.rebaseline();
    ane_activity_.rebaseline();
    last_sampled_.reset();
    for (Component& known : components_) {
      known.short_window.clear();
      known.long_window.clear();
      for (EnergyLine& of : known.lines) of.rebaseline();
    }
  }
  read_powermetrics(pass);
  read_counters(pass);
  read_sensors(pass);
  for (Component& known : components_) {
    update(known, pass);
    publish(known, pass);
  }
  if (!failed_) pass.nothing_to_read();
}

// ---- Counters of IOReport --------------------------------------------------------------------

void AppleEnergyCollector::open_counters(Pass& pass) {
  if (ioreport_ || !schedule_.due(pass.now().awake)) return;
  ioreport_ = devices_.open_ioreport(kSelection);
  if (ioreport_) plan_counters();
}

uint32_t AppleEnergyCollector::meter_of(const Channel& channel) {
  const std::string name = channel.group + "/" + channel.subgroup + "/" + channel.name;
  const auto known = std::find(meter_names_.begin(), meter_names_.end(), name);
  if (known != meter_names_.end()) return static_cast<uint32_t>(known - meter_names_.begin());
  meter_names_.push_back(name);
  meters_.emplace_back(joules_per_unit(channel.unit).value());
  return static_cast<uint32_t>(meters_.size() - 1);
}

// Filtering and naming happen here, once; a sample then costs one look-up for each value.
void AppleEnergyCollector::plan_counters() {
  const std::span<const Channel> channels = ioreport_->channels();
  planned_channels_ = channels.size();
  meter_of_channel_.assign(channels.size(), -1);
  graphics_driver_.reset();
  ane_activity_.select(channels);
  refused_ = std::any_of(ioreport_->refused_groups().begin(), ioreport_->refused_groups().end(),
                         [](const std::string& group) { return group == "Energy Model"; });
  set_lines(EnergyGroup::energy_model, EnergySource::energy_model);
  set_lines(EnergyGroup::pmp, EnergySource::pmp);
}

void AppleEnergyCollector::set_lines(EnergyGroup group, EnergySource source) {
  const std::span<const Channel> channels = ioreport_->channels();
  const auto meters = [&](const std::vector<uint32_t>& indexes) {
    std::vector<uint32_t> found;
    for (const uint32_t index : indexes) {
      found.push_back(meter_of(channels[index]));
      meter_of_channel_[index] = static_cast<int32_t>(found.back());
    }
    return found;
  };
  const std::vector<EnergyRail> rails = energy_rails(channels, group);
  for (Component& known : components_) {
    for (EnergyLine& of : known.lines) {
      if (of.source() == source) of.set_counters({}, {});
    }
  }
  for (const EnergyRail& rail : rails) {
    EnergyLine& of = line(rail.component, source, Provenance::estimated);
    of.set_counters(meters(rail.channels), meters(rail.parts));
    const Channel& first = channels[rail.channels.front()];
    if (parse_energy_channel(first.name).kind != EnergyKind::gpu_total) continue;
    of.set_own_driver();
    graphics_driver_ = meter_of(first);
  }
}

void AppleEnergyCollector::read_counters(Pass& pass) {
  open_counters(pass);
  sampled_ = clock_.now().awake;
  passed_ = ane_worked_ = Duration::zero();
  if (!ioreport_) return;
  try {
    const IoReportSample& sample = ioreport_->sample();
    if (ioreport_->channels().size() != planned_channels_) plan_counters();
    failed_ = false;
    sampled_ = sample.at;
    ane_activity_.begin(sample.at);
    for (const ChannelValue& value : sample.values) {
      const int32_t meter = meter_of_channel_[value.channel];
      if (meter >= 0) {
        const auto outcome =
            meters_[static_cast<size_t>(meter)].feed(value.value, value.stamp, sample.at);
        if (outcome == PublicationMeter::Outcome::rejected) pass.reject("power_range");
      } else if (ane_activity_.follows(value.channel)) {
        ane_activity_.feed(value);
      }
    }
    ane_worked_ = ane_activity_.end();
    if (last_sampled_) passed_ = sampled_ - *last_sampled_;
    last_sampled_ = sampled_;
  } catch (const Error& error) {
    if (!failed_) log_.warn("IOReport fails; it is opened anew", {{"reason", error.what()}});
    failed_ = true;
    ioreport_.reset();
    last_sampled_.reset();
    ane_activity_.rebaseline();
    schedule_.hurry();
  }
}

// ---- powermetrics ----------------------------------------------------------------------------

void AppleEnergyCollector::read_powermetrics(Pass& pass) {
  if (!powermetrics_) return;
  const std::optional<PowermetricsReport> report = powermetrics_->poll(pass.now());
  const PowermetricsStatus& status = powermetrics_->status();
  switch (status.state) {
    case PowermetricsStatus::State::running:
      powermetrics_signal_.report(pass, SignalState::live);
      break;
    case PowermetricsStatus::State::waiting:
      powermetrics_signal_.report(pass, SignalState::stale, status.reason.c_str());
      break;
    case PowermetricsStatus::State::refused:
      powermetrics_signal_.report(pass, SignalState::refused, status.reason.c_str());
      break;
    case PowermetricsStatus::State::absent:
      powermetrics_signal_.report(pass, SignalState::absent, status.reason.c_str());
      break;
  }
  if (status.starts > 0) {
    pass.set(powermetrics_cpu_, to_seconds(status.cpu));
    pass.set(powermetrics_starts_, static_cast<double>(status.starts));
  }
  if (!report) return;
  for (Report& of : reports_) {
    const std::optional<double>& milliwatts = (*report).*of.milliwatts;
    if (!milliwatts) continue;
    line(of.component, EnergySource::powermetrics, Provenance::estimated);
    if (!of.meter.feed(*milliwatts * 1e-3, report->elapsed, report->at)) {
      pass.reject("power_range");
    }
  }
}

// ---- Sensors of the System Management Controller ---------------------------------------------

void AppleEnergyCollector::read_sensors(Pass& pass) {
  if (!smc_) return;
  if (no_ane_sensor_) no_ane_sensor_->report(pass, SignalState::absent, no_ane_rail(chip_));
  if (smc_->keys().size() != planned_keys_) {
    planned_keys_ = smc_->keys().size();
    for (const SmcRail& rail : smc_rails(chip_, smc_->keys())) {
      line(rail.component, EnergySource::smc, rail.provenance);
      const auto known = std::find_if(sensors_.begin(), sensors_.end(), [&](const Sensor& sensor) {
        return sensor.component == rail.component;
      });
      Sensor& sensor = known != sensors_.end() ? *known : sensors_.emplace_back();
      sensor.component = rail.component;
      sensor.keys = rail.keys;
    }
  }
  for (Sensor& sensor : sensors_) {
    double watts = 0;
    sensor.status = ReadStatus::ok;
    for (const size_t key : sensor.keys) {
      ReadStatus status = smc_->read(key, smc_value_);
      const std::optional<double> read =
          status == ReadStatus::ok ? smc_watts(smc_->keys()[key], smc_value_) : std::nullopt;
      if (status == ReadStatus::ok && !read) status = ReadStatus::failed;
      sensor.status = std::max(sensor.status, status);
      watts += read.value_or(0);
    }
    if (sensor.status != ReadStatus::ok) {
      sensor.meter.missed();
      continue;
    }
    if (flows_both_ways(sensor.component)) watts = std::abs(watts);
    const bool fits = std::abs(watts) <= CounterMeter::kMostWatts;
    const auto microwatts = fits ? static_cast<int64_t>(std::llround(watts * 1e6)) : -1;
    if (!sensor.meter.feed(microwatts, clock_.now().awake)) pass.reject("power_range");
  }
}

// ---- Components ------------------------------------------------------------------------------

AppleEnergyCollector::Component& AppleEnergyCollector::component(std::string_view name) {
  for (Component& known : components_) {
    if (known.name == name) return known;
  }
  return components_.emplace_back(std::string(name));
}

EnergyLine& AppleEnergyCollector::line(std::string_view name, EnergySource source,
                                       Provenance power) {
  Component& of = component(name);
  auto at = of.lines.begin();
  while (at != of.lines.end() && at->source() < source) ++at;
  if (at != of.lines.end() && at->source() == source) return *at;
  return *of.lines.emplace(at, of.name, source, Provenance::estimated, power);
}

void AppleEnergyCollector::update(Component& of, Pass& pass) {
  EnergySurroundings surroundings;
  surroundings.at = sampled_;
  surroundings.refused = refused_;
  surroundings.failed = failed_;
  if (graphics_driver_) {
    const std::optional<Duration> published = meters_[*graphics_driver_].published();
    surroundings.graphics_publish = published && sampled_ - *published < kGraphicsSilence;
  }
  for (Component& whole : components_) {
    if (whole.name == "system") surroundings.machine_watts = whole.long_window.peak(sampled_);
  }
  // The processor works while this code runs.
  if (of.name == "cpu") surroundings.worked = passed_;
  if (of.name == "ane") surroundings.worked = ane_worked_;
  for (EnergyLine& known : of.lines) {
    switch (known.source()) {
      case EnergySource::energy_model:
      case EnergySource::pmp:
        known.update_counters(meters_, surroundings, pass);
        break;
      case EnergySource::powermetrics:
        for (const Report& report : reports_) {
          if (of.name == report.component) {
            known.update_report(report.meter, {sampled_, false, false, false, {}});
          }
        }
        break;
      case EnergySource::smc:
        for (const Sensor& sensor : sensors_) {
          if (of.name == sensor.component) known.update_sensor(sensor.meter, sensor.status);
        }
        break;
    }
  }
}

void AppleEnergyCollector::publish(Component& of, Pass& pass) {
  const Duration now = pass.now().awake;
  EnergyLine* shown = nullptr;
  for (EnergyLine& known : of.lines) {
    if (!known.verdict().trusted) continue;
    // One that is published every half hour only stands back behind one that is live.
    const bool better = shown == nullptr || (shown->verdict().state != SignalState::live &&
                                             known.verdict().state == SignalState::live);
    if (better) shown = &known;
  }
  if (shown != nullptr && of.shown != shown->source()) {
    if (of.shown) {
      log_.info("energy source changes", {{"component", of.name},
                                          {"from", to_string(*of.shown)},
                                          {"to", to_string(shown->source())}});
    }
    of.shown = shown->source();
  }
  for (EnergyLine& known : of.lines) known.publish(pass, &known == shown);
  if (!has_peaks(of.name)) return;
  if (shown != nullptr && shown->power()) {
    of.short_window.add(shown->power()->watts, now);
    of.long_window.add(shown->power()->watts, now);
  }
  if (const auto peak = of.short_window.peak(now)) pass.set(of.short_peak, *peak);
  if (const auto peak = of.long_window.peak(now)) pass.set(of.long_peak, *peak);
}

std::unique_ptr<Collector> make_apple_energy(const CollectorContext& context) {
  return std::make_unique<AppleEnergyCollector>(*context.apple, context.clock, context.log,
                                                context.powermetrics, context.helper);
}

}  // namespace anemon
