#include <algorithm>
#include <cstring>

#include "platform/autorelease_pool_apple.h"
#include "platform/cf_values_apple.h"
#include "platform/clock_tables.h"
#include "platform/registry_apple.h"

namespace anemon {
namespace {

uint32_t little_endian(const UInt8* bytes) {
  return static_cast<uint32_t>(bytes[0]) | static_cast<uint32_t>(bytes[1]) << 8 |
         static_cast<uint32_t>(bytes[2]) << 16 | static_cast<uint32_t>(bytes[3]) << 24;
}

constexpr CFIndex kEntry = 8;  // bytes of an entry, in both kinds of property

ClockTable decode_table(std::string key, CFDataRef data) {
  ClockTable table{std::move(key), {}};
  const UInt8* bytes = CFDataGetBytePtr(data);
  for (CFIndex at = 0; at + kEntry <= CFDataGetLength(data); at += kEntry) {
    table.entries.emplace_back(little_endian(bytes + at), little_endian(bytes + at + 4));
  }
  return table;
}

std::vector<ClusterEntry> decode_clusters(CFDataRef data) {
  std::vector<ClusterEntry> clusters;
  const UInt8* bytes = CFDataGetBytePtr(data);
  for (CFIndex at = 0; at + kEntry <= CFDataGetLength(data); at += kEntry) {
    clusters.push_back({bytes[at], bytes[at + 1]});
  }
  return clusters;
}

ClockTables tables_of(io_registry_entry_t entry) {
  ClockTables tables;
  CfOwned<CFMutableDictionaryRef> properties;
  if (IORegistryEntryCreateCFProperties(entry, properties.receive(), kCFAllocatorDefault, 0) !=
          KERN_SUCCESS ||
      !properties) {
    return tables;
  }
  const auto count = static_cast<size_t>(CFDictionaryGetCount(properties.get()));
  std::vector<const void*> keys(count), values(count);
  CFDictionaryGetKeysAndValues(properties.get(), keys.data(), values.data());
  for (size_t i = 0; i < count; ++i) {
    const CFDataRef data = cf_data(values[i]);
    if (data == nullptr) continue;
    std::string key = cf_text(keys[i]);
    if (key == "acc-clusters") {
      tables.clusters = decode_clusters(data);
    } else if (key.compare(0, 14, "voltage-states") == 0) {
      tables.tables.push_back(decode_table(std::move(key), data));
    }
  }
  std::sort(tables.tables.begin(), tables.tables.end(),
            [](const ClockTable& a, const ClockTable& b) { return a.key < b.key; });
  return tables;
}

}  // namespace

ClockTables read_clock_tables() {
  const AutoreleasePool pool;
  // Where the power manager does not show them, the performance controller may.
  for (const char* name : {"pmgr", "clpc"}) {
    ClockTables found;
    for_each_service("AppleARMIODevice", [&](io_service_t service) {
      if (found.tables.empty() && name_of(service) == name) found = tables_of(service);
    });
    if (!found.tables.empty()) return found;
  }
  return {};
}

}  // namespace anemon
