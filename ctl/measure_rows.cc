#include <array>

#include "ctl/command_rows.h"
#include "ctl/handlers.h"

namespace anemon {
namespace {

constexpr std::string_view kMeasure = "Measure";

constexpr Option kInterval = {"-i,--interval", "DUR", "Time between readings (default 1s)"};
constexpr Option kLabel = {"--label", "KEY=VALUE", "Label of the session; repeatable", {}, true};

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

constexpr std::array<Command, 11> kCommands = {{
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

}  // namespace

std::span<const Command> measure_commands() { return kCommands; }

}  // namespace anemon
