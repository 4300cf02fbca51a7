// A thin owner of one SQLite connection: prepared statements only, errors as exceptions. Belongs to
// one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace anemon {

class DatabaseError : public Error {
 public:
  enum class Cause {
    full,        // no room on the disk, a quota, the limit of a file's size
    unwritable,  // no permission, a read-only or missing place, a failing disk
    corrupt,     // not a database, or a broken one
    damaged,     // a sound database holds bytes that anemon did not write
    other
  };
  DatabaseError(Cause cause, const std::string& message) : Error(message), cause_(cause) {}
  Cause cause() const noexcept { return cause_; }

 private:
  Cause cause_;
};

struct Blob {
  std::string_view bytes;
};

// What a `?` stands for. Texts and blobs are read during the call only, or the life of its Rows.
using DatabaseValue = std::variant<std::nullptr_t, int64_t, double, std::string_view, Blob>;
using DatabaseValues = std::vector<DatabaseValue>;

class Database;

// The rows of a query. Texts and blobs are valid until the next row.
class Rows {
 public:
  Rows(Rows&& other) noexcept;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  bool next();
  bool null(int column) const;
  int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;
  std::optional<int64_t> optional_integer(int column) const;

 private:
  friend class Database;
  Rows(Database& database, std::string_view sql, sqlite3_stmt* statement)
      : database_(&database), sql_(sql), statement_(statement) {}

  Database* database_;
  std::string_view sql_;
  sqlite3_stmt* statement_;
};

class Database {
 public:
  // Opens or creates the file, readable by its owner only; never through a symbolic link.
  explicit Database(const std::filesystem::path& path);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Several statements without parameters.
  void script(const std::string& sql);
  // `sql` is a literal: prepared once, and kept.
  Rows query(std::string_view sql, const DatabaseValues& values = {});
  void run(std::string_view sql, const DatabaseValues& values = {});
  int64_t last_row() const;  // key of the row inserted last
  int64_t changes() const;   // rows changed by the last statement

 private:
  friend class Rows;
  [[noreturn]] void fail(std::string_view what) const;

  std::string path_;
  sqlite3* connection_ = nullptr;
  std::unordered_map<std::string_view, std::vector<sqlite3_stmt*>> idle_;  // by statement text
};

// Rolls back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace anemon
