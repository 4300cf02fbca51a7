#include "ctl/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace anemon {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : std::string(value);
}

bool forced(const char* name) {
  const std::string value = environment(name);
  return !value.empty() && value != "0";
}

bool wants_color(std::string_view word, bool interactive) {
  if (word == "always") return true;
  if (word == "never") return false;
  if (!environment("NO_COLOR").empty()) return false;
  if (forced("CLICOLOR_FORCE") || forced("FORCE_COLOR")) return true;
  return interactive;
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string value = environment(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != value.npos || value.find("utf8") != value.npos ||
           value.find("UTF8") != value.npos || value.find("utf-8") != value.npos;
  }
  return false;
}

}  // namespace

Terminal describe_terminal(std::FILE* stream, std::string_view color) {
  Terminal terminal;
  const int fd = fileno(stream);
  const bool is_terminal = isatty(fd) == 1;
  const std::string kind = environment("TERM");
  terminal.interactive = is_terminal && !kind.empty() && kind != "dumb";
  terminal.color = wants_color(color, terminal.interactive);
  terminal.utf8 = locale_is_utf8();
  if (is_terminal) {
    winsize size{};
    const bool known = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    terminal.width = known ? size.ws_col : 80;
    terminal.height = known && size.ws_row > 0 ? size.ws_row : 24;
  }
  const int columns = std::atoi(environment("COLUMNS").c_str());
  if (columns >= 20 && columns <= 1000) terminal.width = columns;
  return terminal;
}

}  // namespace anemon
