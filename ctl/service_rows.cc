#include <array>

#include "ctl/command_rows.h"
#include "ctl/handlers.h"

namespace anemon {
namespace {

constexpr Option kUser = {"--user", "", "The agent of this user"};
constexpr Option kSystem = {"--system", "", "The daemon of the machine (needs root)"};
constexpr Option kDryRun = {"--dry-run", "", "Only say what would be done"};

constexpr std::array<Option, 4> kInstallOptions = {{
    {"--user", "", "As an agent of this user (the default): sees this user's own processes"},
    {"--system", "", "As a daemon of the machine, under an account of its own (needs root)"},
    {"--with-root-helper", "",
     "With --system: root reads other users' memory and energy for it, and keeps energy live"},
    kDryRun,
}};
constexpr std::array<Example, 3> kInstallExamples = {{
    {"service install", "runs from now on, and at every login"},
    {"service install --system --with-root-helper", "with sudo: everything, from the start on"},
    {"service install --dry-run", "only say what would be done"},
}};
constexpr std::array<Option, 5> kUninstallOptions = {{
    kUser,
    kSystem,
    {"--purge", "", "Sessions, configuration, logs and the account too"},
    {"--yes", "", "Do not ask"},
    kDryRun,
}};
constexpr std::array<Example, 2> kUninstallExamples = {{
    {"service uninstall", "sessions, configuration and logs stay"},
    {"service uninstall --purge --yes", "nothing stays"},
}};
constexpr std::array<Option, 3> kControlOptions = {{kUser, kSystem, kDryRun}};
constexpr std::array<Example, 1> kStartExamples = {{
    {"service start", "after a stop"},
}};
constexpr std::array<Example, 1> kStopExamples = {{
    {"service stop", "until the next login or start of the machine"},
}};
constexpr std::array<Example, 1> kRestartExamples = {{
    {"service restart", "after an update, or a change that a reload does not take"},
}};
constexpr std::array<Example, 2> kStatusExamples = {{
    {"service status", "what is installed, and does it work?"},
    {"service status -o json", "the same for a script"},
}};
constexpr std::array<Option, 5> kLogsOptions = {{
    kUser,
    kSystem,
    {"--helper", "", "The root helper"},
    {"-f,--follow", "", "Go on as lines come, also when the file is rotated"},
    {"-n,--lines", "N", "The last N lines (default 50)"},
}};
constexpr std::array<Example, 1> kLogsExamples = {{
    {"service logs -n 20", "the newest lines; with -f also those to come"},
}};

constexpr std::string_view kWhich =
    "Without --user or --system: this user's agent if there is one, else the system's daemon.";

constexpr std::array<Command, 7> kCommands = {{
    {"service install",
     kCareGroup,
     "Run anemond under launchd, now and always",
     {},
     kInstallOptions,
     kInstallExamples,
     "Doing it again upgrades; a configuration that is there stays. An agent starts with the login "
     "session; without one, or to see other users' processes, use --system. Exits with 5 when it "
     "needs root, and says the command. macOS only.",
     install_service},
    {"service uninstall",
     kCareGroup,
     "Take back what install did",
     {},
     kUninstallOptions,
     kUninstallExamples,
     "Without --user or --system: this user's agent if there is one, else the system's daemon and "
     "its helper. --purge asks on a terminal; elsewhere it needs --yes.",
     uninstall_service},
    {"service start",
     kCareGroup,
     "Start it",
     {},
     kControlOptions,
     kStartExamples,
     kWhich,
     start_service},
    {"service stop",
     kCareGroup,
     "Stop it until the next login or start",
     {},
     kControlOptions,
     kStopExamples,
     kWhich,
     stop_service},
    {"service restart",
     kCareGroup,
     "End it and start it again",
     {},
     kControlOptions,
     kRestartExamples,
     kWhich,
     restart_service},
    {"service status",
     kCareGroup,
     "What is installed, and whether it works",
     {},
     {},
     kStatusExamples,
     "Exits with 0 when all that is installed works, 1 when some does not, 4 when nothing is "
     "installed. A configuration that keeps the daemon from starting is shown with its problems.",
     show_service},
    {"service logs",
     kCareGroup,
     "The daemon's log",
     {},
     kLogsOptions,
     kLogsExamples,
     kWhich,
     show_service_log},
}};

}  // namespace

std::span<const Command> service_commands() { return kCommands; }

}  // namespace anemon
