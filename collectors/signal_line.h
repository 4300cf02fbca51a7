// One signal's state as a collector last told it, so that telling the same again costs nothing.
#pragma once

#include <string>
#include <utility>

#include "collectors/pass.h"
#include "platform/kernel_file.h"

namespace anemon {

class SignalLine {
 public:
  SignalLine(Metric metric, std::string component, std::string source)
      : SignalLine(metric, std::move(component), std::move(source), info(metric).provenance) {}
  SignalLine(Metric metric, std::string component, std::string source, Provenance provenance)
      : metric_(metric),
        component_(std::move(component)),
        source_(std::move(source)),
        provenance_(provenance) {}

  // `reason`: a literal, empty when live.
  void report(Pass& pass, SignalState state, const char* reason = "") {
    if (told_ && state_ == state && reason_ == reason) return;
    told_ = true;
    state_ = state;
    reason_ = reason;
    pass.signal(metric_, component_, source_, state, reason_, provenance_);
  }

  // What a read says of the signal: live when it worked.
  void report(Pass& pass, ReadStatus status) {
    switch (status) {
      case ReadStatus::ok:
        return report(pass, SignalState::live);
      case ReadStatus::absent:
        return report(pass, SignalState::absent, "device is gone");
      case ReadStatus::refused:
        return report(pass, SignalState::refused, "permission denied");
      case ReadStatus::failed:
        return report(pass, SignalState::stale, "device gives no usable answer");
    }
  }

  bool told() const noexcept { return told_; }

 private:
  Metric metric_;
  std::string component_;
  std::string source_;
  Provenance provenance_;
  bool told_ = false;
  SignalState state_ = SignalState::absent;
  std::string reason_;
};

}  // namespace anemon
