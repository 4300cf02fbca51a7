#include <algorithm>
#include <charconv>
#include <memory>

#include "platform/ane_registry.h"
#include "platform/autorelease_pool_apple.h"
#include "platform/cf_values_apple.h"
#include "platform/registry_apple.h"

namespace anemon {
namespace {

constexpr const char* kEngineClass = "H11ANEIn";
constexpr const char* kBalancerClass = "H1xANELoadBalancer";

std::optional<uint32_t> number_of(CFTypeRef value) {
  const auto number = cf_integer(value);
  if (!number || *number < 0 || *number > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

std::optional<uint32_t> number_in(CFDictionaryRef dictionary, CFStringRef key) {
  if (dictionary == nullptr) return std::nullopt;
  return number_of(CFDictionaryGetValue(dictionary, key));
}

// How many engines a balancer has: it says so itself or among its device's properties.
std::optional<uint32_t> engines_of(io_service_t balancer) {
  const CFStringRef key = CFSTR("ANEDevicePropertyNumANEs");
  const auto own = property_of(balancer, key);
  const auto device = property_of(balancer, CFSTR("DeviceProperties"));
  return std::max(number_of(own.get()), number_in(cf_dictionary(device.get()), key));
}

// "pid 512, aned", as the kernel writes who opened a connection.
bool parse_creator(std::string_view text, AneClient& client) {
  constexpr std::string_view kPid = "pid ";
  if (text.substr(0, kPid.size()) != kPid) return false;
  text.remove_prefix(kPid.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), client.pid);
  if (error != std::errc() || client.pid < 0) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  constexpr std::string_view kSeparator = ", ";
  if (text.substr(0, kSeparator.size()) != kSeparator) return false;
  client.process = text.substr(kSeparator.size());
  return true;
}

class AppleAneRegistry final : public AneRegistry {
 public:
  ReadStatus read(AneState& state) override {
    const AutoreleasePool pool;
    reset(state);
    uint32_t found = 0;
    for_each_service(kEngineClass, [&](io_service_t engine) {
      ++found;
      read_engine(engine, state);
      read_clients(engine, state);
    });
    for_each_service(kBalancerClass, [&](io_service_t balancer) {
      state.engines = std::max(state.engines, engines_of(balancer));
      read_clients(balancer, state);
    });
    if (found == 0) {
      reset(state);
      return ReadStatus::absent;
    }
    state.engines = std::max(state.engines.value_or(0), found);
    state.clients.resize(clients_);
    return ReadStatus::ok;
  }

 private:
  // Keeps the room of the clients' names.
  void reset(AneState& state) {
    state.architecture.clear();
    state.cores = state.engines = state.power_state = state.max_power_state = std::nullopt;
    state.firmware_loaded = std::nullopt;
    clients_ = 0;
    seen_.clear();
  }

  // Of several engines, the identity of the first and the highest power state.
  void read_engine(io_service_t engine, AneState& state) {
    const auto device = property_of(engine, CFSTR("DeviceProperties"));
    if (const CFDictionaryRef properties = cf_dictionary(device.get())) {
      if (state.architecture.empty()) {
        cf_text(
            CFDictionaryGetValue(properties, CFSTR("ANEDevicePropertyTypeANEArchitectureTypeStr")),
            state.architecture);
      }
      if (!state.cores) state.cores = number_in(properties, CFSTR("ANEDevicePropertyNumANECores"));
    }
    const auto firmware = property_of(engine, CFSTR("FirmwareLoaded"));
    if (const auto loaded = cf_boolean(firmware.get())) {
      state.firmware_loaded = *loaded || state.firmware_loaded.value_or(false);
    }
    const auto power = property_of(engine, CFSTR("IOPowerManagement"));
    const CFDictionaryRef management = cf_dictionary(power.get());
    state.power_state =
        std::max(state.power_state, number_in(management, CFSTR("CurrentPowerState")));
    state.max_power_state =
        std::max(state.max_power_state, number_in(management, CFSTR("MaxPowerState")));
  }

  // User clients may hang below the engine, below the balancer, or below one that is below the
  // other: each counts once.
  void read_clients(io_service_t service, AneState& state) {
    for_each_below(service, [&](io_registry_entry_t entry) {
      const auto creator = property_of(entry, CFSTR("IOUserClientCreator"));
      if (!creator) return;
      uint64_t id = 0;
      if (IORegistryEntryGetRegistryEntryID(entry, &id) != KERN_SUCCESS ||
          std::find(seen_.begin(), seen_.end(), id) != seen_.end()) {
        return;
      }
      seen_.push_back(id);
      cf_text(creator.get(), creator_);
      if (clients_ == state.clients.size()) state.clients.emplace_back();
      if (parse_creator(creator_, state.clients[clients_])) ++clients_;
    });
  }

  size_t clients_ = 0;          // of the state's, read so far
  std::vector<uint64_t> seen_;  // registry identities of connections
  std::string creator_;
};

}  // namespace

std::unique_ptr<AneRegistry> open_ane_registry() {
  AneState state;
  auto registry = std::make_unique<AppleAneRegistry>();
  if (registry->read(state) == ReadStatus::absent) return nullptr;
  return registry;
}

}  // namespace anemon
