// macOS: Application Support for users, /var and Homebrew's etc for root.
#include <unistd.h>

#include "platform/default_paths.h"

namespace anemon {
namespace {

// Not below /var/run, which is empty after each boot: only root could make the folder again.
constexpr const char* kSystemSocket = "/var/db/anemon/run/anemond.sock";

std::filesystem::path application_support() {
  return home_directory() / "Library" / "Application Support" / "anemon";
}

}  // namespace

std::filesystem::path default_state_dir() {
  if (const auto given = environment_path("STATE_DIRECTORY"); !given.empty()) return given;
  if (geteuid() == 0) return "/var/db/anemon";
  return application_support();
}

std::filesystem::path user_data_dir() { return application_support(); }

std::filesystem::path default_socket() {
  if (geteuid() == 0) return kSystemSocket;
  return application_support() / "anemond.sock";
}

std::vector<std::filesystem::path> default_sockets() {
  std::vector<std::filesystem::path> sockets = {default_socket()};
  if (sockets.front() != kSystemSocket) sockets.emplace_back(kSystemSocket);
  return sockets;
}

std::filesystem::path default_helper_socket() { return "/var/db/anemon/helper/helper.sock"; }

std::vector<std::filesystem::path> default_config_files() {
  return {application_support() / "anemond.yaml", "/etc/anemon/anemond.yaml",
          "/opt/homebrew/etc/anemon/anemond.yaml"};
}

}  // namespace anemon
