#include <array>

#include "ctl/command_rows.h"
#include "ctl/handlers.h"

namespace anemon {
namespace {

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

constexpr std::array<Command, 6> kCommands = {{
    {"doctor",
     kCareGroup,
     "Check everything; a line and a remedy for each",
     {},
     kDoctorOptions,
     kDoctorExamples,
     "Exits with 1 when a check fails; warnings alone are fine.",
     run_doctor},
    {"config check",
     kCareGroup,
     "Validate a configuration file",
     {"[FILE]", 0, 1, Completes::file},
     {},
     kCheckExamples,
     "Without FILE, the one the daemon would find. Exits with 1 when it is invalid.",
     check_configuration},
    {"config show",
     kCareGroup,
     "The configuration",
     {"[FILE]", 0, 1, Completes::file},
     kConfigShowOptions,
     kConfigShowExamples,
     "Without FILE, the one the running daemon reads; else the one it would find.",
     show_configuration},
    {"config reload",
     kCareGroup,
     "Let the daemon read its configuration again",
     {},
     {},
     kReloadExamples,
     "Names the changed keys that take effect only after a restart.",
     reload_configuration},
    {"completion",
     kCareGroup,
     "Completion script for a shell",
     {"bash|zsh|fish", 1, 1, Completes::words, "bash|zsh|fish"},
     {},
     kCompletionExamples,
     "",
     print_completion},
    {"help",
     kCareGroup,
     "Explain a command or a topic",
     {"[TOPIC|COMMAND]", 0, 2, Completes::topic},
     {},
     kHelpExamples,
     "",
     print_help},
}};

}  // namespace

std::span<const Command> care_commands() { return kCommands; }

}  // namespace anemon
