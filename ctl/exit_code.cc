#include "ctl/exit_code.h"

#include <array>

namespace anemon {

std::span<const ExitCodeRow> exit_codes() {
  static constexpr std::array<ExitCodeRow, 10> kRows = {{
      {"0", "done"},
      {"1",
       "the verdict is bad: not ready, unhealthy, invalid configuration, refused by its state"},
      {"2", "usage error"},
      {"3", "the daemon is unreachable, does not answer in time, or speaks another protocol"},
      {"4", "all that was asked for by name is missing or unsupported on this machine"},
      {"5", "not permitted"},
      {"125",
       "`run` itself failed; the command was not run, or could not be measured to its end; "
       "`profile`, `ab`: the run of the model failed"},
      {"126, 127", "`run`: the command cannot be executed; is not found"},
      {"128+n", "`run`: the command was ended by signal n; otherwise its own exit code"},
      {"130", "interrupted"},
  }};
  return kRows;
}

}  // namespace anemon
