#include "ctl/confirmation.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "ctl/exit_code.h"
#include "ctl/report.h"

namespace anemon {

bool confirmed(const std::string& question) {
  if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1) {
    throw UsageError("deleting needs a yes, and this is no terminal", "add --yes");
  }
  write_text(stderr, fmt::format("{} [y/N] ", question));
  const int answer = std::getchar();
  return answer == 'y' || answer == 'Y';
}

}  // namespace anemon
