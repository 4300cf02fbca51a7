#include "tests/fake_darwin/trace_feed.h"

#include <algorithm>

namespace anemon::fake {
namespace {

int format_of(ChannelFormat format) { return static_cast<int>(format) + 1; }

ReportChannel channel_of(const TraceState::ChannelState& from) {
  ReportChannel channel{from.channel.group,
                        from.channel.subgroup,
                        from.channel.name,
                        from.channel.unit,
                        format_of(from.channel.format),
                        from.channel.states,
                        {}};
  if (from.channel.format == ChannelFormat::simple) {
    channel.values = {from.has_value ? from.value : kNoValue};
  } else {
    channel.values = from.parts;
    const size_t parts = std::max<size_t>(from.channel.states.size(), 1);
    if (!from.has_value) channel.values.assign(parts, kNoValue);
  }
  // Up, as a driver's stamp is a whole tick: the way back must not land in the one before.
  if (from.stamp) channel.stamp = FakeMac::ticks(*from.stamp + Duration(41));
  return channel;
}

RegistryEntry engine_of(const AneState& ane) {
  RegistryEntry engine{"H11ANEIn", "H11ANE", {}, {}, {}};
  Properties device, power;
  if (!ane.architecture.empty()) {
    device["ANEDevicePropertyTypeANEArchitectureTypeStr"] = {ane.architecture};
  }
  if (ane.cores) device["ANEDevicePropertyNumANECores"] = {int64_t{*ane.cores}};
  if (ane.power_state) power["CurrentPowerState"] = {int64_t{*ane.power_state}};
  if (ane.max_power_state) power["MaxPowerState"] = {int64_t{*ane.max_power_state}};
  engine.properties = {{"DeviceProperties", {device}}, {"IOPowerManagement", {power}}};
  if (ane.firmware_loaded) engine.properties["FirmwareLoaded"] = {*ane.firmware_loaded};
  return engine;
}

RegistryEntry balancer_of(const AneState& ane) {
  RegistryEntry balancer{"H1xANELoadBalancer", "ANEDriverRoot", {}, {}, {}};
  balancer.properties["DeviceProperties"] = {
      Properties{{"ANEDevicePropertyNumANEs", {int64_t{ane.engines.value_or(1)}}}}};
  for (const AneClient& client : ane.clients) {
    const std::string creator = "pid " + std::to_string(client.pid) + ", " + client.process;
    balancer.children.push_back(
        {"H1xANELoadBalancerClient", "client", {{"IOUserClientCreator", {creator}}}, {}, {}});
  }
  return balancer;
}

RegistryEntry power_manager_of(const ClockTables& tables) {
  RegistryEntry manager{"AppleARMIODevice", "pmgr", {}, {}, {}};
  for (const ClockTable& table : tables.tables) {
    manager.properties[table.key] = {words(table.entries)};
  }
  std::vector<uint8_t> clusters;
  for (const ClusterEntry& cluster : tables.clusters) {
    clusters.insert(clusters.end(), {cluster.table, cluster.tier, 0, 0, 0, 0, 0, 0});
  }
  if (!clusters.empty()) manager.properties["acc-clusters"] = {clusters};
  return manager;
}

}  // namespace

void feed(FakeMac& mac, const HostFacts& facts) {
  const auto machine = mac.edit();
  machine->host.set_sysctl("machdep.cpu.brand_string", facts.chip.c_str());
  machine->host.set_sysctl("hw.model", facts.model.c_str());
  machine->host.set_sysctl("kern.osproductversion", facts.os_version.c_str());
  machine->host.set_sysctl("kern.osversion", facts.os_build.c_str());
  if (facts.virtual_machine) {
    machine->host.set_sysctl("kern.hv_vmm_present", int32_t{*facts.virtual_machine ? 1 : 0});
  }
}

void feed(FakeMac& mac, const TraceState& state) {
  const auto machine = mac.edit();
  machine->absolute_ticks = FakeMac::ticks(state.sampled + Duration(41));
  machine->channels.clear();
  for (const auto& channel : state.channels) machine->channels.push_back(channel_of(channel));
  machine->refused_groups = {state.refused.begin(), state.refused.end()};
  // A recording names a refused group without its channels; here it must have one to be refused.
  for (const std::string& group : state.refused) {
    if (std::none_of(state.channels.begin(), state.channels.end(),
                     [&](const auto& known) { return known.channel.group == group; })) {
      machine->channels.push_back({group, "Perf Counters", "ANE DCS RD", "B", 1, {}, {kNoValue}});
    }
  }
  machine->smc.clear();
  for (const auto& [name, entry] : state.smc) {
    const auto& [key, value] = entry;
    SmcEntry& known = machine->smc[name];
    known.type = key.type;
    known.bytes.assign(value.bytes.begin(), value.bytes.begin() + std::min<uint32_t>(key.size, 32));
    if (value.size == 0) known.read_result = 132;  // not found
  }
  machine->hid.clear();
  if (state.hid) {
    for (const HidTemperature& sensor : *state.hid) {
      machine->hid.push_back({sensor.product, sensor.celsius});
    }
  }
  machine->registry = {power_manager_of(state.clock_tables)};
  if (!state.smc.empty()) {
    machine->registry.push_back({"AppleSMC", "AppleSMCKeysEndpoint", {}, {}, {}});
  }
  if (state.ane) {
    machine->registry.push_back(engine_of(*state.ane));
    machine->registry.push_back(balancer_of(*state.ane));
  }
  if (state.host) {
    const auto& levels = state.host->levels;
    machine->host.set_sysctl("hw.nperflevels", static_cast<int32_t>(levels.size()));
    for (size_t i = 0; i < levels.size(); ++i) {
      const std::string level = "hw.perflevel" + std::to_string(i);
      machine->host.set_sysctl(level + ".name", levels[i].name.c_str());
      machine->host.set_sysctl(level + ".physicalcpu", static_cast<int32_t>(levels[i].cores));
    }
    if (state.host->on_battery) {
      machine->host.power_source = *state.host->on_battery ? "Battery Power" : "AC Power";
    }
    machine->host.low_power_mode = state.host->low_power_mode;
    if (state.host->virtual_machine) {
      machine->host.set_sysctl("kern.hv_vmm_present",
                               int32_t{*state.host->virtual_machine ? 1 : 0});
    }
  }
  if (state.thermal_pressure) {
    machine->host.notifications["com.apple.system.thermalpressurelevel"] =
        static_cast<uint64_t>(*state.thermal_pressure);
  }
}

}  // namespace anemon::fake
