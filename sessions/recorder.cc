#include "sessions/recorder.h"

#include <algorithm>

namespace anemon {
namespace {

constexpr int kSeriesPerFold = 16;  // keeps a wake-up short
constexpr SessionTime kWidths[] = {std::chrono::seconds(1), std::chrono::seconds(10),
                                   std::chrono::seconds(60)};

SessionTime coarser(SessionTime width) {
  const auto next = std::upper_bound(std::begin(kWidths), std::end(kWidths), width);
  return next == std::end(kWidths) ? kWidths[2] : *next;
}

}  // namespace

Recording* Recorder::find(int64_t key) const noexcept {
  for (const auto& recording : open_) {
    if (recording->row().key == key) return recording.get();
  }
  return nullptr;
}

std::vector<pid_t> Recorder::pids() const {
  std::vector<pid_t> all;
  for (const auto& recording : open_) {
    const auto& pids = recording->row().pids;
    all.insert(all.end(), pids.begin(), pids.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

void Recorder::add(std::unique_ptr<Recording> recording) {
  if (open_.empty()) {
    readers_.clear();
    for (const auto& group : store_.groups()) readers_.emplace_back(*group);
  }
  for (GroupReader& reader : readers_) {
    reader.read_newest(recording->start(),
                       [&](const GroupPass& pass) { recording->baseline(pass); });
  }
  open_.push_back(std::move(recording));
}

void Recorder::remove(int64_t key) {
  open_.erase(std::remove_if(open_.begin(), open_.end(),
                             [&](const auto& recording) { return recording->row().key == key; }),
              open_.end());
}

void Recorder::take_passes(Instant now) {
  if (open_.empty()) return;
  for (GroupReader& reader : readers_) {
    reader.read([&](const GroupPass& pass) {
      for (const auto& recording : open_) recording->take(pass);
    });
  }
  for (const auto& recording : open_) recording->observe(now);
}

bool Recorder::has_news() const {
  return std::any_of(open_.begin(), open_.end(),
                     [](const auto& recording) { return recording->has_news(); });
}

void Recorder::persist(Database& database, Instant now) {
  if (open_.empty()) return;
  Transaction transaction(database);
  for (const auto& recording : open_) recording->write(database, now);
  transaction.commit();
  for (const auto& recording : open_) recording->written();
}

void Recorder::keep_within(Database& database, uint64_t max_bytes) {
  for (const auto& recording : open_) {
    const uint64_t bytes = recording->row().bytes;
    if (recording->folding() == SessionTime::zero() && bytes > max_bytes / 10 * 9) {
      const SessionTime before = recording->row().resolution;
      recording->set_folding(before == SessionTime::zero() ? kWidths[0] : before);
    }
    if (recording->folding() != SessionTime::zero()) fold_some(database, *recording, max_bytes);
    recording->set_full(recording->row().bytes >= max_bytes);
  }
}

void Recorder::fold_some(Database& database, Recording& recording, uint64_t max_bytes) {
  SessionRow row = recording.row();
  const SessionTime width = recording.folding();
  Transaction transaction(database);
  const auto change = SampleTable(database).coarsen(row.key, width, kSeriesPerFold);
  if (!change) {
    // All of it has this width: enough, or once more with a coarser one.
    const bool enough = row.bytes <= max_bytes / 2 || width == coarser(width);
    recording.set_folding(enough ? SessionTime::zero() : coarser(width));
    return;
  }
  row.bytes =
      static_cast<uint64_t>(std::max<int64_t>(0, static_cast<int64_t>(row.bytes) + *change));
  if (*change < 0) row.resolution = std::max(row.resolution, width);
  SessionTable(database).update(row);
  transaction.commit();
  recording.row() = row;
}

}  // namespace anemon
