#include "ctl/commands.h"

#include <algorithm>
#include <array>

#include "ctl/handlers.h"
#include "ctl/model_commands.h"

namespace anemon {
namespace {

constexpr size_t kMany = 1000;

constexpr std::string_view kObserve = "Look";
constexpr std::string_view kMeasure = "Measure";
constexpr std::string_view kCare = "Set up and repair";

constexpr Option kInterval = {"-i,--interval", "DUR", "Time between readings (default 1s)"};
constexpr Option kCount = {"-n,--count", "N", "End after N readings"};
constexpr Option kLabel = {"--label", "KEY=VALUE", "Label of the session; repeatable", {}, true};

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

// sessions
constexpr std::array<Option, 3> kStartOptions = {{
    kLabel,
    {"--pid", "PID", "Record this process too; repeatable", {}, true},
    {"--max-duration", "DUR", "Stop by itself after this time"},
}};
constexpr std::array<Example, 2> kStartExamples = {{
    {"sessions start", "prints the new session's id, alone"},
    {"sessions start resnet --label batch=8 --max-duration 1h", "with a name, a label and an end"},
}};
constexpr std::array<Option, 1> kStopOptions = {{
    {"--last", "", "The session that was started last"},
}};
constexpr std::array<Example, 2> kStopExamples = {{
    {"sessions stop resnet", "end it and print its summary"},
    {"sessions stop --last -o json", "the summary as a document"},
}};
constexpr std::array<Option, 4> kListOptions = {{
    {"--state", "STATE", "Only those", "running|stopped|interrupted|expired"},
    {"--label", "KEY=VALUE", "Only those with this label; repeatable", {}, true},
    {"--since", "TIME", "Only those started since: 2h, now-2h or RFC 3339"},
    {"--limit", "N", "The newest N"},
}};
constexpr std::array<Example, 2> kListExamples = {{
    {"sessions list", "newest first"},
    {"sessions list --since 24h --state stopped -o csv", "yesterday's, for a spreadsheet"},
}};
constexpr std::array<Example, 2> kShowExamples = {{
    {"sessions show last", "the summary of the newest session"},
    {"sessions show resnet -o markdown", "for a report"},
}};
constexpr std::array<Option, 1> kAnnotateOptions = {{
    {"--at", "TIME", "RFC 3339, Unix seconds or now-5m (default now)"},
}};
constexpr std::array<Example, 1> kAnnotateExamples = {{
    {"sessions annotate last 'warm-up done'", "a mark in reports and exports"},
}};
constexpr std::array<Option, 2> kExportOptions = {{
    {"-f,--format", "FORMAT", "Default json", "json|csv|ndjson|openmetrics|trace"},
    {"--to", "FILE", "Write a file instead of standard output", {}, false, Completes::file},
}};
constexpr std::array<Example, 2> kExportExamples = {{
    {"sessions export last --format csv", "every sample as a line"},
    {"sessions export last --format trace --to run.trace.json", "opens in ui.perfetto.dev"},
}};
constexpr std::array<Option, 1> kRemoveOptions = {{
    {"--yes", "", "Do not ask"},
}};
constexpr std::array<Example, 1> kRemoveExamples = {{
    {"sessions rm resnet --yes", "delete a session and its samples for good"},
}};

// run
constexpr std::array<Option, 9> kRunOptions = {{
    {"--name", "NAME", "Name of the session"},
    kLabel,
    {"--warmup", "N", "Run N times before, unmeasured, output discarded"},
    {"--runs", "N", "Measure N runs (default 1), each in its own session"},
    {"--prepare", "CMD", "Shell command before each run, unmeasured"},
    {"--cleanup", "CMD", "Shell command after the last run, unmeasured"},
    {"--baseline", "DUR", "Measure the idle machine first; energy is then also reported net of it"},
    {"--ignore-failure", "", "Go on with the runs when one fails"},
    {"--export-json", "FILE", "Write everything as a document", {}, false, Completes::file},
}};
constexpr std::array<Example, 3> kRunExamples = {{
    {"run -- sleep 0.1", "what did this cost?"},
    {"run --runs 3 --warmup 1 -- true", "three measured runs after one to warm up"},
    {"run --baseline 1s --name quick -- true", "net of what the idle machine uses"},
}};

// record, trace
constexpr std::array<Option, 5> kRecordOptions = {{
    {"-o,--output",
     "FILE",
     "Write this file; a name in .gz compresses",
     {},
     false,
     Completes::file},
    {"-d,--duration", "DUR", "End after this time (default: at Ctrl-C)"},
    kInterval,
    {"--tasks", "", "Also processes, and the names of those that hold the Neural Engine"},
    {"--note", "TEXT", "A remark for whoever reads it"},
}};
constexpr std::array<Example, 2> kRecordExamples = {{
    {"record -d 10s -o mac.jsonl.gz", "ten seconds of what the machine's sources say"},
    {"record -i 100ms -d 1m --note 'busy Neural Engine' -o busy.jsonl", "finer, with a remark"},
}};
constexpr std::array<Example, 2> kDecodeExamples = {{
    {"trace decode mac.jsonl", "every reading, and every change of a signal's state"},
    {"trace decode mac.jsonl -o csv", "for a spreadsheet; -o json prints a line for each"},
}};
constexpr std::array<Example, 1> kTraceCheckExamples = {{
    {"trace check mac.jsonl", "file:line:column and a reason, or what it holds"},
}};

// doctor
constexpr std::array<Option, 1> kDoctorOptions = {{
    {"--bundle",
     "FILE",
     "Write a .tar.gz for a bug report, without names and home paths",
     {},
     false,
     Completes::file},
}};
constexpr std::array<Example, 2> kDoctorExamples = {{
    {"doctor", "what works, what does not, and what would help"},
    {"doctor --bundle report.tar.gz", "the same in a file to attach"},
}};

// config
constexpr std::array<Option, 1> kConfigShowOptions = {{
    {"--effective", "", "Every key with its value; defaults are marked"},
}};
constexpr std::array<Example, 1> kCheckExamples = {{
    {"config check anemond.yaml", "file:line:column and a reason for each problem"},
}};
constexpr std::array<Example, 2> kConfigShowExamples = {{
    {"config show", "the file the daemon reads"},
    {"config show --effective", "what it means, defaults included"},
}};
constexpr std::array<Example, 1> kReloadExamples = {{
    {"config reload", "a bad file changes nothing and is explained"},
}};

// completion, help
constexpr std::array<Example, 3> kCompletionExamples = {{
    {"completion bash", "source <(anemonctl completion bash)"},
    {"completion zsh", "save as _anemonctl in a directory of $fpath"},
    {"completion fish", "save as ~/.config/fish/completions/anemonctl.fish"},
}};
constexpr std::array<Example, 2> kHelpExamples = {{
    {"help sessions start", "one command"},
    {"help provenance", "a topic"},
}};

constexpr std::array<Command, 17> kOfMachine = {{
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

    {"sessions start",
     kMeasure,
     "Begin a monitoring session",
     {"[NAME]", 0, 1},
     kStartOptions,
     kStartExamples,
     "Prints the id alone on standard output.",
     start_session},
    {"sessions stop",
     kMeasure,
     "End a session and print its summary",
     {"[ID|NAME]", 0, 1, Completes::session},
     kStopOptions,
     kStopExamples,
     "",
     stop_session},
    {"sessions list",
     kMeasure,
     "Sessions, newest first",
     {},
     kListOptions,
     kListExamples,
     "",
     list_sessions},
    {"sessions show",
     kMeasure,
     "Summary of a session: energy, power, heat, memory, gaps",
     {"ID|NAME|last", 1, 1, Completes::session},
     {},
     kShowExamples,
     "What the machine could not tell is listed with the reason, and never as zero.",
     show_session},
    {"sessions annotate",
     kMeasure,
     "Mark a moment of a session",
     {"ID|NAME|last TEXT", 2, 2, Completes::session},
     kAnnotateOptions,
     kAnnotateExamples,
     "",
     annotate_session},
    {"sessions export",
     kMeasure,
     "A session with all its samples, as a file",
     {"ID|NAME|last", 1, 1, Completes::session},
     kExportOptions,
     kExportExamples,
     "The format trace is the Chrome trace format that Perfetto opens.",
     export_session},
    {"sessions rm",
     kMeasure,
     "Delete sessions",
     {"ID|NAME...", 1, kMany, Completes::session},
     kRemoveOptions,
     kRemoveExamples,
     "Asks on a terminal; elsewhere it needs --yes. A running session must be stopped first.",
     remove_sessions},
    {"run",
     kMeasure,
     "Measure a command: a session around it",
     {"-- CMD [ARG...]", 0, 0},
     kRunOptions,
     kRunExamples,
     "The command's input, output and exit status are its own; the summary goes to standard error, "
     "in the format of -o. When anemonctl itself fails the exit code is 125.\n"
     "Sensors publish about once a second: for a shorter command repeat it within, or use --runs.",
     run_measured,
     true},
    {"record",
     kMeasure,
     "Record a Mac's raw sources as a trace",
     {},
     kRecordOptions,
     kRecordExamples,
     "Needs no daemon. A trace holds what the system said, undecoded, and neither user nor host "
     "names; it plays in anemond --replay FILE and belongs into reports of wrong numbers. Exits "
     "with 4 on a machine that has no Apple sources.",
     record_trace},
    {"trace decode",
     kMeasure,
     "What a trace says: every reading and change of state",
     {"FILE", 1, 1, Completes::file},
     {},
     kDecodeExamples,
     "Runs the collectors of the daemon over the recorded instants. Exits with 1 when the trace is "
     "bad, after what was good.",
     decode_recording},
    {"trace check",
     kMeasure,
     "Validate a trace",
     {"FILE", 1, 1, Completes::file},
     {},
     kTraceCheckExamples,
     "Exits with 1 when it is bad.",
     check_recording},
}};

constexpr std::array<Command, 6> kOfCare = {{
    {"doctor",
     kCare,
     "Check everything; a line and a remedy for each",
     {},
     kDoctorOptions,
     kDoctorExamples,
     "Exits with 1 when a check fails; warnings alone are fine.",
     run_doctor},
    {"config check",
     kCare,
     "Validate a configuration file",
     {"[FILE]", 0, 1, Completes::file},
     {},
     kCheckExamples,
     "Without FILE, the one the daemon would find. Exits with 1 when it is invalid.",
     check_configuration},
    {"config show",
     kCare,
     "The configuration",
     {"[FILE]", 0, 1, Completes::file},
     kConfigShowOptions,
     kConfigShowExamples,
     "Without FILE, the one the running daemon reads; else the one it would find.",
     show_configuration},
    {"config reload",
     kCare,
     "Let the daemon read its configuration again",
     {},
     {},
     kReloadExamples,
     "Names the changed keys that take effect only after a restart.",
     reload_configuration},
    {"completion",
     kCare,
     "Completion script for a shell",
     {"bash|zsh|fish", 1, 1, Completes::words, "bash|zsh|fish"},
     {},
     kCompletionExamples,
     "",
     print_completion},
    {"help",
     kCare,
     "Explain a command or a topic",
     {"[TOPIC|COMMAND]", 0, 2, Completes::topic},
     {},
     kHelpExamples,
     "",
     print_help},
}};

}  // namespace

std::span<const Command> commands() {
  static const std::vector<Command> kCommands = [] {
    std::vector<Command> all(kOfMachine.begin(), kOfMachine.end());
    all.insert(all.end(), model_commands().begin(), model_commands().end());
    all.insert(all.end(), kOfCare.begin(), kOfCare.end());
    return all;
  }();
  return kCommands;
}

const Command* find_command(std::string_view name) {
  const auto found = std::ranges::find(commands(), name, &Command::name);
  return found == commands().end() ? nullptr : &*found;
}

std::vector<std::string_view> verbs_of(std::string_view noun) {
  std::vector<std::string_view> verbs;
  for (const Command& command : commands()) {
    const size_t space = command.name.find(' ');
    if (space != command.name.npos && command.name.substr(0, space) == noun) {
      verbs.push_back(command.name.substr(space + 1));
    }
  }
  return verbs;
}

std::vector<std::string_view> first_words() {
  std::vector<std::string_view> words;
  for (const Command& command : commands()) {
    const std::string_view word = command.name.substr(0, command.name.find(' '));
    if (words.empty() || words.back() != word) words.push_back(word);
  }
  return words;
}

}  // namespace anemon
