#include "profiler/runner/memory_use.h"

#include <sys/resource.h>
#include <unistd.h>

#include "platform/child_usage.h"
#include "platform/processes.h"

namespace anemon::profiler {

MemoryUse memory_use() {
  MemoryUse memory;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0 && usage.ru_maxrss > 0) {
    memory.peak_resident = static_cast<uint64_t>(usage.ru_maxrss * kMaxResidentUnit);
  }
  const auto processes = open_processes({});
  ProcessRecord record;
  if (!processes || processes->look_up(::getpid(), record) != Processes::Lookup::found) {
    return memory;
  }
  memory.resident = record.resident_bytes;
  ProcessDetails details;
  const auto watched = processes->watch(record);
  if (!watched || !watched->read(details)) return memory;
  if (details.resident_bytes) memory.resident = details.resident_bytes;
  if (details.peak_resident_bytes) memory.peak_resident = details.peak_resident_bytes;
  memory.footprint = details.footprint_bytes;
  memory.peak_footprint = details.peak_footprint_bytes;
  memory.neural_footprint = details.neural_footprint_bytes;
  memory.peak_neural_footprint = details.peak_neural_footprint_bytes;
  return memory;
}

}  // namespace anemon::profiler
