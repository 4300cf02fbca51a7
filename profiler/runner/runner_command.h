// Which program runs the models.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace anemon::profiler {

// Folders in which anemon-runner may be, first to last: beside this program (links followed),
// beside the library that holds this code, in bin/ next to that, on PATH.
std::vector<std::filesystem::path> runner_places();

// Program and arguments. `given`: a command line as --runner takes it, with '...' and "..." around
// what has blanks; empty: the first anemon-runner in `places`. Throws RunFailure (not_found).
std::vector<std::string> runner_command(
    std::string_view given, const std::vector<std::filesystem::path>& places = runner_places());

// The words of such a command line. Throws Error for a quote without end.
std::vector<std::string> command_words(std::string_view text);

}  // namespace anemon::profiler
