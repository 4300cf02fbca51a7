// What is installed under launchd, and how it fares.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "ctl/launchd_job.h"
#include "ctl/launchd_scripts.h"

namespace anemon {

struct Installation {
  std::string name;    // "user agent", "system daemon" or "root helper"
  std::string option;  // of anemonctl: "--user", "--system" or "--helper"
  std::string job;     // "gui/501/io.anemon.anemond"
  std::filesystem::path plist;
  bool installed = false;         // the plist exists
  bool loaded = false;            // launchd has the job
  LaunchdJob launchd;             // when loaded
  std::filesystem::path log;      // empty when unknown
  std::filesystem::path program;  // that its plist names; empty when it cannot be read
  std::filesystem::path config;   // that its plist names; empty: the first default place's
};

// All three, in the order of those names.
std::vector<Installation> installations(const LaunchdScripts& scripts);

// What its configuration says, as the daemon would read it: its own, since the user's agent and the
// system's daemon have different ones.
struct InstalledConfig {
  std::filesystem::path file;         // empty: the defaults
  std::filesystem::path socket;       // empty when it cannot be known
  std::vector<std::string> problems;  // "file:line:column: reason"
};
InstalledConfig read_config(const Installation& installation);

// A daemon that answers at its socket.
struct Answer {
  int64_t pid = 0;
  std::string version;
};
std::optional<Answer> ask(const std::filesystem::path& socket, Duration timeout);

}  // namespace anemon
