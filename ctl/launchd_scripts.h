// The scripts of launchd/, which know where everything of an installation is and how to talk to
// launchd; anemonctl runs them and reads what they tell.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace anemon {

struct LaunchdScripts {
  std::filesystem::path folder;    // with install, uninstall and control
  std::filesystem::path programs;  // the folder of anemond and anemonctl
};

// Whether this system has launchctl.
bool has_launchd();

// Beside the running program: ../share/anemon/launchd of an installation, else ../../launchd of a
// source tree with its build. Throws MissingError without launchctl, or without scripts.
LaunchdScripts find_launchd_scripts();

// Becomes /bin/sh with that script; what its messages advise to repeat is `command`. Throws Error
// when that fails.
[[noreturn]] void become_script(const std::filesystem::path& script,
                                const std::vector<std::string>& arguments,
                                const std::string& command);

// Becomes that program, found as the scripts find theirs.
[[noreturn]] void become_program(const std::vector<std::string>& command);

// What the script writes to standard output. Throws Error when it fails.
std::string output_of_script(const std::filesystem::path& script,
                             const std::vector<std::string>& arguments);

// "/usr/local/bin/anemonctl service logs --system": to be typed into a shell.
std::string own_command(const std::string& words);

}  // namespace anemon
