#include "ctl/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/edit_distance.h"
#include "ctl/arguments.h"
#include "ctl/commands.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/words.h"

namespace anemon {
namespace {

constexpr size_t kWidth = 80;

// "  left      right", the right side wrapped and aligned.
std::string two_columns(std::string_view left, std::string_view right, size_t left_width) {
  std::string result = fmt::format("  {:<{}}", left, left_width);
  if (display_width(left) > left_width) result += '\n' + std::string(left_width + 2, ' ');
  bool first = true;
  for (const auto& line : wrap(right, kWidth - left_width - 4)) {
    if (!first) result += '\n' + std::string(left_width + 2, ' ');
    result += "  " + line;
    first = false;
  }
  return result + '\n';
}

std::string options_text(std::span<const Option> options) {
  std::string result;
  for (const Option& option : options) {
    std::string left;
    for (const auto name : split(option.names, ',')) {
      left += (left.empty() ? "" : ", ") + std::string(name);
    }
    if (!option.value.empty()) left += ' ' + std::string(option.value);
    std::string right(option.help);
    if (!option.choices.empty() && option.names != "-o,--output" && option.names != "--color") {
      right += fmt::format(" ({})", fmt::join(split(option.choices, '|'), ", "));
    }
    result += two_columns(left, right, 24);
  }
  return result;
}

std::string synopsis(const Command& command) {
  std::string result = fmt::format("anemonctl {}", command.name);
  if (!command.options.empty()) result += " [OPTION...]";
  if (!command.operands.synopsis.empty()) result += fmt::format(" {}", command.operands.synopsis);
  return result;
}

}  // namespace

std::string help_overview() {
  std::string result =
      "anemonctl: what a model costs this machine in time, energy, heat and memory\n\n"
      "  anemonctl status            is the daemon running, and does it keep up?\n"
      "  anemonctl top               power, activity and memory, live\n"
      "  anemonctl run -- CMD        measure a command\n";
  std::string_view group;
  for (const Command& command : commands()) {
    if (command.group != group) {
      group = command.group;
      result += fmt::format("\n{}\n", group);
    }
    result += two_columns(command.name, command.help, 20);
  }
  result += "\nOptions of every command\n" + options_text(global_options());
  result += "\nTopics (anemonctl help TOPIC): ";
  for (const Topic& topic : topics()) {
    result += fmt::format("{}{}", &topic == topics().data() ? "" : ", ", topic.name);
  }
  return result + '\n';
}

std::string help_of_command(const Command& command) {
  std::string result = fmt::format("{}\n\n", command.help);
  for (const Example& example : command.examples) {
    result += fmt::format("  anemonctl {}\n      {}\n", example.command, example.meaning);
  }
  result += fmt::format("\nUsage: {}\n", synopsis(command));
  if (!command.details.empty()) {
    result += '\n';
    for (const auto& line : wrap(command.details, kWidth)) result += line + '\n';
  }
  if (!command.options.empty()) result += "\nOptions\n" + options_text(command.options);
  const std::vector<Option> all = options_of(command);
  result +=
      "\nOptions of every command\n" + options_text(std::span(all).subspan(command.options.size()));
  return result;
}

std::string help_of_noun(std::string_view noun) {
  std::string result = fmt::format("Usage: anemonctl {} COMMAND\n\n", noun);
  for (const auto verb : verbs_of(noun)) {
    const std::string name = fmt::format("{} {}", noun, verb);
    result += two_columns(name, find_command(name)->help, 20);
  }
  return result;
}

int print_help(Context&, const Arguments& arguments) {
  const auto& words = arguments.operands();
  if (words.empty()) {
    write_text(stdout, help_overview());
    return kExitDone;
  }
  const std::string name = fmt::format("{}", fmt::join(words, " "));
  if (const Command* command = find_command(name)) {
    write_text(stdout, help_of_command(*command));
    return kExitDone;
  }
  std::string text;
  const auto topic = std::ranges::find(topics(), std::string_view(name), &Topic::name);
  if (topic != topics().end()) text = topic->text();
  if (!verbs_of(name).empty()) text += (text.empty() ? "" : "\n") + help_of_noun(name);
  if (text.empty()) {
    std::vector<std::string_view> known = first_words();
    for (const Command& command : commands()) known.push_back(command.name);
    for (const Topic& each : topics()) known.push_back(each.name);
    const std::string_view nearest = nearest_name(name, known);
    throw UsageError(fmt::format("no help for {}", name),
                     nearest.empty() ? "anemonctl help" : fmt::format("did you mean {}?", nearest));
  }
  write_text(stdout, text);
  return kExitDone;
}

std::string cli_reference() {
  std::string result =
      "# anemonctl\n\n"
      "<!-- Generated from the command table in ctl/*_rows.cc; do not edit. -->\n\n"
      "`anemonctl COMMAND --help` and `anemonctl help TOPIC` say the same in a terminal.\n";
  result += "\n## Commands\n\n| command | |\n| --- | --- |\n";
  for (const Command& command : commands()) {
    std::string anchor(command.name);
    std::ranges::replace(anchor, ' ', '-');
    result += fmt::format("| [`{}`](#{}) | {} |\n", command.name, anchor, command.help);
  }
  const auto code_block = [](const std::string& text) { return "```\n" + text + "```\n"; };
  result += "\n## Options of every command\n\n" + code_block(options_text(global_options()));
  for (const Command& command : commands()) {
    result +=
        fmt::format("\n## {}\n\n{}.\n\n    {}\n", command.name, command.help, synopsis(command));
    if (!command.details.empty()) {
      result += '\n';
      for (const auto& line : wrap(command.details, 100)) result += line + '\n';
    }
    result += '\n';
    for (const Example& example : command.examples) {
      result += fmt::format("* `anemonctl {}`: {}\n", example.command, example.meaning);
    }
    if (!command.options.empty()) result += '\n' + code_block(options_text(command.options));
  }
  for (const Topic& topic : topics()) {
    result += fmt::format("\n## {}\n\n{}", topic.title, code_block(topic.text()));
  }
  return result;
}

}  // namespace anemon
