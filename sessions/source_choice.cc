#include "sessions/source_choice.h"

namespace anemon {

int trust_rank(std::string_view provenance) {
  if (provenance == to_string(Provenance::measured)) return 0;
  return provenance == to_string(Provenance::derived) ? 1 : 2;
}

std::map<std::string, const SessionSeries*> trusted_sources(
    const std::vector<SessionSeries>& series, Metric metric) {
  std::map<std::string, const SessionSeries*> chosen;
  for (const SessionSeries& one : series) {
    if (one.known() != metric) continue;
    const SessionSeries*& best = chosen[std::string(one.label("component"))];
    if (best == nullptr || trust_rank(one.provenance) < trust_rank(best->provenance)) best = &one;
  }
  return chosen;
}

}  // namespace anemon
