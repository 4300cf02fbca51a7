#include "collectors/collectors.h"

#include <algorithm>
#include <array>

#include "collectors/ane.h"
#include "collectors/cpu.h"
#include "collectors/energy.h"
#include "collectors/frequency.h"
#include "collectors/inference.h"
#include "collectors/memory.h"
#include "collectors/self.h"
#include "collectors/tasks.h"
#include "collectors/thermal.h"
#include "core/error.h"

namespace anemon {
namespace {

using std::chrono::seconds;

struct Row {
  CollectorSpec spec;
  std::unique_ptr<Collector> (*open)(const CollectorContext& context);
};

// name, enabled, period, may block, series, help, how to open it.
constexpr std::array kRows = {
    Row{{"energy", true, seconds(1), true, 128, "Joules and watts of the machine's components."},
        make_energy},
    Row{{"frequency", true, seconds(1), kIoReportMayBlock, 256,
         "Clocks of processors and other engines, their limits, and the time spent at each."},
        make_frequency},
    Row{{"ane", true, seconds(1), true, 96,
         "Neural engines and accelerators: activity, memory, clock, power state."},
        make_ane},
    Row{{"thermal", true, seconds(1), true, 192,
         "Temperatures, fans, trip points of thermal zones, and throttling."},
        make_thermal},
    Row{{"tasks", true, seconds(1), true, 1536,
         "Memory, processor time and open files of processes: a chosen set, and the rest's sum."},
        make_tasks},
    Row{{"memory", true, seconds(1), kIoReportMayBlock, 64,
         "Memory, swap and memory pressure of the machine."},
        make_memory},
    Row{{"cpu", true, seconds(1), false, 640,
         "What each processor core did with its time, and the load averages."},
        make_cpu},
    Row{{"inference", true, seconds(1), false, 512,
         "Inferences that clients report: count, duration, items, energy."},
        make_inference},
    Row{{"self", true, seconds(1), false, 16, "What the daemon itself uses of the machine."},
        make_self},
};

constexpr auto kSpecs = [] {
  std::array<CollectorSpec, kRows.size()> specs{};
  std::transform(kRows.begin(), kRows.end(), specs.begin(),
                 [](const Row& row) { return row.spec; });
  return specs;
}();

}  // namespace

std::span<const CollectorSpec> collector_specs() { return kSpecs; }

std::unique_ptr<Collector> make_collector(std::string_view name, const CollectorContext& context) {
  const auto row = std::find_if(kRows.begin(), kRows.end(),
                                [&](const Row& candidate) { return candidate.spec.name == name; });
  if (row == kRows.end()) throw Error("there is no collector named " + std::string(name));
  return row->open(context);
}

}  // namespace anemon
