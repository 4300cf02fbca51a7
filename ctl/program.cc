#include "ctl/program.h"

#include <fmt/format.h>

#include <csignal>
#include <string>
#include <vector>

#include "client/client_error.h"
#include "core/edit_distance.h"
#include "core/version.h"
#include "ctl/commands.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/help.h"
#include "ctl/words.h"

namespace anemon {
namespace {

struct Line {
  const Command* command = nullptr;  // null: only global options, or only a noun
  std::string noun;                  // "sessions" without a verb
  std::vector<std::string> words;    // all but the command's name
};

bool takes_value(const std::string& word) {
  for (const Option& option : global_options()) {
    for (const auto name : split(option.names, ',')) {
      if (word == name) return !option.value.empty();
    }
  }
  return false;
}

// `noun` is "" or "sessions ", what stands before the unknown word.
[[noreturn]] void throw_unknown(const std::string& noun, std::string_view word,
                                std::span<const std::string_view> known) {
  const std::string_view nearest = nearest_name(word, known);
  throw UsageError(fmt::format("unknown command {}{}", noun, word),
                   nearest.empty() ? fmt::format("anemonctl help {}", noun)
                                   : fmt::format("did you mean {}{}?", noun, nearest));
}

// Finds the command's one or two words among the global options before them.
Line take_apart(std::vector<std::string> words) {
  std::vector<size_t> names;
  for (size_t i = 0; i < words.size() && names.size() < 2; ++i) {
    const bool is_option = words[i].size() > 1 && words[i].front() == '-';
    if (!is_option) {
      names.push_back(i);
      if (find_command(words[i]) != nullptr) break;
    } else if (words[i] == "--") {
      break;
    } else if (takes_value(words[i])) {
      ++i;
    }
  }
  Line line;
  if (names.empty()) {
    line.words = std::move(words);
    return line;
  }
  const std::string first = words[names[0]];
  line.command = find_command(first);
  if (line.command == nullptr) {
    const auto verbs = verbs_of(first);
    if (verbs.empty()) throw_unknown("", first, first_words());
    if (names.size() == 2) {
      line.command = find_command(first + ' ' + words[names[1]]);
      if (line.command == nullptr) throw_unknown(first + ' ', words[names[1]], verbs);
      words.erase(words.begin() + static_cast<ptrdiff_t>(names[1]));
    } else {
      line.noun = first;
    }
  }
  words.erase(words.begin() + static_cast<ptrdiff_t>(names[0]));
  line.words = std::move(words);
  return line;
}

int explain(const Command* command, const Error& error, int code) {
  std::string message;
  std::string prefix = "anemonctl: ";
  if (command != nullptr) prefix += fmt::format("{}: ", command->name);
  for (const auto line : split(std::string_view(error.what()), '\n')) {
    message += prefix + printable(line) + '\n';
    prefix = "  ";
  }
  if (!error.hint().empty()) message += fmt::format("  hint: {}\n", printable(error.hint()));
  std::fputs(message.c_str(), stderr);
  return code;
}

int execute(const Line& line) {
  static constexpr Command kNone = {};
  const Arguments arguments =
      parse_arguments(line.command == nullptr ? kNone : *line.command, line.words);
  if (arguments.has("version")) {
    write_text(stdout, fmt::format("anemonctl {}\n", version()));
    return kExitDone;
  }
  if (line.command == nullptr) {
    const bool asked = arguments.has("help");
    write_text(asked ? stdout : stderr,
               line.noun.empty() ? help_overview() : help_of_noun(line.noun));
    return asked ? kExitDone : kExitUsage;
  }
  if (arguments.has("help")) {
    write_text(stdout, help_of_command(*line.command));
    return kExitDone;
  }
  Context context = make_context(arguments);
  return line.command->run(context, arguments);
}

}  // namespace

int run_program(int argc, char** argv) {
  // A reader that goes away (`| head`) is no error; writing then fails and ends the command.
  std::signal(SIGPIPE, SIG_IGN);
  Line line;
  const auto failed = [&](int code) {
    return line.command != nullptr && line.command->takes_command ? kExitRunFailed : code;
  };
  try {
    line = take_apart({argv + 1, argv + argc});
    return execute(line);
  } catch (const UsageError& error) {
    return explain(line.command, error, failed(kExitUsage));
  } catch (const MissingError& error) {
    return explain(line.command, error, failed(kExitMissing));
  } catch (const NotPermittedError& error) {
    return explain(line.command, error, failed(kExitNotPermitted));
  } catch (const NotFoundError& error) {
    return explain(line.command, error, failed(kExitMissing));
  } catch (const UnreachableError& error) {
    return explain(line.command, error, failed(kExitUnreachable));
  } catch (const ProtocolError& error) {
    return explain(line.command, error, failed(kExitUnreachable));
  } catch (const DeclinedError& error) {
    return explain(line.command, error, failed(error.status() == 400 ? kExitUsage : kExitBad));
  } catch (const Error& error) {
    return explain(line.command, error, failed(kExitBad));
  } catch (const std::exception& error) {
    return explain(line.command, Error(error.what()), failed(kExitBad));
  }
}

}  // namespace anemon
