// anemond's command line. Flags say the same as keys of the configuration and win over them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "helper/root_helper.h"

namespace anemon {

struct CommandLine {
  std::optional<std::filesystem::path> config;  // nothing: the default places are searched
  bool check_config = false;
  // A recording to serve instead of this machine, and how many times as fast as it was made.
  std::optional<std::filesystem::path> replay;
  double replay_speed = 1;
  // Key of the configuration and value, with the flag's name for messages.
  struct Override {
    std::string key, value, flag;
  };
  std::vector<Override> overrides;
  // Descriptor that is told the metrics URL and the control socket once all collectors answered.
  std::optional<int> ready_fd;
  // Not the daemon but its root helper.
  std::optional<RootHelperOptions> helper;
  std::optional<int> exit_code;  // set when --help, --version or a mistake has been answered
};

CommandLine parse_command_line(int argc, char** argv);

}  // namespace anemon
