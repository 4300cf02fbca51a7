#include "daemon/live_config.h"

#include <prometheus/gauge.h>

#include <utility>

#include "collectors/collectors.h"
#include "config/loader.h"
#include "config/show.h"
#include "platform/default_paths.h"

namespace anemon {

EffectiveConfig effective_config(const CommandLine& command_line) {
  EffectiveConfig effective;
  effective.file = command_line.config;
  if (!effective.file) {
    for (const auto& place : default_config_files()) {
      std::error_code absent;
      if (!std::filesystem::exists(place, absent)) continue;
      effective.file = place;
      break;
    }
  }
  effective.config = effective.file ? load_config(*effective.file, collector_specs())
                                    : default_config(collector_specs());
  for (const auto& [key, value, flag] : command_line.overrides) {
    override_config(effective.config, key, value, flag);
  }
  if (effective.config.state_dir.empty()) effective.config.state_dir = default_state_dir();
  if (effective.config.control.socket.empty()) effective.config.control.socket = default_socket();
  return effective;
}

LiveConfig::LiveConfig(CommandLine command_line, Instruments& instruments, const Clock& clock,
                       Log& log)
    : command_line_(std::move(command_line)),
      clock_(clock),
      log_(log),
      successful_(instruments.gauge(Metric::kReloadSuccessful)),
      success_time_(instruments.gauge(Metric::kReloadTimestamp)) {
  EffectiveConfig effective = effective_config(command_line_);
  started_with_ = std::make_shared<const Config>(std::move(effective.config));
  const Lock lock(mutex_);
  current_ = started_with_;
  if (effective.file) status_.path = effective.file->string();
  note_success(clock_.now());
}

std::shared_ptr<const Config> LiveConfig::current() const {
  const Lock lock(mutex_);
  return current_;
}

ConfigStatus LiveConfig::status() const {
  const Lock lock(mutex_);
  return status_;
}

void LiveConfig::note_success(const Instant& now) {
  status_.last_reload_ok = true;
  status_.last_reload = now.wall;
  status_.error.reset();
  successful_.Set(1);
  success_time_.Set(to_seconds(now.wall));
}

void LiveConfig::note_failure(const std::string& reason) {
  successful_.Set(0);
  log_.error("configuration not reloaded; the old one stays in force", {{"reason", reason}});
  const Lock lock(mutex_);
  status_.last_reload_ok = false;
  status_.error = reason;
}

std::vector<std::string> LiveConfig::reload(const std::function<void(const Config&)>& apply) {
  const Lock one_at_a_time(reload_mutex_);
  EffectiveConfig effective;
  try {
    effective = effective_config(command_line_);
  } catch (const ConfigError& error) {
    note_failure(error.what());
    throw;
  }
  auto next = std::make_shared<const Config>(std::move(effective.config));
  try {
    apply(*next);
  } catch (const std::exception& error) {
    note_failure(error.what());
    apply(*current());  // a part may have taken the new one
    throw;
  }
  std::vector<std::string> waiting = restart_only_changes(*started_with_, *next);
  const Lock lock(mutex_);
  current_ = std::move(next);
  status_.path.reset();
  if (effective.file) status_.path = effective.file->string();
  status_.restart_required = waiting;
  note_success(clock_.now());
  log_.info("configuration reloaded", {{"file", status_.path.value_or("defaults")},
                                       {"waiting_for_restart", std::to_string(waiting.size())}});
  return waiting;
}

}  // namespace anemon
