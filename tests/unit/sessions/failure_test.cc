// Disks that are full, places that may not be written, files that are no databases.
#include <signal.h>
#include <sys/resource.h>

#include <fstream>

#include "core/database.h"
#include "session_world.h"
#include "tests/catch.h"

namespace anemon {
namespace {

using std::chrono::seconds;
using test::parse;
using test::SessionWorld;

// The kernel refuses to let any file of this process grow beyond `bytes`, as a full disk would.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

SessionErrorCode code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const SessionError& error) {
    return error.code();
  }
  FAIL("no error");
  return {};
}

double joules(const nlohmann::json& document) {
  return document.at("summary").at("energy").at(0).at("joules");
}

TEST_CASE("a full disk stops recording with a reason, and loses nothing when it has room again") {
  SessionWorld world;
  SessionEngine engine(world.options(), world.context());
  engine.open();
  world.tick(1);
  const std::string id = parse(engine.start({})).at("id");
  world.tick(2);
  engine.wake();
  REQUIRE(engine.snapshot()->status.recording);
  {
    const FullDisk full(4096);
    for (int i = 0; i < 60; ++i) {
      world.tick(2);
      engine.wake();
    }
    const auto snapshot = engine.snapshot();
    CHECK_FALSE(snapshot->status.recording);
    CHECK_THAT(snapshot->status.reason, ANEMON_CONTAINS("sessions.db"));
    CHECK(snapshot->status.active == 1);
    CHECK(code_of([&] { engine.start({}); }) == SessionErrorCode::storage_full);
    CHECK(code_of([&] { engine.stop(id); }) == SessionErrorCode::storage_full);
    CHECK(code_of([&] { engine.annotate(id, "x", {}); }) == SessionErrorCode::storage_full);
    CHECK(parse(engine.get(id)).at("state") == "running");
    CHECK(world.log.count("sessions are not recorded") == 1);  // not at every try
  }
  for (int i = 0; i < 40; ++i) {  // beyond the longest pause between tries
    world.tick(2);
    engine.wake();
  }
  CHECK(engine.snapshot()->status.recording);
  CHECK(world.log.count("sessions are recorded again") == 1);
  const auto document = parse(engine.stop(id));
  CHECK(document.at("recording").at("complete") == true);
  CHECK(joules(document) == Approx(2.0 * 101));
  CHECK(document.at("summary").at("gaps").empty());
}

TEST_CASE("without a place for the database sessions are refused, until there is one") {
  SessionWorld world;
  SessionOptions options = world.options();
  options.state_dir = world.state.path() / "missing";
  SessionEngine engine(options, world.context());
  engine.open();
  CHECK_FALSE(engine.snapshot()->status.recording);
  CHECK(code_of([&] { engine.start({}); }) == SessionErrorCode::unavailable);
  CHECK(code_of([&] { engine.list({}); }) == SessionErrorCode::unavailable);
  std::filesystem::create_directory(options.state_dir);
  world.clock.advance(seconds(60));
  REQUIRE(engine.next_wake());
  CHECK(*engine.next_wake() <= world.clock.now().awake);
  engine.wake();
  CHECK(engine.snapshot()->status.recording);
  CHECK_FALSE(engine.next_wake());
  engine.start({});
}

TEST_CASE("a database that is a symbolic link is not followed") {
  SessionWorld world;
  const auto target = world.state.path() / "elsewhere.db";
  std::ofstream(target) << "precious";
  std::filesystem::create_symlink(target, world.state.path() / "sessions.db");
  SessionEngine engine(world.options(), world.context());
  engine.open();
  const auto snapshot = engine.snapshot();
  CHECK_FALSE(snapshot->status.recording);
  CHECK_THAT(snapshot->status.reason, ANEMON_CONTAINS("symbolic link"));
  CHECK(code_of([&] { engine.start({}); }) == SessionErrorCode::unavailable);
  CHECK(std::filesystem::file_size(target) == 8);

  // A link further up is the owner's choice.
  const auto linked = world.state.path() / "linked";
  std::filesystem::create_directory(world.state.path() / "real");
  std::filesystem::create_directory_symlink(world.state.path() / "real", linked);
  SessionOptions options = world.options();
  options.state_dir = linked;
  SessionEngine other(options, world.context());
  other.open();
  CHECK(other.snapshot()->status.recording);
}

size_t files_set_aside(const SessionWorld& world) {
  size_t found = 0;
  for (const auto& file : std::filesystem::directory_iterator(world.state.path())) {
    found += file.path().filename().string().find("sessions.db.corrupt-") == 0;
  }
  return found;
}

