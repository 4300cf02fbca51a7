// The configuration in force, and how its last reload went. Thread safety: any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/clock.h"
#include "core/instruments.h"
#include "core/log.h"
#include "core/mutex.h"
#include "daemon/command_line.h"
#include "exporters/status.h"

namespace anemon {

// The configuration that a command line means, and the file it came from, if any.
struct EffectiveConfig {
  Config config;
  std::optional<std::filesystem::path> file;
};

// Reads --config, or the first default place that has a file, or takes the defaults; then the
// flags. Throws ConfigError.
EffectiveConfig effective_config(const CommandLine& command_line);

class LiveConfig {
 public:
  // Throws ConfigError when the first configuration is bad.
  LiveConfig(CommandLine command_line, Instruments& instruments, const Clock& clock, Log& log);

  std::shared_ptr<const Config> current() const;
  ConfigStatus status() const;

  // Validates the files anew, then hands the new configuration to `apply`, then keeps it. A bad
  // file changes nothing but the status, and throws ConfigError; when `apply` throws, it is
  // given the old one again. Returns the keys that wait for a restart. One reload at a time.
  std::vector<std::string> reload(const std::function<void(const Config&)>& apply);

 private:
  void note_failure(const std::string& reason) ANEMON_EXCLUDES(mutex_);
  void note_success(const Instant& now) ANEMON_REQUIRES(mutex_);

  // Constant after construction.
  const CommandLine command_line_;
  const Clock& clock_;
  Log& log_;
  prometheus::Gauge& successful_;
  prometheus::Gauge& success_time_;
  std::shared_ptr<const Config> started_with_;

  Mutex reload_mutex_;  // held for the whole of a reload

  mutable Mutex mutex_;
  std::shared_ptr<const Config> current_ ANEMON_GUARDED_BY(mutex_);
  ConfigStatus status_ ANEMON_GUARDED_BY(mutex_);
};

}  // namespace anemon
