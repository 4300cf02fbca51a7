// Every result that was made, in one SQLite file of the user's: documents anemon.result/1 with what
// they are looked up by (docs/results-database.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/json.h"

namespace anemon::profiler {

// There is none of that name, or more than one.
class NoSuchResult : public Error {
 public:
  using Error::Error;
};

// One line of a list.
struct KeptResult {
  std::string id;
  std::string created;  // RFC 3339
  std::string kind, outcome;
  std::string model, model_hash;
  std::string engine, compute_units, chip, os, os_version;
  std::optional<double> inference_time_ms, inferences_per_second, energy_per_inference_joules,
      score;
};

struct ResultFilter {
  std::string model = {};   // name or the beginning of a hash
  std::string kind = {};    // as in the document
  std::string engine = {};  // "reference (CPU)" or "reference"
  std::string chip = {};    // "Apple M4" or "M4"
  std::string since = {};   // RFC 3339; by when the documents were made
  std::optional<int64_t> limit = {};
};

// $ANEMON_RESULTS, else results.db in user_data_dir() (platform/default_paths.h).
std::filesystem::path default_history_file();

// One thread; several processes may have it open at once. Throws Error that names the file; one
// that is corrupt is never overwritten.
class ResultHistory {
 public:
  // Makes folder and file when they are not there, readable by their owner only.
  explicit ResultHistory(const std::filesystem::path& file = default_history_file());
  ~ResultHistory();

  // Gives the document its `id` (and `created`, if it has none) and keeps it; returns the id:
  // sortable by time, never used twice.
  std::string keep(Json& result);

  // By id, by what only one id begins with, by its last four letters, or "last": the one kept
  // last. Throws NoSuchResult that lists what comes close.
  std::string find(std::string_view name) const;
  Json get(std::string_view name) const;
  std::vector<KeptResult> list(const ResultFilter& filter) const;  // newest first
  void remove(std::string_view name);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace anemon::profiler
