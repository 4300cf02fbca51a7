// The tables of a session's series: chunks of points, and the tail of what was taken since the last
// chunks were written. Belongs to the thread of the database; calls may throw DatabaseError.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalogue.h"
#include "core/database.h"
#include "sessions/sample_codec.h"

namespace anemon {

struct SessionSeries {
  int64_t key = 0;
  uint32_t number = 0;  // within the session
  std::string metric;
  std::map<std::string, std::string> labels;  // without empty ones
  std::string provenance;
  std::string collector;

  std::optional<Metric> known() const { return find_metric(metric); }
  bool counter() const;
  std::string_view label(const std::string& name) const;
};

struct SessionGap {
  std::string collector;
  SessionTime begins{}, ends{};
};
struct SessionSleep {
  SessionTime ends{}, duration{};
};

class SampleTable {
 public:
  explicit SampleTable(Database& database) : database_(database) {}

  void add_series(int64_t session, SessionSeries& series);  // sets its key
  std::vector<SessionSeries> series(int64_t session);       // by number

  // Appends to the tail. Returns the bytes it takes.
  size_t append_tail(int64_t session, int64_t sequence, const std::vector<TailSample>& samples);
  std::map<uint32_t, SamplePoints> tail(int64_t session);  // by series number
  // Turns the tail into chunks. Returns the change of the bytes taken.
  int64_t close_tail(int64_t session);

  // Points of a series, ascending; `tail` is that of its session.
  SamplePoints points(const SessionSeries& series, const std::map<uint32_t, SamplePoints>& tail);

  void add_gap(int64_t session, const SessionGap& gap);
  std::vector<SessionGap> gaps(int64_t session);  // by begin
  void add_sleep(int64_t session, const SessionSleep& sleep);
  std::vector<SessionSleep> sleeps(int64_t session);

  // Folds chunks finer than `width` into points of that width, at most `series_limit` series at a
  // call; chunks that would not shrink stay. Returns the change of the bytes taken, nothing when
  // all was done before.
  std::optional<int64_t> coarsen(int64_t session, SessionTime width, int series_limit);

  static constexpr int64_t kRowBytes = 40;  // what a row takes beside its blob, about

 private:
  Database& database_;
};

}  // namespace anemon
