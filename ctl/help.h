// Help for people, all of it derived from the command table.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ctl/command.h"

namespace anemon {

struct Topic {
  std::string_view name;
  std::string_view title;
  std::string (*text)();  // paragraphs and indented lines, at most 80 columns wide
};
std::span<const Topic> topics();

std::string help_overview();
std::string help_of_command(const Command& command);  // examples first
std::string help_of_noun(std::string_view noun);      // "sessions"

// docs/cli.md.
std::string cli_reference();

}  // namespace anemon
