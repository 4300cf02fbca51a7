#include "ctl/commands.h"

#include <algorithm>

#include "ctl/command_rows.h"

namespace anemon {

std::span<const Command> commands() {
  static const std::vector<Command> kCommands = [] {
    std::vector<Command> all;
    for (const auto group : {look_commands(), measure_commands(), model_commands(),
                             profile_commands(), service_commands(), care_commands()}) {
      all.insert(all.end(), group.begin(), group.end());
    }
    return all;
  }();
  return kCommands;
}

const Command* find_command(std::string_view name) {
  const auto found = std::ranges::find(commands(), name, &Command::name);
  return found == commands().end() ? nullptr : &*found;
}

std::vector<std::string_view> verbs_of(std::string_view noun) {
  std::vector<std::string_view> verbs;
  for (const Command& command : commands()) {
    const size_t space = command.name.find(' ');
    if (space != command.name.npos && command.name.substr(0, space) == noun) {
      verbs.push_back(command.name.substr(space + 1));
    }
  }
  return verbs;
}

std::vector<std::string_view> first_words() {
  std::vector<std::string_view> words;
  for (const Command& command : commands()) {
    const std::string_view word = command.name.substr(0, command.name.find(' '));
    if (words.empty() || words.back() != word) words.push_back(word);
  }
  return words;
}

}  // namespace anemon
