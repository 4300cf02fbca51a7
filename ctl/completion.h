// Completion scripts, written from the command table. Metric names are part of the script; sessions
// are asked for when they are needed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ctl/command.h"

namespace anemon {

std::string bash_script();
std::string zsh_script();
std::string fish_script();

// What the three share.
extern const std::string_view kSessionsQuery;  // a shell pipeline that prints ids and names
extern const std::string_view kResultsQuery;   // the same of ids of results
std::string joined(const std::vector<std::string_view>& words);
std::vector<std::string_view> metric_names();
std::vector<std::string_view> topic_names();
std::vector<std::string> chip_names();  // without blanks, for they are words
std::vector<std::string_view> option_names(const Command& command);
std::string single_quoted(std::string_view text);
// What a first word does: its help, or its verbs.
std::string help_of_first_word(std::string_view word);

}  // namespace anemon
