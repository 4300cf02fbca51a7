#include <fmt/format.h>

#include "ctl/arguments.h"
#include "ctl/commands.h"
#include "ctl/completion.h"
#include "ctl/words.h"

namespace anemon {
namespace {

// The same within "[...]" or "name:..." of zsh, where these have a meaning of their own.
std::string zsh_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_action(Completes completes, std::string_view choices) {
  switch (completes) {
    case Completes::file:
      return "_files";
    case Completes::metric:
      return "_anemonctl_metrics";
    case Completes::session:
      return "_anemonctl_sessions";
    case Completes::result:
      return "_anemonctl_results";
    case Completes::topic:
      return fmt::format("({})", joined(topic_names()));
    case Completes::chip:
      return fmt::format("({})", fmt::join(chip_names(), " "));
    case Completes::words:
    case Completes::nothing:
      break;
  }
  return choices.empty() ? " " : fmt::format("({})", joined(split(choices, '|')));
}

std::string zsh_arguments(const Command& command) {
  std::string result = "_arguments -s";
  for (const Option& option : options_of(command)) {
    for (const auto name : split(option.names, ',')) {
      std::string spec =
          fmt::format("{}{}[{}]", option.repeatable ? "*" : "", name, zsh_text(option.help));
      if (!option.value.empty()) {
        spec += fmt::format(":{}:{}", zsh_text(option.value),
                            zsh_action(option.completes, option.choices));
      }
      result += " \\\n        " + single_quoted(spec);
    }
  }
  if (command.takes_command) {
    result += " \\\n        '*:::command:_normal'";
  } else if (command.operands.max > 0) {
    result +=
        " \\\n        " + single_quoted(fmt::format(
                              "*:{}:{}", zsh_text(command.operands.synopsis),
                              zsh_action(command.operands.completes, command.operands.choices)));
  }
  return result;
}

}  // namespace

std::string zsh_script() {
  std::string result =
      "#compdef anemonctl\n"
      "# anemonctl completion for zsh; save as _anemonctl in a directory of $fpath\n"
      "_anemonctl_metrics() {\n  compadd -- ";
  result += joined(metric_names());
  result +=
      fmt::format("\n}}\n_anemonctl_sessions() {{\n  compadd -- last $({})\n}}\n", kSessionsQuery);
  result += fmt::format("_anemonctl_results() {{\n  compadd -- last $({})\n  _files\n}}\n",
                        kResultsQuery);
  result += "_anemonctl() {\n  local command=\"$words[2]\"\n";
  result += "  if (( CURRENT == 2 )); then\n    local -a names=(\n";
  for (const auto word : first_words()) {
    const std::string help = help_of_first_word(word);
    result += "      " + single_quoted(fmt::format("{}:{}", word, zsh_text(help))) + '\n';
  }
  result +=
      "    )\n    _describe command names\n    return\n  fi\n  shift words; (( CURRENT-- ))\n";
  result += "  case \"$command\" in\n";
  for (const auto word : first_words()) {
    const auto verbs = verbs_of(word);
    if (verbs.empty()) continue;
    result += fmt::format(
        "    {})\n"
        "      if (( CURRENT == 2 )); then compadd -- {}; return; fi\n"
        "      command=\"$command $words[2]\"; shift words; (( CURRENT-- )) ;;\n",
        word, joined(verbs));
  }
  result += "  esac\n  case \"$command\" in\n";
  for (const Command& command : commands()) {
    result +=
        fmt::format("    {})\n      {} ;;\n", single_quoted(command.name), zsh_arguments(command));
  }
  return result + "  esac\n}\n_anemonctl \"$@\"\n";
}

}  // namespace anemon
