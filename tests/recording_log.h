// A Log that keeps its lines, as "level message key=value ...".
#pragma once

#include <string>
#include <vector>

#include "core/log.h"
#include "core/mutex.h"

namespace anemon::test {

class RecordingLog final : public Log {
 public:
  void write(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) noexcept override {
    static constexpr const char* kNames[] = {"debug", "info", "warn", "error"};
    std::string line = std::string(kNames[static_cast<int>(level)]) + " " + std::string(message);
    for (const LogField& field : fields) line += " " + std::string(field.key) + "=" + field.value;
    const Lock lock(mutex_);
    lines_.push_back(std::move(line));
  }

  std::vector<std::string> lines() const {
    const Lock lock(mutex_);
    return lines_;
  }

  int count(std::string_view part) const {
    int found = 0;
    for (const std::string& line : lines()) found += line.find(part) != std::string::npos;
    return found;
  }

 private:
  mutable Mutex mutex_;
  std::vector<std::string> lines_ ANEMON_GUARDED_BY(mutex_);
};

}  // namespace anemon::test
