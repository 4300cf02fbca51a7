// The logging seam. Libraries write events to a Log they are given; only the daemon knows that it
// is spdlog on stderr (daemon/stderr_log.h), and tests keep the lines in memory.
//
// Log changes of state, not states: one line when a collector starts to fail, none at every tick.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace anemon {

enum class LogLevel { debug, info, warn, error };

struct LogField {
  std::string_view key;  // a bare word
  std::string value;
};

class Log {
 public:
  virtual ~Log() = default;
  // Thread-safe; never throws; must not be called on a sampling path in the steady state.
  virtual void write(LogLevel level, std::string_view message,
                     std::initializer_list<LogField> fields) noexcept = 0;

  void info(std::string_view message, std::initializer_list<LogField> fields = {}) noexcept {
    write(LogLevel::info, message, fields);
  }
  void warn(std::string_view message, std::initializer_list<LogField> fields = {}) noexcept {
    write(LogLevel::warn, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) noexcept {
    write(LogLevel::error, message, fields);
  }
};

}  // namespace anemon
