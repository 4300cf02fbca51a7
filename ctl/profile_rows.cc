#include <array>

#include "ctl/command_rows.h"
#include "ctl/handlers.h"

namespace anemon {
namespace {

constexpr std::string_view kProfile = "Profile";

// report
constexpr std::array<Option, 2> kReportOptions = {{
    {"-f,--format", "FORMAT", "Default by the name of --to, else html", "html|markdown|csv"},
    {"--to", "FILE", "Write a file instead of standard output", {}, false, Completes::file},
}};
constexpr std::array<Example, 2> kReportExamples = {{
    {"report result.json --to report.html", "one page with charts that needs no network"},
    {"report result.json -f markdown", "for a pull request"},
}};

constexpr std::array<Command, 1> kCommands = {{
    {"report",
     kProfile,
     "Make a report of a result",
     {"RESULT", 1, 1, Completes::file},
     kReportOptions,
     kReportExamples,
     "RESULT is a document of anemon.result/1 (docs/result-json.md).",
     report_result},
}};

}  // namespace

std::span<const Command> profile_commands() { return kCommands; }

}  // namespace anemon
