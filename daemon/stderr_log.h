// The daemon's log: one line per event on stderr, logfmt or JSON, through spdlog.
//
// A message that repeats is held back: at most kBurst of the same text in kWindow; the first line
// let through afterwards says how many were suppressed. When the file behind stderr is rotated,
// lines go to the new one. Thread safety: any thread.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>

#include "core/clock.h"
#include "core/instruments.h"
#include "core/log.h"
#include "core/mutex.h"
#include "daemon/rotated_file.h"

namespace spdlog {
class logger;
}

namespace anemon {

class StderrLog final : public Log {
 public:
  StderrLog(const Clock& clock, Instruments& instruments);
  ~StderrLog() override;

  // The lowest level that is written, and the form; may change at any time.
  void configure(LogLevel level, bool json);

  void write(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) noexcept override;

  static constexpr int kBurst = 10;
  static constexpr Duration kWindow = std::chrono::seconds(60);

 private:
  struct Repeats {
    Duration window_began{};
    int written = 0;
    int suppressed = 0;
  };

  // How many lines of this message were held back before this one; -1 to hold this one back.
  int admit(std::string_view message, Duration now) ANEMON_REQUIRES(mutex_);

  const Clock& clock_;
  std::array<prometheus::Counter*, 4> messages_;
  std::shared_ptr<spdlog::logger> logger_;

  Mutex mutex_;
  const RotatedFile file_ ANEMON_GUARDED_BY(mutex_);
  LogLevel level_ ANEMON_GUARDED_BY(mutex_) = LogLevel::info;
  bool json_ ANEMON_GUARDED_BY(mutex_) = false;
  std::map<std::string, Repeats, std::less<>> repeats_ ANEMON_GUARDED_BY(mutex_);
};

}  // namespace anemon
