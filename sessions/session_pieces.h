// A session as its exports read it: an outline, and the bulk piece by piece when asked for.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sessions/inference_table.h"
#include "sessions/sample_table.h"
#include "sessions/session_row.h"

namespace anemon {

struct SessionPieces {
  std::string document;  // anemon.session/1
  SessionRow row;
  std::vector<SessionSeries> series;
  std::vector<SessionModel> models;
  std::vector<SessionAnnotation> annotations;
  std::function<SamplePoints(const SessionSeries&)> points;
  // Those after (begin, key), in that order; empty at the end.
  std::function<std::vector<SessionInference>(const SessionModel&, SessionTime, int64_t)>
      inferences;
};

// All inferences of a model in order of begin, page by page.
template <class Visit>
void each_inference(const SessionPieces& session, const SessionModel& model, Visit&& visit) {
  SessionTime begins = SessionTime::min();
  int64_t key = 0;
  for (;;) {
    const auto page = session.inferences(model, begins, key);
    if (page.empty()) return;
    for (const SessionInference& inference : page) visit(inference);
    begins = page.back().begins;
    key = page.back().key;
  }
}

}  // namespace anemon
