#include <utility>

#include "helper/client.h"
#include "helper/helped.h"

namespace anemon {
namespace {

// The helper needs to be asked now and then only.
constexpr Duration kInterval = std::chrono::seconds(1);

class HelpedPowermetrics final : public Powermetrics {
 public:
  HelpedPowermetrics(const std::filesystem::path& socket, const Clock& clock, uid_t owner)
      : client_(socket, clock, owner) {
    tell();
  }

  std::optional<PowermetricsReport> poll(Instant now) override {
    if (polled_ && now.awake - *polled_ < kInterval) return std::nullopt;
    polled_ = now.awake;
    client_.ask(HelperRequest::kRefresh, {}, none_);
    tell();
    return std::nullopt;
  }

  const PowermetricsStatus& status() const override { return status_; }

 private:
  using State = PowermetricsStatus::State;

  void tell() {
    const RootHelperStatus& helper = client_.status();
    status_.reason = helper.reason;
    switch (helper.state) {
      case RootHelperStatus::State::absent:
        status_.state = State::absent;
        return;
      case RootHelperStatus::State::refused:
        status_.state = State::refused;
        return;
      case RootHelperStatus::State::stale:
        status_.state = State::waiting;
        return;
      case RootHelperStatus::State::live:
        break;
    }
    const PowermetricsStatus& now = client_.powermetrics();
    status_.state = now.state;
    status_.reason = now.reason;
    // A helper that is started anew counts from zero.
    if (now.cpu < last_.cpu || now.starts < last_.starts) last_ = {};
    status_.cpu += now.cpu - last_.cpu;
    status_.starts += now.starts - last_.starts;
    last_ = now;
  }

  HelperClient client_;
  std::vector<HelpedProcess> none_;
  std::optional<Duration> polled_;
  PowermetricsStatus status_, last_;
};

}  // namespace

std::unique_ptr<Powermetrics> make_helped_powermetrics(const std::filesystem::path& socket,
                                                       const Clock& clock, uid_t owner) {
  return std::make_unique<HelpedPowermetrics>(socket, clock, owner);
}

}  // namespace anemon
