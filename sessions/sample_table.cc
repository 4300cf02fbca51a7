#include "sessions/sample_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sessions/point_fold.h"

namespace anemon {
namespace {

constexpr size_t kPointsPerChunk = 512;  // of folded chunks
constexpr int64_t kChunksPerFold = 64;

int64_t cost(size_t blob) { return static_cast<int64_t>(blob) + SampleTable::kRowBytes; }

SamplePoints decode(std::string_view bytes, int64_t resolution) {
  return resolution == 0 ? decode_raw(bytes) : decode_buckets(bytes);
}

}  // namespace

bool SessionSeries::counter() const {
  const auto metric_known = known();
  return metric_known && info(*metric_known).type == MetricType::counter;
}

std::string_view SessionSeries::label(const std::string& name) const {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string_view{} : std::string_view(found->second);
}

void SampleTable::add_series(int64_t session, SessionSeries& series) {
  const std::string labels =
      nlohmann::json(series.labels).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  database_.run(
      "INSERT INTO series (session, number, metric, labels, provenance, collector) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      {session, int64_t{series.number}, series.metric, labels, series.provenance,
       series.collector});
  series.key = database_.last_row();
}

std::vector<SessionSeries> SampleTable::series(int64_t session) {
  std::vector<SessionSeries> found;
  Rows rows = database_.query(
      "SELECT key, number, metric, labels, provenance, collector FROM series "
      "WHERE session = ? ORDER BY number",
      {session});
  while (rows.next()) {
    SessionSeries& series = found.emplace_back();
    series.key = rows.integer(0);
    series.number = static_cast<uint32_t>(rows.integer(1));
    series.metric = rows.text(2);
    const auto labels = nlohmann::json::parse(rows.text(3), nullptr, false);
    for (const auto& [name, value] : labels.items()) {
      if (value.is_string()) series.labels.emplace(name, value.get<std::string>());
    }
    series.provenance = rows.text(4);
    series.collector = rows.text(5);
  }
  return found;
}

size_t SampleTable::append_tail(int64_t session, int64_t sequence,
                                const std::vector<TailSample>& samples) {
  const std::string bytes = encode_tail(samples);
  database_.run("INSERT INTO tail (session, sequence, samples) VALUES (?, ?, ?)",
                {session, sequence, Blob{bytes}});
  return static_cast<size_t>(cost(bytes.size()));
}

std::map<uint32_t, SamplePoints> SampleTable::tail(int64_t session) {
  std::map<uint32_t, SamplePoints> points;
  Rows rows =
      database_.query("SELECT samples FROM tail WHERE session = ? ORDER BY sequence", {session});
  while (rows.next()) {
    for (const TailSample& sample : decode_tail(rows.blob(0))) {
      points[sample.series].push_back(raw_point(sample.at, sample.value));
    }
  }
  return points;
}

int64_t SampleTable::close_tail(int64_t session) {
  const auto tail = this->tail(session);
  int64_t change = 0;
  for (const SessionSeries& series : this->series(session)) {
    const auto points = tail.find(series.number);
    if (points == tail.end()) continue;
    const std::string bytes = encode_raw(points->second);
    database_.run(
        "INSERT INTO chunk (series, first, resolution, considered, points) "
        "VALUES (?, ?, 0, 0, ?)",
        {series.key, int64_t{points->second.front().at.count()}, Blob{bytes}});
    change += cost(bytes.size());
  }
  Rows rows = database_.query(
      "SELECT coalesce(sum(length(samples)), 0), count(*) FROM tail WHERE session = ?", {session});
  if (rows.next()) change -= rows.integer(0) + rows.integer(1) * kRowBytes;
  database_.run("DELETE FROM tail WHERE session = ?", {session});
  return change;
}

SamplePoints SampleTable::points(const SessionSeries& series,
                                 const std::map<uint32_t, SamplePoints>& tail) {
  SamplePoints all;
  Rows rows = database_.query(
      "SELECT points, resolution FROM chunk WHERE series = ? ORDER BY first", {series.key});
  while (rows.next()) {
    const SamplePoints points = decode(rows.blob(0), rows.integer(1));
    all.insert(all.end(), points.begin(), points.end());
  }
  const auto newest = tail.find(series.number);
  if (newest != tail.end()) all.insert(all.end(), newest->second.begin(), newest->second.end());
  return all;
}

