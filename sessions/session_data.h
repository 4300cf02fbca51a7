// All that is known of one session, as its summary and its exports read it.
#pragma once

#include <functional>
#include <vector>

#include "sessions/inference_table.h"
#include "sessions/sample_table.h"
#include "sessions/session_row.h"

namespace anemon {

struct SessionData {
  SessionRow row;
  std::vector<SessionSeries> series;
  std::vector<SessionGap> gaps;
  std::vector<SessionSleep> sleeps;
  std::vector<SessionModel> models;
  std::function<SamplePoints(const SessionSeries&)> points;
  std::function<InferenceCursor(const SessionModel&)> inferences;  // by begin
};

// Points and inferences are read when asked for: the data must not outlive the database.
SessionData read_session(Database& database, const SessionRow& row);

}  // namespace anemon
