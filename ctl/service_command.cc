// `anemonctl service ...`: the scripts of launchd/ do the work, this only starts them.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "client/client_error.h"
#include "ctl/confirmation.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/installation.h"

namespace anemon {
namespace {

// The options that mean the same to the scripts.
std::vector<std::string> passed_on(const Arguments& arguments) {
  if (arguments.has("user") && arguments.has("system")) {
    throw UsageError("--user and --system exclude each other");
  }
  std::vector<std::string> options;
  for (const char* option : {"user", "system", "with-root-helper", "purge", "dry-run"}) {
    if (arguments.has(option)) options.push_back(std::string("--") + option);
  }
  return options;
}

int run_control(std::string_view verb, const Arguments& arguments) {
  std::vector<std::string> words = passed_on(arguments);
  const LaunchdScripts scripts = find_launchd_scripts();
  const std::string command = own_command(
      fmt::format("service {}{}{}", verb, words.empty() ? "" : " ", fmt::join(words, " ")));
  words.insert(words.begin(), std::string(verb));
  become_script(scripts.folder / "control", words, command);
}

const Installation& wanted(const std::vector<Installation>& all, const Arguments& arguments) {
  for (const Installation& each : all) {
    if (arguments.has(each.option.substr(2))) return each;
  }
  const auto found = std::ranges::find_if(
      all, [](const Installation& each) { return each.installed || each.loaded; });
  if (found == all.end()) {
    throw MissingError("anemond is not installed", own_command("service install"));
  }
  return *found;
}

}  // namespace

int install_service(Context&, const Arguments& arguments) {
  std::vector<std::string> words = passed_on(arguments);
  if (!arguments.has("user") && !arguments.has("system")) {
    if (arguments.has("with-root-helper")) {
      throw UsageError("the root helper belongs to --system",
                       "sudo " + own_command("service install --system --with-root-helper"));
    }
    words.insert(words.begin(), "--user");
  }
  const LaunchdScripts scripts = find_launchd_scripts();
  const std::string command = own_command(fmt::format("service install {}", fmt::join(words, " ")));
  words.insert(words.end(), {"--bin-dir", scripts.programs.string()});
  become_script(scripts.folder / "install", words, command);
}

int uninstall_service(Context& context, const Arguments& arguments) {
  std::vector<std::string> words = passed_on(arguments);
  const LaunchdScripts scripts = find_launchd_scripts();
  if (arguments.has("purge") && !arguments.has("yes") && !arguments.has("dry-run") &&
      !confirmed("Delete every session, the configuration and the logs too?")) {
    context.remark("nothing uninstalled");
    return kExitBad;
  }
  std::string command =
      fmt::format("service uninstall{}{}", words.empty() ? "" : " ", fmt::join(words, " "));
  if (arguments.has("yes")) command += " --yes";
  become_script(scripts.folder / "uninstall", words, own_command(command));
}

int start_service(Context&, const Arguments& arguments) { return run_control("start", arguments); }
int stop_service(Context&, const Arguments& arguments) { return run_control("stop", arguments); }
int restart_service(Context&, const Arguments& arguments) {
  return run_control("restart", arguments);
}

int show_service_log(Context&, const Arguments& arguments) {
  if (arguments.has("user") + arguments.has("system") + arguments.has("helper") > 1) {
    throw UsageError("--user, --system and --helper exclude each other");
  }
  const int lines = arguments.count("lines").value_or(50);
  const std::vector<Installation> all = installations(find_launchd_scripts());
  const Installation& installation = wanted(all, arguments);
  if (installation.log.empty()) {
    throw MissingError(fmt::format("the {} is not installed: there is no {}", installation.name,
                                   installation.plist.string()),
                       own_command("service install"));
  }
  struct stat found {};
  if (stat(installation.log.c_str(), &found) != 0 || access(installation.log.c_str(), R_OK) != 0) {
    const std::string message =
        fmt::format("{}: {}", installation.log.string(), std::strerror(errno));
    if (errno != EACCES) {
      throw MissingError(message, "it is written when the daemon starts: anemonctl service status");
    }
    throw NotPermittedError(message, "sudo " + own_command("service logs " + installation.option));
  }
  // By name: a rotated log goes on in a new file.
  std::vector<std::string> command = {"tail", "-n", std::to_string(lines)};
  if (arguments.has("follow")) command.emplace_back("-F");
  command.push_back(installation.log.string());
  become_program(command);
}

}  // namespace anemon
