#include "daemon/stderr_log.h"

#include <prometheus/counter.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include "daemon/log_line.h"

namespace anemon {
namespace {

constexpr size_t kMaxDistinctMessages = 256;

}  // namespace

StderrLog::StderrLog(const Clock& clock, Instruments& instruments)
    : clock_(clock),
      messages_{&instruments.counter(Metric::kLogMessages, {"debug"}),
                &instruments.counter(Metric::kLogMessages, {"info"}),
                &instruments.counter(Metric::kLogMessages, {"warn"}),
                &instruments.counter(Metric::kLogMessages, {"error"})},
      logger_(std::make_shared<spdlog::logger>("anemond",
                                               std::make_shared<spdlog::sinks::stderr_sink_mt>())),
      file_(STDERR_FILENO) {
  logger_->set_pattern("%v");
  logger_->flush_on(spdlog::level::trace);
}

StderrLog::~StderrLog() = default;

void StderrLog::configure(LogLevel level, bool json) {
  const Lock lock(mutex_);
  level_ = level;
  json_ = json;
}

int StderrLog::admit(std::string_view message, Duration now) {
  auto known = repeats_.find(message);
  if (known == repeats_.end()) {
    if (repeats_.size() >= kMaxDistinctMessages) repeats_.clear();
    known = repeats_.emplace(message, Repeats{now, 0, 0}).first;
  }
  Repeats& repeats = known->second;
  if (now - repeats.window_began >= kWindow) {
    repeats.window_began = now;
    repeats.written = 0;
  }
  if (repeats.written >= kBurst) {
    ++repeats.suppressed;
    return -1;
  }
  ++repeats.written;
  return std::exchange(repeats.suppressed, 0);
}

void StderrLog::write(LogLevel level, std::string_view message,
                      std::initializer_list<LogField> fields) noexcept {
  messages_[static_cast<size_t>(level)]->Increment();
  try {
    const Instant now = clock_.now();
    std::string line;
    {
      const Lock lock(mutex_);
      if (level < level_) return;
      const int suppressed = admit(message, now.awake);
      if (suppressed < 0) return;
      file_.follow();
      line = (json_ ? json_line : logfmt_line)(now.wall, level, message, fields, suppressed);
    }
    logger_->log(spdlog::level::info, line);
  } catch (const std::exception&) {
    // Without memory for a line there is nobody left to tell.
  }
}

}  // namespace anemon
