#include "sessions/session_data.h"

#include <map>
#include <memory>

namespace anemon {

SessionData read_session(Database& database, const SessionRow& row) {
  SampleTable samples(database);
  InferenceTable inferences(database);
  const auto tail = std::make_shared<std::map<uint32_t, SamplePoints>>(samples.tail(row.key));
  return {row,
          samples.series(row.key),
          samples.gaps(row.key),
          samples.sleeps(row.key),
          inferences.models(row.key),
          [&database, tail](const SessionSeries& series) {
            return SampleTable(database).points(series, *tail);
          },
          [&database](const SessionModel& model) {
            return InferenceTable(database).of_model(model.key);
          }};
}

}  // namespace anemon
