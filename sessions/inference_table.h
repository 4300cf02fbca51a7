// The tables of a session's inference events. Belongs to the thread of the database; calls may
// throw DatabaseError.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/database.h"
#include "core/inference.h"
#include "sessions/sample_point.h"

namespace anemon {

struct SessionModel {
  int64_t key = 0;
  std::string name;
  std::string compute_unit;
};

struct SessionInference {
  int64_t key = 0;
  int64_t model = 0;
  SessionTime begins{};
  Duration duration{};
  bool ok = true;
  std::map<std::string, uint64_t> items;

  SessionTime ends() const { return begins + std::chrono::duration_cast<SessionTime>(duration); }
};

// Gives the next inference, or false after the last. Must not outlive the database.
using InferenceCursor = std::function<bool(SessionInference&)>;

class InferenceTable {
 public:
  explicit InferenceTable(Database& database) : database_(database) {}

  // The key of a model in a session, made if need be; 0 when the session has kMaxModels others.
  int64_t model(int64_t session, const std::string& name, const std::string& compute_unit);
  // Returns the bytes it takes, about.
  size_t add(const SessionInference& inference);

  std::vector<SessionModel> models(int64_t session);
  // Those of a model by begin, one at a time.
  InferenceCursor of_model(int64_t model);
  // Those of a model after (begin, key), in that order, at most `limit`.
  std::vector<SessionInference> page(int64_t model, SessionTime begins, int64_t key, int64_t limit);

  static constexpr int64_t kMaxModels = 256;

 private:
  Database& database_;
};

}  // namespace anemon
