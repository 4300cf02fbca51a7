#include <fmt/format.h>

#include "ctl/arguments.h"
#include "ctl/commands.h"
#include "ctl/completion.h"
#include "ctl/words.h"

namespace anemon {
namespace {

std::string fish_source(Completes completes, std::string_view choices) {
  switch (completes) {
    case Completes::file:
      return "-r -F";
    case Completes::metric:
      return "-x -a \"$__anemonctl_metrics\"";
    case Completes::session:
      return fmt::format("-x -a \"last ({})\"", kSessionsQuery);
    case Completes::result:
      return fmt::format("-r -F -a \"last ({})\"", kResultsQuery);
    case Completes::topic:
      return "-x -a " + single_quoted(joined(topic_names()));
    case Completes::chip:
      return "-x -a " + single_quoted(fmt::format("{}", fmt::join(chip_names(), " ")));
    case Completes::words:
    case Completes::nothing:
      break;
  }
  return choices.empty() ? "-x" : "-x -a " + single_quoted(joined(split(choices, '|')));
}

std::string fish_option(const Option& option, const std::string& condition) {
  std::string line = "complete -c anemonctl" + condition;
  for (const auto name : split(option.names, ',')) {
    line += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2))
                                   : fmt::format(" -s {}", name.substr(1));
  }
  if (!option.value.empty()) line += ' ' + fish_source(option.completes, option.choices);
  return line + " -d " + single_quoted(option.help) + '\n';
}

}  // namespace

std::string fish_script() {
  std::string result =
      "# anemonctl completion for fish; save as ~/.config/fish/completions/anemonctl.fish\n";
  result += fmt::format("set -g __anemonctl_metrics {}\n", joined(metric_names()));
  result += fmt::format("set -g __anemonctl_first {}\n", joined(first_words()));
  result += "complete -c anemonctl -f\n";
  for (const auto word : first_words()) {
    const std::string help = help_of_first_word(word);
    result += fmt::format(
        "complete -c anemonctl -n \"not __fish_seen_subcommand_from $__anemonctl_first\" -a {} -d "
        "{}\n",
        word, single_quoted(help));
    for (const auto verb : verbs_of(word)) {
      result += fmt::format(
          "complete -c anemonctl -n '__fish_seen_subcommand_from {}; and not "
          "__fish_seen_subcommand_from {}' -a {} -d {}\n",
          word, joined(verbs_of(word)), verb,
          single_quoted(find_command(fmt::format("{} {}", word, verb))->help));
    }
  }
  for (const Option& option : global_options()) result += fish_option(option, "");
  for (const Command& command : commands()) {
    std::string condition = " -n '";
    bool first = true;
    for (const auto word : split(command.name, ' ')) {
      condition += fmt::format("{}__fish_seen_subcommand_from {}", first ? "" : "; and ", word);
      first = false;
    }
    condition += '\'';
    for (const Option& option : command.options) result += fish_option(option, condition);
    if (command.takes_command) {
      result +=
          fmt::format("complete -c anemonctl{} -x -a '(__fish_complete_subcommand)'\n", condition);
    } else if (command.operands.completes != Completes::nothing) {
      result += fmt::format("complete -c anemonctl{} {}\n", condition,
                            fish_source(command.operands.completes, command.operands.choices));
    }
  }
  return result;
}

}  // namespace anemon