TEST_CASE("a file that is no database is set aside and a new one begun") {
  SessionWorld world;
  std::ofstream(world.state.path() / "sessions.db") << std::string(100'000, 'x');
  SessionEngine engine(world.options(), world.context());
  engine.open();
  CHECK(engine.snapshot()->status.recording);
  CHECK(files_set_aside(world) == 1);
  CHECK(world.log.count("sessions.db.corrupt-20231114-221320") == 1);
  engine.start({});
}

TEST_CASE("a damaged database is set aside at start") {
  SessionWorld world;
  {
    SessionEngine engine(world.options(), world.context());
    engine.open();
    for (int i = 0; i < 50; ++i) {
      engine.start({"", {{"label", std::string(200, 'x')}}, {}, {}});
      engine.stop("last");
    }
    engine.shut_down();
  }
  {
    std::fstream file(world.state.path() / "sessions.db",
                      std::ios::in | std::ios::out | std::ios::binary);
    for (int page = 2; page < 30; ++page) {
      file.seekp(page * 4096);
      file << std::string(4096, '\xAB');
    }
  }
  SessionEngine engine(world.options(), world.context());
  engine.open();
  CHECK(engine.snapshot()->status.recording);
  CHECK(files_set_aside(world) == 1);
  CHECK(parse(engine.list({})).at("sessions").empty());
}

TEST_CASE("a database that breaks under an open session is replaced, and the session goes on") {
  SessionWorld world;
  SessionEngine engine(world.options(), world.context());
  engine.open();
  world.tick(1);
  // Enough rows that the file has pages which are not in SQLite's cache as they were.
  for (int i = 0; i < 30; ++i) {
    engine.start({"", {{"label", std::string(250, 'x')}}, {}, {}});
    engine.stop("last");
  }
  const std::string id = parse(engine.start({})).at("id");
  world.tick(2);
  engine.wake();
  {
    // A change by another connection makes the engine's forget what it has read; then the file
    // turns to noise.
    Database other(world.state.path() / "sessions.db");
    other.run("UPDATE session SET name = 'changed' WHERE state <> 'running'");
    Rows rows = other.query("PRAGMA wal_checkpoint(TRUNCATE)");
    while (rows.next()) continue;
  }
  {
    std::fstream file(world.state.path() / "sessions.db",
                      std::ios::in | std::ios::out | std::ios::binary);
    for (int page = 0; page < 60; ++page) {
      file.seekp(page * 4096);
      file << std::string(4096, '\xAB');
    }
  }
  for (int i = 0; i < 40; ++i) {
    world.tick(2);
    engine.wake();
  }
  CHECK(files_set_aside(world) == 1);
  const auto document = parse(engine.stop(id));
  CHECK(document.at("state") == "stopped");
  CHECK(document.at("recording").at("complete") == false);
  CHECK(joules(document) == Approx(2.0 * 41));
}

TEST_CASE("a database of a newer version is left alone") {
  SessionWorld world;
  {
    Database newer(world.state.path() / "sessions.db");
    newer.script("PRAGMA user_version = 999");
  }
  SessionEngine engine(world.options(), world.context());
  engine.open();
  CHECK_FALSE(engine.snapshot()->status.recording);
  CHECK_THAT(engine.snapshot()->status.reason, ANEMON_CONTAINS("newer version"));
  CHECK(files_set_aside(world) == 0);
}

TEST_CASE("one damaged chunk costs its session the summary, not the others") {
  SessionWorld world;
  std::string damaged, good;
  {
    SessionEngine engine(world.options(), world.context());
    engine.open();
    world.tick(1);
    good = parse(engine.start({})).at("id");
    world.tick(1);
    engine.stop(good);
    world.tick(1);
    damaged = parse(engine.start({})).at("id");
    world.tick(1);
    engine.wake();
  }
  {
    Database database(world.state.path() / "sessions.db");
    database.script("UPDATE tail SET samples = x'ff01'");
  }
  SessionEngine engine(world.options(), world.context());
  engine.open();
  CHECK(engine.snapshot()->status.recording);
  CHECK(parse(engine.get(good)).at("recording").at("complete") == true);
  const auto document = parse(engine.get(damaged));
  CHECK(document.at("state") == "interrupted");
  CHECK(document.at("recording").at("complete") == false);
  CHECK(parse(engine.list({})).at("sessions").size() == 2);
  CHECK(code_of([&] {
          const auto outline = engine.outline(damaged);
          engine.points(outline.row.key, outline.series.at(0));
        }) == SessionErrorCode::unavailable);
}

}  // namespace
}  // namespace anemon
