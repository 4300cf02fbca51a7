// The table of commands.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "ctl/command.h"

namespace anemon {

// In the order of the overview; the commands of a group follow each other.
std::span<const Command> commands();

// "sessions start"; null when there is none.
const Command* find_command(std::string_view name);

// The second words of "sessions ...", empty when `word` is no such noun.
std::vector<std::string_view> verbs_of(std::string_view noun);

// First words, each once.
std::vector<std::string_view> first_words();

}  // namespace anemon
