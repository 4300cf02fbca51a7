// Sources that this program does not have on macOS: collectors report them as absent.
#include "platform/boot_time.h"
#include "platform/memory.h"
#include "platform/own_process.h"
#include "platform/processes.h"
#include "platform/processor.h"

namespace anemon {

const size_t ProcessName::kKernelBytes = 32;  // 2 * MAXCOMLEN

std::optional<Duration> boot_wall(const HostRoot&) { return std::nullopt; }
std::unique_ptr<Processes> open_processes(const HostRoot&) { return nullptr; }
std::unique_ptr<MemorySource> open_memory(const HostRoot&) { return nullptr; }
std::unique_ptr<ProcessorSource> open_processor(const HostRoot&) { return nullptr; }
std::unique_ptr<OwnProcessSource> open_own_process(const HostRoot&) { return nullptr; }

}  // namespace anemon
