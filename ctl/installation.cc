#include "ctl/installation.h"

#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>

#include "client/control_client.h"
#include "collectors/collectors.h"
#include "config/loader.h"
#include "core/json_access.h"
#include "ctl/configuration_file.h"
#include "ctl/words.h"
#include "platform/default_paths.h"

namespace anemon {
namespace {

struct Kind {
  const char* word;  // of launchd/control
  const char* name;
  const char* option;
};
constexpr std::array<Kind, 3> kKinds = {{
    {"user", "user agent", "--user"},
    {"system", "system daemon", "--system"},
    {"helper", "root helper", "--helper"},
}};

// The lines of `control show`; what follows them is launchctl's.
Installation parse_shown(const Kind& kind, std::string_view shown) {
  std::array<std::string, 7> lines;
  for (std::string& line : lines) {
    const size_t end = shown.find('\n');
    if (end == shown.npos) throw Error("launchd/control says too little: is it another version's?");
    line = shown.substr(0, end);
    shown.remove_prefix(end + 1);
  }
  Installation result;
  result.name = kind.name;
  result.option = kind.option;
  result.job = lines[0];
  result.plist = lines[1];
  result.installed = lines[2] == "yes";
  result.loaded = lines[3] == "yes";
  result.log = lines[4];
  result.config = lines[5];
  result.program = lines[6];
  if (result.loaded) result.launchd = parse_launchctl_print(shown);
  return result;
}

}  // namespace

std::vector<Installation> installations(const LaunchdScripts& scripts) {
  std::vector<Installation> result;
  for (const Kind& kind : kKinds) {
    result.push_back(
        parse_shown(kind, output_of_script(scripts.folder / "control", {"show", kind.word})));
  }
  return result;
}

InstalledConfig read_config(const Installation& installation) {
  InstalledConfig result;
  if (installation.option == "--helper") return result;
  const bool of_user = installation.option == "--user";
  result.file =
      installation.config.empty() && of_user ? found_configuration() : installation.config;
  try {
    if (!result.file.empty()) {
      result.socket = load_config(result.file, collector_specs()).control.socket;
    }
  } catch (const ConfigError& error) {
    result.problems = error.problems();
  }
  // Root's own default is the system's socket, not that of the user who called sudo.
  if (result.socket.empty() && !(of_user && geteuid() == 0)) {
    result.socket = of_user ? default_sockets().front() : default_sockets().back();
  }
  return result;
}

std::optional<Answer> ask(const std::filesystem::path& socket, Duration timeout) {
  if (socket.empty()) return std::nullopt;
  try {
    const Json status = ControlClient(socket, timeout).status();
    return Answer{static_cast<int64_t>(number(status, "/pid").value_or(0)),
                  text(status, "/version")};
  } catch (const Error&) {
    return std::nullopt;  // missing, refused or not permitted: it does not answer
  }
}

}  // namespace anemon
