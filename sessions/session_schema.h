// The database file of the sessions: where it is, its tables (docs/session-database.md), and what
// happens when it cannot be used.
#pragma once

#include <filesystem>
#include <memory>

#include "core/clock.h"
#include "core/database.h"
#include "core/log.h"

namespace anemon {

std::filesystem::path session_database_path(const std::filesystem::path& state_dir);

// Opens the database, makes or migrates its tables. A corrupt file is set aside first, and a new
// one begun. Throws DatabaseError: no room, no permission, or written by a newer version.
std::unique_ptr<Database> open_session_database(const std::filesystem::path& state_dir,
                                                Duration wall_now, Log& log);

// Renames the file (and its journal) to "sessions.db.corrupt-YYYYMMDD-HHMMSS" and logs that name.
// Nothing may have it open.
void set_aside_session_database(const std::filesystem::path& state_dir, Duration wall_now, Log& log,
                                const std::string& why);

}  // namespace anemon
