#include "collectors/pass.h"

namespace anemon {

void Pass::signal(Metric metric, const std::string& component, const std::string& source,
                  SignalState state, const std::string& reason) {
  signal(metric, component, source, state, reason, info(metric).provenance);
}

void Pass::signal(Metric metric, const std::string& component, const std::string& source,
                  SignalState state, const std::string& reason, Provenance provenance) {
  const auto known = reported_.find(std::tie(metric, component, source));
  if (known != reported_.end() && known->second.first == state && known->second.second == reason) {
    return;
  }
  reported_[{metric, component, source}] = {state, reason};
  signals_.report(metric, component, source, state, reason, provenance, now_);
}

}  // namespace anemon
