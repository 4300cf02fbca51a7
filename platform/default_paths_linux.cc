// Linux: the XDG base directories for users, the file-system hierarchy standard for root.
#include <unistd.h>

#include <string>

#include "platform/default_paths.h"

namespace anemon {
namespace {

constexpr const char* kSystemSocket = "/run/anemon/anemond.sock";

std::filesystem::path base_directory(const char* variable, const char* below_home) {
  if (auto path = environment_path(variable); !path.empty()) return path;
  return home_directory() / below_home;
}

}  // namespace

std::filesystem::path default_state_dir() {
  // systemd passes a colon-separated list; the first is ours.
  if (const auto given = environment_path("STATE_DIRECTORY"); !given.empty()) {
    const std::string& list = given.native();
    return list.substr(0, list.find(':'));
  }
  if (geteuid() == 0) return "/var/lib/anemon";
  return base_directory("XDG_STATE_HOME", ".local/state") / "anemon";
}

std::filesystem::path user_data_dir() {
  return base_directory("XDG_DATA_HOME", ".local/share") / "anemon";
}

std::filesystem::path default_socket() {
  if (geteuid() == 0) return kSystemSocket;
  if (const auto runtime = environment_path("XDG_RUNTIME_DIR"); !runtime.empty()) {
    return runtime / "anemon" / "anemond.sock";
  }
  // Without a runtime directory, never a shared one: in /tmp anybody could be there first.
  return default_state_dir() / "anemond.sock";
}

std::vector<std::filesystem::path> default_sockets() {
  std::vector<std::filesystem::path> sockets = {default_socket()};
  if (sockets.front() != kSystemSocket) sockets.emplace_back(kSystemSocket);
  return sockets;
}

std::filesystem::path default_helper_socket() { return "/run/anemon-helper/helper.sock"; }

std::vector<std::filesystem::path> default_config_files() {
  return {base_directory("XDG_CONFIG_HOME", ".config") / "anemon" / "anemond.yaml",
          "/etc/anemon/anemond.yaml"};
}

}  // namespace anemon
