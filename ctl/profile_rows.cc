#include <array>

#include "ctl/command_rows.h"
#include "ctl/handlers.h"
#include "ctl/profile_options.h"

namespace anemon {
namespace {

constexpr std::string_view kProfile = "Profile";
constexpr Operands kFiles = {"FILE...", 1, kMany, Completes::file};

constexpr auto kModelOptions =
    all_of(kEngineOptions, kBatchOption, kRunOptions, kDetailOptions, kEnergyOptions, kKeepOptions);
constexpr std::array<Example, 3> kModelExamples = {{
    {"profile model resnet.mlpackage", "how long it takes to load and infer, and what it costs"},
    {"profile model resnet.mlpackage --threads 2 --after-idle 1s",
     "with two threads, and how the first call after a pause does"},
    {"profile model resnet.mlpackage --to result.json -q", "and the whole result as a document"},
}};

// transformer, vision
constexpr std::array<Option, 2> kSequence = {{
    {"--batch", "N", "Sequences in one prediction call (default 1)"},
    {"--sequence-length", "N", "Tokens of a sequence (default the model's)"},
}};
constexpr auto kTransformerOptions =
    all_of(kSequence, kEngineOptions, kRunOptions, kDetailOptions, kEnergyOptions, kKeepOptions);
constexpr std::array<Example, 1> kTransformerExamples = {{
    {"profile transformer tokens.mlpackage --sequence-length 8",
     "tokens per second, prefill and decode apart"},
}};
constexpr std::array<Option, 4> kImage = {{
    {"--batch", "N", "Images in one prediction call (default 1)"},
    {"--height", "N", "Of an image (default the model's)"},
    {"--width", "N", "Of an image (default the model's)"},
    {"--channels", "N", "Of an image (default the model's)"},
}};
constexpr auto kVisionOptions =
    all_of(kImage, kEngineOptions, kRunOptions, kDetailOptions, kEnergyOptions, kKeepOptions);
constexpr std::array<Example, 1> kVisionExamples = {{
    {"profile vision resnet.mlpackage --batch 4", "images per second, four in a call"},
}};

// compare
constexpr std::array<Option, 5> kContestants = {{
    {"--compute-units", "UNITS", "Compare only these; repeatable (default all there are)",
     "cpu-only|cpu-and-gpu|cpu-and-ane|all", true},
    {"--against", "CMD", "A further runner to compare with; repeatable", {}, true},
    kEngineOptions[1],
    kEngineOptions[2],
    kEngineOptions[3],
}};
constexpr auto kCompareOptions =
    all_of(kContestants, kBatchOption, kRunOptions, kDetailOptions, kEnergyOptions, kKeepOptions);
constexpr std::array<Example, 2> kCompareExamples = {{
    {"profile compare resnet.mlpackage", "Neural Engine, GPU, CPU and all of them, in turns"},
    {"profile compare resnet.mlpackage --against 'python3 my_runner.py'", "and another runner"},
}};

// batch
constexpr std::array<Option, 3> kSizes = {{
    {"--sizes", "N,...", "Items in a call (default 1,2,4,8,16,32)"},
    {"--max-latency", "DUR", "The best size whose calls take no longer"},
    {"--max-memory", "SIZE", "The best size that takes no more, as 512MiB"},
}};
constexpr auto kBatchOptions =
    all_of(kSizes, kEngineOptions, kRunOptions, kDetailOptions, kEnergyOptions, kKeepOptions);
constexpr std::array<Example, 1> kBatchExamples = {{
    {"profile batch resnet.mlpackage --sizes 1,2,4 --max-latency 20ms",
     "where more in a call stops to pay"},
}};

// power, memory, recommend
constexpr std::array<Option, 1> kDuration = {{
    {"--duration", "DUR", "Measured time (default 30s)"},
}};
constexpr auto kPowerOptions = all_of(kDuration, kEngineOptions, kBatchOption, kRunOptions,
                                      kDetailOptions, kEnergyOptions, kKeepOptions);
constexpr std::array<Example, 1> kPowerExamples = {{
    {"profile power resnet.mlpackage --duration 1s", "watts over time, and joules per inference"},
}};
constexpr std::array<Example, 1> kMemoryExamples = {{
    {"profile memory resnet.mlpackage", "of the model, its activations, and at the peak"},
}};
constexpr std::array<Example, 1> kRecommendExamples = {{
    {"profile recommend resnet.mlpackage", "what to change first, by rules and measurement"},
}};

// monitor
constexpr std::array<Option, 5> kMonitorOptions = {{
    {"--pid", "PID", "The program's process"},
    {"-i,--interval", "DUR", "Time between readings (default 1s)"},
    {"-n,--count", "N", "End after so many readings"},
    {"-d,--duration", "DUR", "End after this time (default: at Ctrl-C, or with the program)"},
    kKeepOptions[1],
}};
constexpr std::array<Example, 1> kMonitorExamples = {{
    {"profile monitor --pid 1 -n 1 -i 1s", "its memory, and the inferences it reports"},
}};

// ab
constexpr std::array<Option, 7> kAbOnly = {{
    {"--blocks", "N", "Blocks of A B B A (default 10, at least 6)"},
    {"--margin", "SHARE", "What makes no difference (default 2%)"},
    {"--segment", "DUR", "Each quarter of a block (default 300ms)"},
    {"--b-compute-units", "UNITS", "For B, where not those of A",
     "cpu-only|cpu-and-gpu|cpu-and-ane|all"},
    {"--b-engine", "NAME", "For B, where not that of A"},
    {"--b-runner", "CMD", "For B, where not that of A"},
    {"--b-threads", "N", "For B, where not those of A"},
}};
constexpr auto kAbOptions = all_of(kAbOnly, kEngineOptions, kBatchOption, kRunOptions,
                                   kDetailOptions, kEnergyOptions, kKeepOptions);
constexpr std::array<Example, 2> kAbExamples = {{
    {"ab resnet.mlpackage resnet-small.mlpackage", "is the second faster?"},
    {"ab resnet.mlpackage resnet.mlpackage --b-threads 2", "one model, two ways to run it"},
}};

// score
constexpr std::array<Example, 2> kScoreExamples = {{
    {"score last", "of the newest result"},
    {"score last -o json", "with its parts, as a document"},
}};

// report
constexpr std::array<Option, 2> kReportOptions = {{
    {"-f,--format", "FORMAT", "Default by the name of --to, else html", "html|markdown|csv|json"},
    {"--to", "FILE", "Write a file instead of standard output", {}, false, Completes::file},
}};
constexpr std::array<Example, 3> kReportExamples = {{
    {"report last --to report.html", "one page with charts that needs no network"},
    {"report result.json --to report.html", "of a result in a file"},
    {"report result.json -f markdown", "for a pull request"},
}};

// results
constexpr std::array<Option, 6> kListOptions = {{
    {"--model", "NAME", "Only those of this model: its name, or the beginning of its hash"},
    {"--kind", "KIND", "Only those",
     "model|transformer|vision|compare|batch|ab|power|memory|monitor"},
    {"--engine", "NAME", "Only those of this engine"},
    {"--chip", "NAME", "Only those of this chip"},
    {"--since", "TIME", "Only those made since: 2h, now-2h or RFC 3339"},
    {"--limit", "N", "The newest N (default 50)"},
}};
constexpr std::array<Example, 2> kListExamples = {{
    {"results list", "newest first"},
    {"results list --model resnet --since 24h -o csv", "for a spreadsheet"},
}};
constexpr std::array<Example, 1> kShowExamples = {{
    {"results show last", "as it was printed when it was measured"},
}};
constexpr std::array<Option, 2> kExportOptions = {{
    {"-f,--format", "FORMAT", "Default by the name of --to, else json", "json|csv|markdown|html"},
    {"--to", "FILE", "Write a file instead of standard output", {}, false, Completes::file},
}};
constexpr std::array<Example, 1> kExportExamples = {{
    {"results export last --to result.json", "the document (docs/result-json.md)"},
}};
constexpr std::array<Option, 1> kRemoveOptions = {{
    {"--yes", "", "Do not ask"},
}};
constexpr std::array<Example, 1> kRemoveExamples = {{
    {"results rm last --yes", "delete a result for good"},
}};
constexpr Operands kResult = {"ID|last", 1, 1, Completes::result};

constexpr std::string_view kModelDetails =
    "Runs it in a process of its own: a cold load, one first call, calls until they are steady, "
    "then the measured ones. Where a daemon sees a source of power the run goes on for energy; "
    "elsewhere power is absent, with the reason. The result is kept (anemonctl results).\n"
    "Exits with 125 when the run failed; what is known of it is kept too.";

constexpr std::array<Command, 16> kCommands = {{
    {"profile model", kProfile, "Latency, energy and memory of a model", kFiles, kModelOptions,
     kModelExamples, kModelDetails, profile_models},
    {"profile transformer", kProfile, "Tokens per second, prefill and decode apart", kFiles,
     kTransformerOptions, kTransformerExamples,
     "A shape that the model cannot take is an error that lists those it can.",
     profile_transformers},
    {"profile vision", kProfile, "Images per second, energy per image", kFiles, kVisionOptions,
     kVisionExamples, "A shape that the model cannot take is an error that lists those it can.",
     profile_visions},
    {"profile compare", kProfile, "The same model on every engine", kFiles, kCompareOptions,
     kCompareExamples,
     "All are loaded at once and measured in turns: speed-up, efficiency, memory, and whether "
     "they compute the same. Elsewhere than on macOS it compares the engines that there are.",
     compare_model_engines},
    {"profile batch", kProfile, "At which batch size it is best", kFiles, kBatchOptions,
     kBatchExamples,
     "Items of one prediction call; a model of fixed shape is fed a batch of that many.",
     sweep_model_batches},
    {"profile power", kProfile, "Watts over time, and energy per inference", kFiles, kPowerOptions,
     kPowerExamples, "Without a source of power it says why there is none.", profile_model_power},
    {"profile memory", kProfile, "Memory of the model, its activations, at the peak", kFiles,
     kModelOptions, kMemoryExamples,
     "Measured where the system tells, else from the model's file, marked ~.",
     profile_model_memory},
    {"profile recommend", kProfile, "What to change, by rules and measurement", kFiles,
     kModelOptions, kRecommendExamples, "Measures the model first. `model recommend` needs no run.",
     recommend_by_measuring},
    {"profile monitor",
     kProfile,
     "Watch a program that runs a model",
     {"[MODEL]", 0, 1},
     kMonitorOptions,
     kMonitorExamples,
     "Its inferences are those it reports to the daemon (docs/triton.md); without reports "
     "throughput is absent. MODEL is the name it reports.",
     monitor_program},
    {"ab",
     kProfile,
     "Is model B faster than model A",
     {"A B", 2, 2, Completes::file},
     kAbOptions,
     kAbExamples,
     "Measures both in turns, A B B A. The verdict is faster, slower, equivalent or inconclusive, "
     "with the number of runs that would decide. Exits with 0 whatever it is.",
     compare_two_models},
    {"score",
     kProfile,
     "One number for a result, with its parts",
     {"RESULT|FILE...", 1, kMany, Completes::result},
     kModelOptions,
     kScoreExamples,
     "40 points for performance (1000 inferences/s), 40 for power efficiency (10 TOPS/W), 20 for "
     "memory (use over peak). A part that is missing makes the score absent: exit code 4.\n"
     "RESULT is an id, `last` or a document; FILE a model, which is measured first.",
     score_results},
    {"report",
     kProfile,
     "Make a report of a result",
     {"RESULT", 1, 1, Completes::result},
     kReportOptions,
     kReportExamples,
     "RESULT is an id of `results list`, the beginning of one, `last`, or a document of "
     "anemon.result/1 (docs/result-json.md).",
     report_result},
    {"results list",
     kProfile,
     "Results that were kept, newest first",
     {},
     kListOptions,
     kListExamples,
     "They are kept in a file of yours: $ANEMON_RESULTS (docs/results-database.md).",
     list_results},
    {"results show",
     kProfile,
     "A result as it was printed",
     kResult,
     {},
     kShowExamples,
     "",
     show_result},
    {"results export",
     kProfile,
     "Results as a file",
     {"ID|last...", 1, kMany, Completes::result},
     kExportOptions,
     kExportExamples,
     "",
     export_results},
    {"results rm",
     kProfile,
     "Delete results",
     {"ID|last...", 1, kMany, Completes::result},
     kRemoveOptions,
     kRemoveExamples,
     "Asks on a terminal; elsewhere it needs --yes.",
     remove_results},
}};

}  // namespace

std::span<const Command> profile_commands() { return kCommands; }

}  // namespace anemon
