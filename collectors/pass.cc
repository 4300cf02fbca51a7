#include "collectors/pass.h"

namespace anemon {

void Pass::signal(Metric metric, std::string_view component, std::string_view source,
                  SignalState state, std::string_view reason) {
  signal(metric, component, source, state, reason, info(metric).provenance);
}

void Pass::signal(Metric metric, std::string_view component, std::string_view source,
                  SignalState state, std::string_view reason, Provenance provenance) {
  const auto known = reported_.find(KeyLess::View{metric, component, source});
  if (known != reported_.end() && known->second.first == state && known->second.second == reason) {
    return;
  }
  reported_.insert_or_assign({metric, std::string(component), std::string(source)},
                             std::make_pair(state, std::string(reason)));
  signals_.report(metric, component, source, state, reason, provenance, now_, group_.name());
}

}  // namespace anemon
