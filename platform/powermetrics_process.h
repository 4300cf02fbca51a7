// The powermetrics child: started, watched, started again after a pause that doubles, and ended
// with its whole process group when this object goes. If the daemon is killed, the child ends at
// its next report: nobody reads its pipe any more.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <vector>

#include "platform/file_descriptor.h"
#include "platform/powermetrics.h"
#include "platform/powermetrics_plist.h"

namespace anemon {

class PowermetricsProcess final : public Powermetrics {
 public:
  // Without root it never starts: it only says so.
  PowermetricsProcess(PowermetricsMode mode, std::filesystem::path program, bool root);
  ~PowermetricsProcess() override;
  PowermetricsProcess(const PowermetricsProcess&) = delete;
  PowermetricsProcess& operator=(const PowermetricsProcess&) = delete;

  std::optional<PowermetricsReport> poll(Instant now) override;
  const PowermetricsStatus& status() const override { return status_; }

  int output() const noexcept { return output_.get(); }  // readable when there is work for poll
  pid_t child() const noexcept { return child_; }        // 0: none

  static constexpr Duration kFirstPause = std::chrono::seconds(1);
  static constexpr Duration kLongestPause = std::chrono::minutes(5);
  // A child that ran for so long was well: the next pause is the first again.
  static constexpr Duration kWell = std::chrono::minutes(1);
  // Reports come every one or two seconds.
  static constexpr Duration kSilence = std::chrono::seconds(15);

 private:
  void start(Duration now);
  std::optional<PowermetricsReport> read(Duration now);
  void reap(Duration now);
  void measure(Duration now);

  const PowermetricsMode mode_;
  const std::filesystem::path program_;
  PowermetricsStatus status_;
  pid_t child_ = 0;
  bool killed_ = false;
  std::string why_killed_;
  FileDescriptor output_;
  PowermetricsStream stream_;
  std::vector<char> buffer_;
  Duration started_{}, heard_{}, measured_{};
  Duration ended_cpu_{};  // of the children that ended
  Duration pause_ = kFirstPause;
  std::optional<Duration> due_;  // unset: at once
};

}  // namespace anemon
