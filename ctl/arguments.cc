// The only file that knows CLI11: it takes words apart; names, help and errors are our own.
#include "ctl/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iterator>

#include "core/duration.h"
#include "core/edit_distance.h"
#include "ctl/exit_code.h"
#include "ctl/words.h"

namespace anemon {
namespace {

constexpr std::array<Option, 8> kGlobalOptions = {{
    {"--socket",
     "PATH",
     "Control socket of the daemon; also $ANEMON_SOCKET",
     {},
     false,
     Completes::file},
    {"-o,--output", "FORMAT", "table, json, csv or markdown", "table|json|csv|markdown"},
    {"--no-header", "", "Leave out the headings of tables and CSV"},
    {"-q,--quiet", "", "Only what was asked for: no summary, hint or progress"},
    {"--color", "WHEN", "auto, always or never", "auto|always|never"},
    {"--timeout", "DUR", "Longest wait for an answer of the daemon (default 5s)"},
    {"-h,--help", "", "Explain the command"},
    {"--version", "", "Print the version"},
}};

std::vector<std::string_view> known_names(const Command& command) {
  std::vector<std::string_view> names;
  for (const Option& option : options_of(command)) {
    for (const auto name : split(option.names, ',')) names.push_back(name);
  }
  return names;
}

[[noreturn]] void throw_unknown_option(const Command& command, std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  const std::string_view nearest = nearest_name(name, known_names(command));
  throw UsageError(fmt::format("unknown option {}", name),
                   nearest.empty() ? fmt::format("anemonctl {} --help", command.name)
                                   : fmt::format("did you mean {}?", nearest));
}

void check_choice(const Option& option, const std::string& value) {
  if (option.choices.empty()) return;
  const auto choices = split(option.choices, '|');
  if (std::ranges::find(choices, value) != choices.end()) return;
  const std::string_view nearest = nearest_name(value, choices);
  throw UsageError(fmt::format("--{}: unknown value {}", option.long_name(), value),
                   nearest.empty() ? fmt::format("one of {}", fmt::join(choices, ", "))
                                   : fmt::format("did you mean {}?", nearest));
}

[[noreturn]] void throw_not_a(std::string_view option, std::string_view what,
                              const std::string& value, std::string_view example) {
  throw UsageError(fmt::format("--{}: {} is not {}", option, value, what),
                   fmt::format("for example --{} {}", option, example));
}

}  // namespace

std::span<const Option> global_options() { return kGlobalOptions; }

std::vector<Option> options_of(const Command& command) {
  std::vector<Option> options(command.options.begin(), command.options.end());
  std::ranges::copy_if(kGlobalOptions, std::back_inserter(options), [&](const Option& option) {
    return std::ranges::find(command.options, option.long_name(), &Option::long_name) ==
           command.options.end();
  });
  return options;
}

bool Arguments::has(std::string_view option) const { return options_.contains(option); }

std::string Arguments::value(std::string_view option, std::string_view fallback) const {
  const auto found = options_.find(option);
  return found == options_.end() ? std::string(fallback) : found->second.back();
}

std::vector<std::string> Arguments::values(std::string_view option) const {
  const auto found = options_.find(option);
  return found == options_.end() ? std::vector<std::string>{} : found->second;
}

std::optional<Duration> Arguments::duration(std::string_view option) const {
  if (!has(option)) return std::nullopt;
  const auto parsed = parse_duration(value(option));
  if (!parsed || *parsed <= Duration::zero()) {
    throw_not_a(option, "a duration", value(option), "500ms, 10s or 5m");
  }
  return parsed;
}

std::optional<int> Arguments::count(std::string_view option) const {
  if (!has(option)) return std::nullopt;
  const std::string text = value(option);
  const bool digits = !text.empty() && text.size() <= 7 &&
                      std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const int number = digits ? std::stoi(text) : 0;
  if (number < 1 || number > 1'000'000) throw_not_a(option, "a number from 1", text, "3");
  return number;
}

std::vector<std::pair<std::string, std::string>> Arguments::pairs(std::string_view option) const {
  std::vector<std::pair<std::string, std::string>> result;
  for (const std::string& text : values(option)) {
    const size_t equals = text.find('=');
    if (equals == 0 || equals == text.npos) throw_not_a(option, "KEY=VALUE", text, "batch=8");
    result.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

Arguments parse_arguments(const Command& command, std::vector<std::string> words) {
  Arguments result;
  const auto marker = std::ranges::find(words, "--");
  const bool has_marker = marker != words.end();
  const std::vector<std::string> after_marker(has_marker ? marker + 1 : marker, words.end());
  words.erase(marker, words.end());

  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  if (command.takes_command && !has_marker) app.prefix_command();
  std::map<std::string_view, std::pair<const Option*, std::vector<std::string>>> values;
  std::map<std::string_view, bool> flags;
  const std::vector<Option> options = options_of(command);
  for (const Option& option : options) {
    const std::string names(option.names);
    if (option.value.empty()) {
      app.add_flag(names, flags[option.long_name()]);
      continue;
    }
    auto& slot = values[option.long_name()];
    slot.first = &option;
    app.add_option(names, slot.second)->allow_extra_args(false)->type_name("");
  }

  std::ranges::reverse(words);  // CLI11 takes words from the back
  try {
    app.parse(words);
  } catch (const CLI::ArgumentMismatch& error) {
    throw UsageError(fmt::format("an option lacks its value: {}", error.what()),
                     fmt::format("anemonctl {} --help", command.name));
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what(), fmt::format("anemonctl {} --help", command.name));
  }

  for (const auto& [name, given] : flags) {
    if (given) result.options_[std::string(name)] = {""};
  }
  for (auto& [name, slot] : values) {
    if (slot.second.empty()) continue;
    for (const std::string& value : slot.second) check_choice(*slot.first, value);
    result.options_[std::string(name)] = std::move(slot.second);
  }

  std::vector<std::string> rest = app.remaining();
  const auto unknown = std::ranges::find_if(
      rest, [](const std::string& word) { return word.size() > 1 && word.front() == '-'; });
  const bool foreign = command.takes_command && !has_marker;
  if (unknown != rest.end() && (!foreign || unknown == rest.begin())) {
    throw_unknown_option(command, *unknown);
  }
  if (result.has("help") || result.has("version")) return result;

  if (command.takes_command) {
    if (has_marker && !rest.empty()) {
      throw UsageError(fmt::format("unexpected {} before --", rest.front()),
                       "the command to run follows --");
    }
    result.command_ = has_marker ? after_marker : std::move(rest);
    if (result.command_.empty()) {
      throw UsageError("no command to run", "anemonctl run -- CMD [ARG...]");
    }
    return result;
  }
  result.operands_ = std::move(rest);
  result.operands_.insert(result.operands_.end(), after_marker.begin(), after_marker.end());
  const size_t count = result.operands_.size();
  if (count < command.operands.min || count > command.operands.max) {
    throw UsageError(
        count < command.operands.min
            ? "an argument is missing"
            : fmt::format("unexpected argument {}", result.operands_[command.operands.max]),
        fmt::format("usage: anemonctl {} {}", command.name, command.operands.synopsis));
  }
  return result;
}

}  // namespace anemon
