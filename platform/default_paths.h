// Where things are when neither a flag nor the configuration says so: one set for the system (root)
// and one for each user. Pure look-ups of the environment and the user database; nothing is made.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace anemon {

// Sessions and the daemon's lock live here. A service manager's $STATE_DIRECTORY wins.
std::filesystem::path default_state_dir();

// What a user keeps for good, root like everybody else.
std::filesystem::path user_data_dir();

// The control socket a daemon started by this user listens on.
std::filesystem::path default_socket();

// Where a client looks for a daemon, first to last: this user's, then the system's.
std::vector<std::filesystem::path> default_sockets();

// Where the root helper listens, in a folder of its own that is root's.
std::filesystem::path default_helper_socket();

// Where a configuration is looked for, first to last: this user's, then the system's.
std::vector<std::filesystem::path> default_config_files();

// The user's home from $HOME, else from the user database, else "/".
std::filesystem::path home_directory();

// An environment variable that holds an absolute path; empty when unset or relative (the XDG base
// directory specification has relative ones ignored).
std::filesystem::path environment_path(const char* variable);

}  // namespace anemon
