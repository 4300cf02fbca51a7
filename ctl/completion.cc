#include "ctl/completion.h"

#include <fmt/format.h>

#include "core/catalogue.h"
#include "ctl/arguments.h"
#include "ctl/commands.h"
#include "ctl/help.h"
#include "ctl/words.h"
#include "models/chips/chip.h"

namespace anemon {

const std::string_view kSessionsQuery =
    "anemonctl sessions list -o csv --no-header 2>/dev/null | cut -d, -f1,2 | tr ',' '\\n'";

const std::string_view kResultsQuery =
    "anemonctl results list -o csv --no-header 2>/dev/null | cut -d, -f1";

std::string joined(const std::vector<std::string_view>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string_view> metric_names() {
  std::vector<std::string_view> names;
  for (const MetricInfo& metric : catalogue()) names.push_back(metric.name);
  return names;
}

std::vector<std::string_view> topic_names() {
  std::vector<std::string_view> names;
  for (const Topic& topic : topics()) names.push_back(topic.name);
  for (const auto word : first_words()) names.push_back(word);
  return names;
}

std::vector<std::string> chip_names() {
  std::vector<std::string> names;
  for (const models::Chip& chip : models::chips()) {
    std::erase(names.emplace_back(chip.name), ' ');
  }
  return names;
}

std::vector<std::string_view> option_names(const Command& command) {
  std::vector<std::string_view> names;
  for (const Option& option : options_of(command)) {
    for (const auto name : split(option.names, ',')) names.push_back(name);
  }
  return names;
}

std::string single_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + '\'';
}

std::string help_of_first_word(std::string_view word) {
  const Command* command = find_command(word);
  if (command != nullptr) return std::string(command->help);
  return fmt::format("{}", fmt::join(verbs_of(word), ", "));
}

}  // namespace anemon
