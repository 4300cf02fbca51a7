// Which program runs the models.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace anemon::profiler {

// Program and arguments. `given`: a command line as --runner takes it, with '...' and "..." around
// what has blanks; empty: anemon-runner beside this program (links followed), else beside the
// library that holds this code, or in bin/ next to it, else on PATH. Throws RunFailure (not_found).
std::vector<std::string> runner_command(std::string_view given);

// The words of such a command line. Throws Error for a quote without end.
std::vector<std::string> command_words(std::string_view text);

}  // namespace anemon::profiler
