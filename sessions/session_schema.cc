#include "sessions/session_schema.h"

#include <system_error>

#include "core/dated_id.h"

namespace anemon {
namespace {

constexpr int64_t kVersion = 1;

// How far a database of version N-1 is from one of version N; applied in order.
constexpr const char* kMigrations[kVersion] = {R"sql(
CREATE TABLE session (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'stopped', 'interrupted', 'expired')),
  started INTEGER NOT NULL,
  stopped INTEGER,
  length INTEGER NOT NULL,
  max_duration INTEGER NOT NULL,
  pids TEXT NOT NULL,
  environment TEXT NOT NULL,
  signals TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  resolution INTEGER NOT NULL,
  complete INTEGER NOT NULL,
  reason TEXT NOT NULL,
  summary TEXT
) STRICT;
CREATE INDEX session_started ON session (started);
CREATE INDEX session_name ON session (name);
CREATE TABLE label (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (session, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE annotation (
  key INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  at INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX annotation_session ON annotation (session, at);
CREATE TABLE series (
  key INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  number INTEGER NOT NULL,
  metric TEXT NOT NULL,
  labels TEXT NOT NULL,
  provenance TEXT NOT NULL,
  collector TEXT NOT NULL,
  UNIQUE (session, number)
) STRICT;
CREATE TABLE chunk (
  key INTEGER PRIMARY KEY,
  series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
  first INTEGER NOT NULL,
  resolution INTEGER NOT NULL,
  considered INTEGER NOT NULL,
  points BLOB NOT NULL
) STRICT;
CREATE INDEX chunk_series ON chunk (series, first);
CREATE TABLE tail (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  samples BLOB NOT NULL,
  PRIMARY KEY (session, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE gap (
  key INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  collector TEXT NOT NULL,
  begins INTEGER NOT NULL,
  ends INTEGER NOT NULL
) STRICT;
CREATE INDEX gap_session ON gap (session, begins);
CREATE TABLE sleep (
  key INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  ends INTEGER NOT NULL,
  duration INTEGER NOT NULL
) STRICT;
CREATE INDEX sleep_session ON sleep (session, ends);
CREATE TABLE model (
  key INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  name TEXT NOT NULL,
  compute_unit TEXT NOT NULL,
  UNIQUE (session, name, compute_unit)
) STRICT;
CREATE TABLE inference (
  key INTEGER PRIMARY KEY,
  model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
  begins INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  ok INTEGER NOT NULL,
  items TEXT
) STRICT;
CREATE INDEX inference_model ON inference (model, begins);
)sql"};

int64_t pragma(Database& database, std::string_view sql) {
  Rows rows = database.query(sql);
  return rows.next() ? rows.integer(0) : 0;
}

constexpr uintmax_t kCheckedWhole = 32u << 20;  // a larger file would take too long at start

void check(Database& database, const std::filesystem::path& path) {
  std::error_code unknown;
  if (std::filesystem::file_size(path, unknown) > kCheckedWhole || unknown) return;
  Rows rows = database.query("PRAGMA quick_check(1)");
  if (rows.next() && rows.text(0) != "ok") {
    throw DatabaseError(DatabaseError::Cause::corrupt,
                        path.string() + ": " + std::string(rows.text(0)));
  }
}

std::unique_ptr<Database> open(const std::filesystem::path& path) {
  auto database = std::make_unique<Database>(path);
  // Before the first table: gives pages of deleted sessions back to the disk.
  database->script("PRAGMA auto_vacuum = INCREMENTAL");
  database->script(
      "PRAGMA journal_mode = WAL;"
      "PRAGMA synchronous = NORMAL;"
      "PRAGMA foreign_keys = ON;"
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA journal_size_limit = 8388608");
  const int64_t version = pragma(*database, "PRAGMA user_version");
  if (version > kVersion) {
    throw DatabaseError(DatabaseError::Cause::other,
                        path.string() + ": written by a newer version of anemon");
  }
  check(*database, path);
  if (version < kVersion) {
    Transaction transaction(*database);
    for (int64_t step = version; step < kVersion; ++step) database->script(kMigrations[step]);
    database->script("PRAGMA application_id = 1634624877");  // "anem"
    database->script("PRAGMA user_version = " + std::to_string(kVersion));
    transaction.commit();
  }
  return database;
}

}  // namespace

std::filesystem::path session_database_path(const std::filesystem::path& state_dir) {
  return state_dir / "sessions.db";
}

void set_aside_session_database(const std::filesystem::path& state_dir, Duration wall_now, Log& log,
                                const std::string& why) {
  const auto path = session_database_path(state_dir);
  const std::string base = path.string() + ".corrupt-" + compact_utc(wall_now);
  std::string aside = base;
  for (int i = 2; std::filesystem::exists(aside); ++i) aside = base + "-" + std::to_string(i);
  std::error_code failed;
  std::filesystem::rename(path, aside, failed);
  if (failed) {
    throw DatabaseError(DatabaseError::Cause::unwritable,
                        path.string() + " is corrupt and cannot be renamed: " + failed.message());
  }
  // Either may be missing; the index of the journal is rebuilt by whoever opens the file.
  std::error_code ignored;
  std::filesystem::rename(path.string() + "-wal", aside + "-wal", ignored);
  std::filesystem::remove(path.string() + "-shm", ignored);
  log.error("session database is corrupt and was set aside; a new one begins",
            {{"file", aside}, {"reason", why}});
}

std::unique_ptr<Database> open_session_database(const std::filesystem::path& state_dir,
                                                Duration wall_now, Log& log) {
  try {
    return open(session_database_path(state_dir));
  } catch (const DatabaseError& error) {
    if (error.cause() != DatabaseError::Cause::corrupt) throw;
    set_aside_session_database(state_dir, wall_now, log, error.what());
  }
  return open(session_database_path(state_dir));
}

}  // namespace anemon
