#include "profiler/history/history_schema.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace anemon::profiler {
namespace {

constexpr int64_t kApplication = 0x616e7265;  // "anre"

// How far a file of version N-1 is from one of version N; applied in order.
constexpr std::array<const char*, 1> kMigrations = {R"sql(
CREATE TABLE result (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  created TEXT NOT NULL,
  kind TEXT NOT NULL,
  outcome TEXT NOT NULL,
  model TEXT NOT NULL,
  model_hash TEXT NOT NULL,
  engine TEXT NOT NULL,
  compute_units TEXT NOT NULL,
  chip TEXT NOT NULL,
  os TEXT NOT NULL,
  os_version TEXT NOT NULL,
  inference_time_ms REAL,
  inferences_per_second REAL,
  energy_per_inference_joules REAL,
  score REAL,
  document TEXT NOT NULL
) STRICT;
CREATE INDEX result_model ON result (model);
CREATE INDEX result_model_hash ON result (model_hash);
)sql"};
constexpr auto kVersion = static_cast<int64_t>(kMigrations.size());

constexpr uintmax_t kCheckedWhole = 32u << 20;  // a larger file would take too long at each start

int64_t pragma(Database& database, std::string_view sql) {
  Rows rows = database.query(sql);
  return rows.next() ? rows.integer(0) : 0;
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code unknown;
  if (folder.empty() || std::filesystem::exists(folder, unknown)) return;
  make_folder(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return;
  throw DatabaseError(DatabaseError::Cause::unwritable, folder.string() + ": " + strerror(errno));
}

void check_owner(Database& database, const std::filesystem::path& file) {
  // In this order: another process may make the tables just now, and its mark with them.
  const bool empty = pragma(database, "SELECT count(*) FROM sqlite_master") == 0;
  const int64_t application = pragma(database, "PRAGMA application_id");
  if (application == kApplication || (application == 0 && empty)) return;
  throw DatabaseError(DatabaseError::Cause::other,
                      file.string() + ": a database, but not one of results");
}

void check_pages(Database& database, const std::filesystem::path& file) {
  std::error_code unknown;
  if (std::filesystem::file_size(file, unknown) > kCheckedWhole || unknown) return;
  Rows rows = database.query("PRAGMA quick_check(1)");
  if (rows.next() && rows.text(0) != "ok") {
    throw DatabaseError(DatabaseError::Cause::corrupt,
                        file.string() + ": " + std::string(rows.text(0)));
  }
}

int64_t version_of(Database& database, const std::filesystem::path& file) {
  const int64_t version = pragma(database, "PRAGMA user_version");
  if (version <= kVersion) return version;
  throw DatabaseError(DatabaseError::Cause::other,
                      file.string() + ": written by a newer version of anemon");
}

void migrate(Database& database, const std::filesystem::path& file) {
  Transaction transaction(database);
  // Another process may have been first.
  for (int64_t step = version_of(database, file); step < kVersion; ++step) {
    database.script(kMigrations[static_cast<size_t>(step)]);
  }
  database.script("PRAGMA application_id = " + std::to_string(kApplication));
  database.script("PRAGMA user_version = " + std::to_string(kVersion));
  transaction.commit();
}

}  // namespace

std::unique_ptr<Database> open_history(const std::filesystem::path& file) {
  make_folder(file.parent_path());
  auto database = std::make_unique<Database>(file);
  // Others keep a result in a moment, but a disk may be slow.
  database->script("PRAGMA busy_timeout = 30000");
  check_owner(*database, file);
  // One file, also in folders of other machines: no WAL. Results are few and dear.
  database->script("PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY");
  const int64_t version = version_of(*database, file);
  check_pages(*database, file);
  if (version < kVersion) {
    // Before the first table: gives pages of deleted results back to the disk.
    if (version == 0) database->script("PRAGMA auto_vacuum = FULL");
    migrate(*database, file);
  }
  return database;
}

}  // namespace anemon::profiler
