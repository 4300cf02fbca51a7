#include <array>

#include "ctl/command_rows.h"
#include "ctl/handlers.h"

namespace anemon {
namespace {

constexpr std::string_view kObserve = "Look";

constexpr Option kInterval = {"-i,--interval", "DUR", "Time between readings (default 1s)"};
constexpr Option kCount = {"-n,--count", "N", "End after N readings"};

// status
constexpr std::array<Example, 3> kStatusExamples = {{
    {"status", "is it running, and does every collector keep up?"},
    {"status -o json", "the same for a script, with every signal's state"},
    {"status -q && echo ready", "only whether it is ready"},
}};

// top
constexpr std::array<Option, 2> kTopOptions = {{kInterval, kCount}};
constexpr std::array<Example, 2> kTopExamples = {{
    {"top", "power, clocks, memory and the largest processes, live"},
    {"top -n 3 -i 1s", "three readings; off a terminal one line each"},
}};

// metrics
constexpr std::array<Option, 2> kMetricsOptions = {{
    {"--values", "", "The newest value of each series"},
    {"--available", "", "Only what this machine has"},
}};
constexpr std::array<Example, 3> kMetricsExamples = {{
    {"metrics", "every metric, and whether this machine has it"},
    {"metrics 'anemon_power*'", "those that match"},
    {"metrics anemon_memory_bytes --values", "what they say now"},
}};

// watch
constexpr std::array<Option, 2> kWatchOptions = {{kInterval, kCount}};
constexpr std::array<Example, 3> kWatchExamples = {{
    {"watch anemon_memory_bytes -n 2", "two readings, a line for each series"},
    {"watch 'anemon_memory_bytes{kind=\"available\"}' -n 1", "one series"},
    {"watch 'anemon_*' -n 1 -o csv", "for a file; -o json prints a line for each reading"},
}};

// power
constexpr std::array<Option, 1> kPowerOptions = {{
    {"--since", "DUR", "Length of the window (default 1m)"},
}};
constexpr std::array<Example, 2> kPowerExamples = {{
    {"power", "watts now and joules of the last minute, by component"},
    {"power --since 10m cpu gpu", "two components over ten minutes"},
}};

// memory
constexpr std::array<Option, 1> kMemoryOptions = {{
    {"--by", "process", "Also the largest processes", "process"},
}};
constexpr std::array<Example, 2> kMemoryExamples = {{
    {"memory", "used, available, swapped, and whether tasks wait for it"},
    {"memory --by process", "and who holds it"},
}};

constexpr std::array<Command, 6> kCommands = {{
    {"status",
     kObserve,
     "The daemon, its collectors, freshness and sessions",
     {},
     {},
     kStatusExamples,
     "Exits with 1 when a collector is stale or stuck; with -q it prints nothing.",
     show_status},
    {"top",
     kObserve,
     "Power, activity, memory and processes, live",
     {},
     kTopOptions,
     kTopExamples,
     "Keys: q quit, p pause, s sort processes by memory or processor, ? help. When standard output "
     "is no terminal, one line is printed for each reading.",
     show_top},
    {"metrics",
     kObserve,
     "The metrics: unit, provenance, availability here",
     {"[PATTERN...]", 0, kMany, Completes::metric},
     kMetricsOptions,
     kMetricsExamples,
     "A pattern is a name, or a glob with * and ?. Metrics this machine does not have are listed "
     "with the reason. Exits with 4 when a pattern matches nothing at all, or with --values when "
     "nothing that matches has a value.",
     list_metrics},
    {"watch",
     kObserve,
     "Stream the readings of metrics",
     {"METRIC...", 1, kMany, Completes::metric},
     kWatchOptions,
     kWatchExamples,
     "METRIC is a name or a glob, optionally with labels: 'anemon_power_watts{component=\"gpu\"}'. "
     "JSON is one document a line.",
     watch_metrics},
    {"power",
     kObserve,
     "Power now, energy over a window",
     {"[COMPONENT...]", 0, kMany, Completes::nothing},
     kPowerOptions,
     kPowerExamples,
     "Energy is the difference of a counter, never watts times time. Exits with 4 when the machine "
     "tells no power at all, and says why.",
     show_power},
    {"memory",
     kObserve,
     "Memory, swap and pressure",
     {},
     kMemoryOptions,
     kMemoryExamples,
     "",
     show_memory},
}};

}  // namespace

std::span<const Command> look_commands() { return kCommands; }

}  // namespace anemon
