#include <fmt/format.h>

#include "ctl/completion.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"

namespace anemon {

int print_completion(Context& context, const Arguments& arguments) {
  const std::string& shell = arguments.operands().front();
  if (shell == "bash") {
    write_text(context.out.file, bash_script());
  } else if (shell == "zsh") {
    write_text(context.out.file, zsh_script());
  } else if (shell == "fish") {
    write_text(context.out.file, fish_script());
  } else {
    throw UsageError(fmt::format("no completion for {}", shell), "bash, zsh or fish");
  }
  return kExitDone;
}

}  // namespace anemon
