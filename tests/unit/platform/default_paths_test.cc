#include "platform/default_paths.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/catch.h"

namespace anemon {
namespace {

// Runs `check` in a child with only these variables, as root or as an ordinary user.
template <class Check>
bool holds(bool root, std::initializer_list<std::pair<const char*, const char*>> environment,
           const Check& check) {
  const pid_t child = fork();
  if (child == 0) {
    for (const char* name : {"HOME", "STATE_DIRECTORY", "XDG_STATE_HOME", "XDG_RUNTIME_DIR",
                             "XDG_CONFIG_HOME", "XDG_DATA_HOME"}) {
      unsetenv(name);
    }
    for (const auto& [name, value] : environment) setenv(name, value, 1);
    if (!root && geteuid() == 0 && setuid(65534) != 0) _exit(2);
    _exit(check() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

using Paths = std::vector<std::filesystem::path>;

TEST_CASE("a user's things are where the XDG directories say, relative ones ignored") {
  CHECK(holds(false, {{"HOME", "/home/ann"}}, [] {
    return default_state_dir() == "/home/ann/.local/state/anemon" &&
           default_socket() == "/home/ann/.local/state/anemon/anemond.sock" &&
           user_data_dir() == "/home/ann/.local/share/anemon" &&
           default_config_files() ==
               Paths{"/home/ann/.config/anemon/anemond.yaml", "/etc/anemon/anemond.yaml"};
  }));
  CHECK(holds(false,
              {{"HOME", "/home/ann"},
               {"XDG_STATE_HOME", "/s"},
               {"XDG_RUNTIME_DIR", "/run/user/7"},
               {"XDG_CONFIG_HOME", "relative"},
               {"XDG_DATA_HOME", "/d"}},
              [] {
                return default_state_dir() == "/s/anemon" && user_data_dir() == "/d/anemon" &&
                       default_sockets() ==
                           Paths{"/run/user/7/anemon/anemond.sock", "/run/anemon/anemond.sock"} &&
                       default_config_files().front() == "/home/ann/.config/anemon/anemond.yaml";
              }));
}

TEST_CASE("a service manager's state directory wins, the first of several") {
  CHECK(holds(false, {{"HOME", "/home/ann"}, {"STATE_DIRECTORY", "/var/lib/a:/var/lib/b"}},
              [] { return default_state_dir() == "/var/lib/a"; }));
}

TEST_CASE("root's are the system's, and there is only one socket to look at") {
  if (geteuid() != 0) return;
  CHECK(holds(true, {{"HOME", "/root"}, {"XDG_RUNTIME_DIR", "/run/user/0"}}, [] {
    return default_state_dir() == "/var/lib/anemon" &&
           user_data_dir() == "/root/.local/share/anemon" &&
           default_sockets() == Paths{"/run/anemon/anemond.sock"};
  }));
}

}  // namespace
}  // namespace anemon
