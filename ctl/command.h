// What a command of anemonctl is. The rows are in ctl/*_rows.cc (command_rows.h); parsing, help,
// completions and docs/cli.md derive from them.
#pragma once

#include <span>
#include <string_view>

namespace anemon {

class Arguments;
struct Context;

// What a shell may offer for a value.
enum class Completes { nothing, file, metric, session, result, topic, chip, words };

struct Option {
  std::string_view names;  // "-i,--interval" or "--last"
  std::string_view value;  // "DUR"; empty for a flag
  std::string_view help;
  std::string_view choices = {};  // "json|csv": the only values allowed
  bool repeatable = false;
  Completes completes = Completes::nothing;

  // "max-duration" of "-m,--max-duration".
  std::string_view long_name() const { return names.substr(names.rfind("--") + 2); }
};

struct Operands {
  std::string_view synopsis;  // "[PATTERN...]"
  size_t min = 0;
  size_t max = 0;
  Completes completes = Completes::nothing;
  std::string_view choices = {};  // for Completes::words
};

struct Example {
  std::string_view command;  // without the program's name
  std::string_view meaning;
};

struct Command {
  std::string_view name;   // "status", "sessions start"
  std::string_view group;  // heading in the overview
  std::string_view help;   // one line
  Operands operands;
  std::span<const Option> options;
  std::span<const Example> examples;
  std::string_view details;  // paragraphs, wrapped at 80 columns
  int (*run)(Context& context, const Arguments& arguments);
  bool takes_command = false;  // the rest of the line is another program's
};

}  // namespace anemon
