#include "daemon/command_line.h"

#include <fcntl.h>

#include <CLI/CLI.hpp>

#include "core/version.h"
#include "platform/replay_clock.h"

namespace anemon {
namespace {

struct OverrideFlag {
  const char* flag;
  const char* key;
  const char* value;
  const char* help;
};

constexpr OverrideFlag kOverrides[] = {
    {"--listen", "http.listen", "HOST:PORT", "serve metrics here (default 127.0.0.1:10263)"},
    {"--socket", "control.socket", "PATH", "control socket"},
    {"--state-dir", "state_dir", "DIR", "where sessions are kept"},
    {"--log-level", "log.level", "LEVEL", "debug, info, warn or error"},
};

// Asked before the daemon opens files of its own, one of which could get the number. Returns what
// is wrong, or nothing.
std::string writable_descriptor(const std::string& number) {
  const int mode = fcntl(std::stoi(number), F_GETFL);
  if (mode < 0) return number + " is not an open descriptor";
  if ((mode & O_ACCMODE) == O_RDONLY) return number + " is open for reading only";
  return {};
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  CLI::App app(
      "anemond samples power, frequency, temperature, memory and Neural Engine activity,\n"
      "keeps a bounded history and answers Prometheus. anemonctl talks to it.");
  app.set_version_flag("--version", "anemond " + std::string(version()));
  std::string config;
  app.add_option("--config", config, "configuration file; without it the default places are tried")
      ->type_name("FILE");
  app.add_flag("--check-config", line.check_config,
               "check the configuration, say what is wrong with it, and exit (0 good, 78 bad)");
  std::vector<std::string> values(std::size(kOverrides));
  for (size_t i = 0; i < std::size(kOverrides); ++i) {
    app.add_option(kOverrides[i].flag, values[i], kOverrides[i].help)
        ->type_name(kOverrides[i].value);
  }
  std::string replay;
  CLI::Option* replay_option =
      app.add_option("--replay", replay, "serve this recording (anemonctl record) as the machine")
          ->type_name("FILE");
  app.add_option("--speed", line.replay_speed,
                 "how many times as fast the recording runs, up to 100")
      ->type_name("N")
      ->check(CLI::Range(ReplayClock::kSlowest, ReplayClock::kFastest))
      ->needs(replay_option);
  int ready_fd = -1;
  app.add_option("--ready-fd", ready_fd,
                 "write \"URL SOCKET\" and a newline to this descriptor when ready, then close it")
      ->type_name("N")
      ->check(CLI::Range(0, 1 << 20))
      ->check(writable_descriptor);
  // Of --helper, and of nothing else.
  bool helper = false;
  RootHelperOptions helper_options;
  std::string helper_socket;
  std::string helper_powermetrics;
  CLI::Option* helper_flag = app.add_flag(
      "--helper", helper,
      "be the root helper instead, which gives the daemon's account what only root may read");
  const auto with_helper = [&](const char* flag, std::string& value, const char* help) {
    return app.add_option(flag, value, help)->needs(helper_flag);
  };
  with_helper("--helper-socket", helper_socket, "where the root helper listens")->type_name("PATH");
  with_helper("--helper-account", helper_options.account, "whom the root helper serves (_anemon)")
      ->type_name("NAME");
  with_helper("--helper-powermetrics", helper_powermetrics,
              "the program that the root helper keeps running (/usr/bin/powermetrics)")
      ->type_name("PATH");
  app.footer(
      "Signals: SIGHUP reloads the configuration, SIGTERM and SIGINT end in order, a second one at "
      "once.\nConfiguration: docs/configuration.md. Then: anemonctl status");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    line.exit_code = code == 0 ? 0 : 2;
    return line;
  }
  if (app.count("--config") > 0) line.config = config;
  if (app.count("--replay") > 0) line.replay = replay;
  if (helper) {
    helper_options.socket = helper_socket;
    helper_options.powermetrics = helper_powermetrics;
    line.helper = helper_options;
  }
  if (app.count("--ready-fd") > 0) {
    line.ready_fd = ready_fd;
    fcntl(ready_fd, F_SETFD, FD_CLOEXEC);  // a child that kept it open would hide that it was told
  }
  for (size_t i = 0; i < std::size(kOverrides); ++i) {
    if (app.count(kOverrides[i].flag) == 0) continue;
    line.overrides.push_back({kOverrides[i].key, values[i], kOverrides[i].flag});
  }
  return line;
}

}  // namespace anemon