void SampleTable::add_gap(int64_t session, const SessionGap& gap) {
  database_.run("INSERT INTO gap (session, collector, begins, ends) VALUES (?, ?, ?, ?)",
                {session, gap.collector, int64_t{gap.begins.count()}, int64_t{gap.ends.count()}});
}

std::vector<SessionGap> SampleTable::gaps(int64_t session) {
  std::vector<SessionGap> found;
  Rows rows = database_.query(
      "SELECT collector, begins, ends FROM gap WHERE session = ? ORDER BY begins, key", {session});
  while (rows.next()) {
    found.push_back(
        {std::string(rows.text(0)), SessionTime(rows.integer(1)), SessionTime(rows.integer(2))});
  }
  return found;
}

void SampleTable::add_sleep(int64_t session, const SessionSleep& sleep) {
  database_.run("INSERT INTO sleep (session, ends, duration) VALUES (?, ?, ?)",
                {session, int64_t{sleep.ends.count()}, int64_t{sleep.duration.count()}});
}

std::vector<SessionSleep> SampleTable::sleeps(int64_t session) {
  std::vector<SessionSleep> found;
  Rows rows = database_.query("SELECT ends, duration FROM sleep WHERE session = ? ORDER BY ends",
                              {session});
  while (rows.next()) {
    found.push_back({SessionTime(rows.integer(0)), SessionTime(rows.integer(1))});
  }
  return found;
}

std::optional<int64_t> SampleTable::coarsen(int64_t session, SessionTime width, int series_limit) {
  const int64_t target = width.count();
  std::vector<int64_t> due;
  {
    Rows rows = database_.query(
        "SELECT DISTINCT series.key FROM series JOIN chunk ON chunk.series = series.key "
        "WHERE series.session = ? AND chunk.considered < ? LIMIT ?",
        {session, target, int64_t{series_limit}});
    while (rows.next()) due.push_back(rows.integer(0));
  }
  if (due.empty()) return std::nullopt;
  int64_t change = 0;
  for (const int64_t series : due) {
    std::vector<int64_t> keys;
    SamplePoints points;
    int64_t before = 0;
    {
      Rows rows = database_.query(
          "SELECT key, resolution, points FROM chunk WHERE series = ? AND considered < ? "
          "ORDER BY first LIMIT ?",
          {series, target, kChunksPerFold});
      while (rows.next()) {
        keys.push_back(rows.integer(0));
        const SamplePoints part = decode(rows.blob(2), rows.integer(1));
        points.insert(points.end(), part.begin(), part.end());
        before += cost(rows.blob(2).size());
      }
    }
    points = fold(points, width);
    std::vector<std::pair<int64_t, std::string>> chunks;  // first, bytes
    int64_t after = 0;
    for (size_t at = 0; at < points.size(); at += kPointsPerChunk) {
      const SamplePoints part(
          points.begin() + static_cast<ptrdiff_t>(at),
          points.begin() + static_cast<ptrdiff_t>(std::min(at + kPointsPerChunk, points.size())));
      chunks.emplace_back(part.front().at.count(), encode_buckets(part));
      after += cost(chunks.back().second.size());
    }
    if (after >= before) {
      for (const int64_t key : keys) {
        database_.run("UPDATE chunk SET considered = ? WHERE key = ?", {target, key});
      }
      continue;
    }
    for (const int64_t key : keys) database_.run("DELETE FROM chunk WHERE key = ?", {key});
    for (const auto& [first, bytes] : chunks) {
      database_.run(
          "INSERT INTO chunk (series, first, resolution, considered, points) "
          "VALUES (?, ?, ?, ?, ?)",
          {series, first, target, target, Blob{bytes}});
    }
    change += after - before;
  }
  return change;
}

}  // namespace anemon
