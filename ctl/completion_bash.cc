#include <fmt/format.h>

#include "ctl/arguments.h"
#include "ctl/commands.h"
#include "ctl/completion.h"
#include "ctl/words.h"

namespace anemon {
namespace {

// What completes a value, as the word list of a bash `compgen -W` or its options.
std::string bash_source(Completes completes, std::string_view choices) {
  switch (completes) {
    case Completes::file:
      return "-f";
    case Completes::metric:
      return "-W \"$metrics\"";
    case Completes::session:
      return fmt::format("-W \"last $({})\"", kSessionsQuery);
    case Completes::result:
      return fmt::format("-f -W \"last $({})\"", kResultsQuery);
    case Completes::topic:
      return fmt::format("-W \"{}\"", joined(topic_names()));
    case Completes::chip:
      return fmt::format("-W \"{}\"", fmt::join(chip_names(), " "));
    case Completes::words:
    case Completes::nothing:
      break;
  }
  return fmt::format("-W \"{}\"", joined(split(choices, '|')));
}

std::string bash_value_cases(const Command& command) {
  std::string result;
  for (const Option& option : options_of(command)) {
    if (option.value.empty()) continue;
    result += fmt::format("        {}) COMPREPLY=($(compgen {} -- \"$current\")); return ;;\n",
                          fmt::join(split(option.names, ','), "|"),
                          bash_source(option.completes, option.choices));
  }
  return result;
}

}  // namespace

std::string bash_script() {
  std::string result =
      "# anemonctl completion for bash; load it with: source <(anemonctl completion bash)\n"
      "_anemonctl() {\n"
      "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
      "  local first=\"${COMP_WORDS[1]}\" second=\"${COMP_WORDS[2]}\" command\n";
  result += fmt::format("  local metrics=\"{}\"\n", joined(metric_names()));
  result += fmt::format(
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W \"{}\" -- \"$current\")); return\n"
      "  fi\n",
      joined(first_words()));
  result += "  command=\"$first\"\n  case \"$first\" in\n";
  for (const auto word : first_words()) {
    const auto verbs = verbs_of(word);
    if (verbs.empty()) continue;
    result += fmt::format(
        "    {})\n"
        "      if [ \"$COMP_CWORD\" -eq 2 ]; then\n"
        "        COMPREPLY=($(compgen -W \"{}\" -- \"$current\")); return\n"
        "      fi\n"
        "      command=\"$first $second\" ;;\n",
        word, joined(verbs));
  }
  result += "  esac\n  case \"$command\" in\n";
  for (const Command& command : commands()) {
    result += fmt::format("    \"{}\")\n      case \"$previous\" in\n{}      esac\n", command.name,
                          bash_value_cases(command));
    result += fmt::format(
        "      if [[ \"$current\" == -* ]]; then\n"
        "        COMPREPLY=($(compgen -W \"{}\" -- \"$current\")); return\n"
        "      fi\n",
        joined(option_names(command)));
    if (command.takes_command) {
      result += "      COMPREPLY=($(compgen -c -- \"$current\")) ;;\n";
    } else if (command.operands.max > 0 && (command.operands.completes != Completes::nothing)) {
      result += fmt::format("      COMPREPLY=($(compgen {} -- \"$current\")) ;;\n",
                            bash_source(command.operands.completes, command.operands.choices));
    } else {
      result += "      ;;\n";
    }
  }
  return result + "  esac\n}\ncomplete -F _anemonctl anemonctl\n";
}

}  // namespace anemon
