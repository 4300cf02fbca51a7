#include "ctl/model_next.h"

#include <fmt/format.h>

#include <algorithm>

#include "ctl/model_arguments.h"
#include "ctl/words.h"

namespace anemon {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-./=,:@%+").find(c) != std::string_view::npos;
}

}  // namespace

std::string shell_word(std::string_view text) {
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + '\'';
}

std::string next_model_command(std::string_view words, const ModelStudy& study) {
  std::string command = fmt::format("anemonctl model {}", words);
  if (study.choice().origin == kAskedFor) {
    command += " --chip " + shell_word(study.chip().name);
  }
  for (const auto& [input, shape] : study.shapes()) {
    command += " --shape " + shell_word(input + '=' + models::to_text(shape));
  }
  // What begins with a dash would be an option.
  command += ' ' + shell_word((study.file().starts_with('-') ? "./" : "") + study.file());
  return printable(command) == command ? command : std::string();
}

}  // namespace anemon
