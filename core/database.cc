#include "core/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include <cerrno>
#include <type_traits>

namespace anemon {
namespace {

// `system`: errno behind the code, if it is known.
DatabaseError::Cause cause_of(int code, int system) {
  if (system == ENOSPC || system == EDQUOT || system == EFBIG) return DatabaseError::Cause::full;
  // A quota, or a limit of the file's size, is a failed write to SQLite, which forgets its errno.
  if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE) return DatabaseError::Cause::full;
  switch (code & 0xff) {
    case SQLITE_FULL:
      return DatabaseError::Cause::full;
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return DatabaseError::Cause::unwritable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return DatabaseError::Cause::corrupt;
    default:
      return DatabaseError::Cause::other;
  }
}

int bind(sqlite3_stmt* statement, int index, const DatabaseValue& value) {
  return std::visit(
      [&](const auto& v) -> int {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::nullptr_t>) {
          return sqlite3_bind_null(statement, index);
        } else if constexpr (std::is_same_v<T, int64_t>) {
          return sqlite3_bind_int64(statement, index, v);
        } else if constexpr (std::is_same_v<T, double>) {
          return sqlite3_bind_double(statement, index, v);
        } else if constexpr (std::is_same_v<T, std::string_view>) {
          // A null pointer would bind NULL, and an empty view may hold one.
          return sqlite3_bind_text64(statement, index, v.empty() ? "" : v.data(), v.size(),
                                     SQLITE_TRANSIENT, SQLITE_UTF8);
        } else {
          return v.bytes.empty() ? sqlite3_bind_zeroblob(statement, index, 0)
                                 : sqlite3_bind_blob64(statement, index, v.bytes.data(),
                                                       v.bytes.size(), SQLITE_TRANSIENT);
        }
      },
      value);
}

}  // namespace

Rows::Rows(Rows&& other) noexcept
    : database_(other.database_), sql_(other.sql_), statement_(other.statement_) {
  other.statement_ = nullptr;
}

Rows::~Rows() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  database_->idle_[sql_].push_back(statement_);
}

bool Rows::next() {
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      database_->fail(sql_);
  }
}

bool Rows::null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Rows::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string_view Rows::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return {data == nullptr ? "" : data,
          static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Rows::blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {data == nullptr ? "" : data,
          static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<int64_t> Rows::optional_integer(int column) const {
  return null(column) ? std::nullopt : std::optional(integer(column));
}

// With a directory free of links: SQLite refuses one anywhere in a path that it shall not follow.
Database::Database(const std::filesystem::path& path) : path_(path.string()) {
  std::error_code unknown;
  const auto directory = std::filesystem::canonical(path.parent_path(), unknown);
  const auto file = unknown ? path : directory / path.filename();
  // SQLite would create it by the umask; its journals take over the mode of the file.
  const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (made < 0) {
    const int reason = errno;
    throw DatabaseError(
        cause_of(SQLITE_CANTOPEN, reason),
        path_ + ": " +
            (reason == ELOOP ? "is a symbolic link; it is not followed" : strerror(reason)));
  }
  ::close(made);
  const int code =
      sqlite3_open_v2(file.c_str(), &connection_,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, nullptr);
  if (code != SQLITE_OK) {
    const DatabaseError error(cause_of(code, sqlite3_system_errno(connection_)),
                              path_ + ": " + sqlite3_errstr(code));
    sqlite3_close(connection_);
    throw error;
  }
  sqlite3_extended_result_codes(connection_, 1);
  sqlite3_busy_timeout(connection_, 2000);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

Database::~Database() {
  for (const auto& [sql, statements] : idle_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close(connection_);
}

void Database::fail(std::string_view what) const {
  const int code = sqlite3_extended_errcode(connection_);
  const auto about_files = cause_of(code, 0);
  const bool has_errno =
      about_files == DatabaseError::Cause::full || about_files == DatabaseError::Cause::unwritable;
  const int system = has_errno ? sqlite3_system_errno(connection_) : 0;
  std::string message = path_ + ": " + sqlite3_errmsg(connection_);
  if (system != 0) message += std::string(" (") + strerror(system) + ")";
  message += " in: " + std::string(what.substr(0, 60));
  throw DatabaseError(cause_of(code, system), message);
}

void Database::script(const std::string& sql) {
  if (sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
}

Rows Database::query(std::string_view sql, const DatabaseValues& values) {
  sqlite3_stmt* statement = nullptr;
  auto& idle = idle_[sql];
  if (!idle.empty()) {
    statement = idle.back();
    idle.pop_back();
  } else if (sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                                SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    fail(sql);
  }
  Rows rows(*this, sql, statement);
  for (size_t i = 0; i < values.size(); ++i) {
    if (bind(statement, static_cast<int>(i) + 1, values[i]) != SQLITE_OK) fail(sql);
  }
  return rows;
}

void Database::run(std::string_view sql, const DatabaseValues& values) {
  query(sql, values).next();
}

int64_t Database::last_row() const { return sqlite3_last_insert_rowid(connection_); }
int64_t Database::changes() const { return sqlite3_changes(connection_); }

Transaction::Transaction(Database& database) : database_(database) {
  database_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.run("ROLLBACK");
  } catch (const DatabaseError&) {
    // SQLite rolls back by itself after a full disk, and then refuses to do it again.
  }
}

void Transaction::commit() {
  database_.run("COMMIT");
  open_ = false;
}

}  // namespace anemon
