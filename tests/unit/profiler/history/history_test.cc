#include "profiler/history/history.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "core/database.h"
#include "core/dated_id.h"
#include "core/json_access.h"
#include "tests/catch.h"
#include "tests/scratch_directory.h"

namespace anemon::profiler {
namespace {

using test::ScratchDirectory;

Json result(const std::string& model, double milliseconds) {
  return {{"schema", "anemon.result/1"},
          {"created", "2026-11-22T14:51:02.000Z"},
          {"kind", "model"},
          {"outcome", {{"state", "ok"}}},
          {"model", {{"name", model}, {"hash", "0123456789abcdef" + model}}},
          {"environment",
           {{"chip", "Apple M4"},
            {"os", "macos"},
            {"os_version", "15.1"},
            {"engine", "reference (CPU)"},
            {"compute_units", "cpu-only"}}},
          {"timing", {{"inference_time_ms", milliseconds}}},
          {"throughput", {{"inferences_per_second", {{"value", 1000 / milliseconds}}}}}};
}

std::string keep(ResultHistory& history, Json document) { return history.keep(document); }

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

std::string error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return std::string(error.what()) + " | " + error.hint();
  }
  return "no error";
}

// Runs in a child, as another program would.
template <class Work>
pid_t in_child(const Work& work) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  try {
    work();
    ::_exit(0);
  } catch (...) {
    ::_exit(1);
  }
}

int status_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST_CASE("what is kept is found again, by everybody who opens the file later") {
  const ScratchDirectory folder;
  std::string id;
  {
    ResultHistory history(folder / "results.db");
    Json document = result("mnist", 0.5);
    id = history.keep(document);
    CHECK(document.at("id") == id);
    CHECK(looks_like_dated_id(id));
  }
  ResultHistory history(folder / "results.db");
  Json expected = result("mnist", 0.5);
  expected["id"] = id;
  CHECK(history.get(id) == expected);
  CHECK(history.get("last") == expected);

  const auto list = history.list({});
  REQUIRE(list.size() == 1);
  CHECK(list[0].id == id);
  CHECK(list[0].created == "2026-11-22T14:51:02.000Z");
  CHECK(list[0].kind == "model");
  CHECK(list[0].outcome == "ok");
  CHECK(list[0].model == "mnist");
  CHECK(list[0].model_hash == "0123456789abcdefmnist");
  CHECK(list[0].engine == "reference (CPU)");
  CHECK(list[0].compute_units == "cpu-only");
  CHECK(list[0].chip == "Apple M4");
  CHECK(list[0].os == "macos");
  CHECK(list[0].os_version == "15.1");
  CHECK(list[0].inference_time_ms == 0.5);
  CHECK(list[0].inferences_per_second == 2000.0);    // of an estimate: its value
  CHECK_FALSE(list[0].energy_per_inference_joules);  // absent is not zero
  CHECK_FALSE(list[0].score);
}

TEST_CASE("a result of a run that failed is kept like every other") {
  const ScratchDirectory folder;
  ResultHistory history(folder / "results.db");
  Json document = {{"schema", "anemon.result/1"},
                   {"outcome", {{"state", "crashed"}}},
                   {"model", {{"name", "a\xff\x1b[2J"}}}};
  history.keep(document);
  CHECK(document.contains("created"));
  const auto list = history.list({});
  REQUIRE(list.size() == 1);
  CHECK(list[0].outcome == "crashed");
  CHECK(list[0].model == "a\xEF\xBF\xBD\x1b[2J");  // as it stands in its document
  CHECK_FALSE(list[0].inference_time_ms);
  CHECK(text(history.get("last"), "/model/name") == list[0].model);
}

TEST_CASE("folders that are missing are made for their owner alone, and so is the file") {
  const ScratchDirectory folder;
  const mode_t before = ::umask(0);
  const auto file = folder / "share" / "anemon" / "results.db";
  ResultHistory history(file);
  ::umask(before);
  CHECK(mode_of(folder / "share") == 0700);
  CHECK(mode_of(folder / "share" / "anemon") == 0700);
  CHECK(mode_of(file) == 0600);
}

TEST_CASE("the file is that of ANEMON_RESULTS, else one in the user's folder of data") {
  ::setenv("ANEMON_RESULTS", "here.db", 1);
  CHECK(default_history_file() == "here.db");
  ::setenv("ANEMON_RESULTS", "", 1);
  CHECK(default_history_file().filename() == "results.db");
  CHECK(default_history_file().is_absolute());
  ::unsetenv("ANEMON_RESULTS");
}

TEST_CASE("a result is found by the only id that begins, or ends, like what is asked for") {
  const ScratchDirectory folder;
  const auto file = folder / "results.db";
  ResultHistory history(file);
  CHECK_THAT(error_of([&] { history.find("last"); }),
             ANEMON_CONTAINS("no result is kept yet") && ANEMON_CONTAINS("results.db"));
  CHECK_THAT(error_of([&] { history.find("2026"); }), ANEMON_CONTAINS("none is kept yet"));
  keep(history, result("a", 1));
  keep(history, result("b", 1));
  keep(history, result("c", 1));
  {
    Database database(file);
    database.script(
        "UPDATE result SET id = '20261122-145102-abcd' WHERE key = 1;"
        "UPDATE result SET id = '20261122-145102-abce' WHERE key = 2;"
        "UPDATE result SET id = '20261123-090000-wxyz' WHERE key = 3;");
  }
  CHECK(history.find("20261123") == "20261123-090000-wxyz");
  CHECK(history.find("abce") == "20261122-145102-abce");
  CHECK(history.find("20261122-145102-abcd") == "20261122-145102-abcd");
  CHECK(history.find("last") == "20261123-090000-wxyz");
  CHECK(error_of([&] { history.find("20261122"); }) ==
        "20261122: several results have ids like that | 20261122-145102-abce, "
        "20261122-145102-abcd");
  CHECK_THAT(error_of([&] { history.get("20251122"); }),
             ANEMON_CONTAINS("20251122: no result of that id") &&
                 ANEMON_CONTAINS("the newest: 20261123-090000-wxyz"));
  CHECK_THAT(error_of([&] { history.find(""); }), ANEMON_CONTAINS("no result of that id"));
  CHECK_THAT(error_of([&] { history.find("%"); }), ANEMON_CONTAINS("no result of that id"));
}

TEST_CASE("lists are newest first, and hold what the filter lets through") {
  const ScratchDirectory folder;
  ResultHistory history(folder / "results.db");
  keep(history, result("mnist", 1));
  Json other = result("pose", 2);
  other["kind"] = "compare";
  other["environment"]["engine"] = "coreml";
  other["environment"]["chip"] = "Apple M1";
  other["model"]["hash"] = "ffee";
  other["created"] = "2026-11-23T01:00:00+01:00";  // at midnight, in UTC
  keep(history, other);
  keep(history, result("mnist", 3));

  const auto times = [&](const ResultFilter& filter) {
    std::vector<double> found;
    for (const KeptResult& each : history.list(filter)) {
      found.push_back(each.inference_time_ms.value_or(-1));
    }
    return found;
  };
  using Times = std::vector<double>;
  CHECK(times({}) == Times{3, 2, 1});
  CHECK(times({.model = "mnist"}) == Times{3, 1});
  CHECK(times({.model = "ff"}) == Times{2});
  CHECK(times({.model = "mn"}).empty());
  CHECK(times({.kind = "compare"}) == Times{2});
  CHECK(times({.engine = "reference"}) == Times{3, 1});
  CHECK(times({.engine = "reference (CPU)"}) == Times{3, 1});
  CHECK(times({.engine = "ref"}).empty());
  CHECK(times({.chip = "M1"}) == Times{2});
  CHECK(times({.chip = "Apple M4"}) == Times{3, 1});
  CHECK(times({.since = "2026-11-23T00:00:00Z"}) == Times{2});
  CHECK(times({.since = "2026-11-23T02:00:00+02:00"}) == Times{2});
  CHECK(times({.since = "2026-11-23T00:00:00.001Z"}).empty());
  CHECK(times({.limit = 2}) == Times{3, 2});
  CHECK_THAT(error_of([&] { times({.since = "yesterday"}); }), ANEMON_CONTAINS("not a time"));
}

TEST_CASE("what is removed is gone, and its pages go back to the disk") {
  const ScratchDirectory folder;
  const auto file = folder / "results.db";
  ResultHistory history(file);
  const std::string first = keep(history, result("a", 1));
  Json large = result("b", 1);
  large["samples"] = std::vector<double>(100'000, 0.125);
  const std::string second = history.keep(large);
  const auto size = std::filesystem::file_size(file);
  CHECK(size > 600'000);
  history.remove(second);
  CHECK(std::filesystem::file_size(file) < 100'000);
  CHECK(history.find("last") == first);
  CHECK_THAT(error_of([&] { history.remove(second); }), ANEMON_CONTAINS(second));
}

TEST_CASE("a file that is no database, or is broken, is refused and left as it is") {
  const ScratchDirectory folder;
  const auto file = folder / "results.db";
  SECTION("text") { folder.write("results.db", std::string(5000, 'x')); }
  SECTION("broken pages") {
    {
      ResultHistory history(file);
      for (int i = 0; i < 200; ++i) keep(history, result("a", 1));
    }
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(3 * 4096);
    stream << std::string(40'000, '\x7f');
  }
  const std::string before = bytes_of(file);
  const std::string error = error_of([&] { ResultHistory history(file); });
  CHECK_THAT(error, ANEMON_CONTAINS("results.db: ") && ANEMON_CONTAINS("| it is left as it is"));
  CHECK(bytes_of(file) == before);
}

TEST_CASE("a file of a newer version, or of another program, is refused and left as it is") {
  const ScratchDirectory folder;
  const auto file = folder / "results.db";
  std::string expected;
  SECTION("newer") {
    { ResultHistory history(file); }
    Database database(file);
    database.script("PRAGMA user_version = 99");
    expected = "written by a newer version of anemon";
  }
  SECTION("another program's") {
    Database database(file);
    database.script("CREATE TABLE precious (x)");
    expected = "not one of results";
  }
  const std::string before = bytes_of(file);
  CHECK_THAT(error_of([&] { ResultHistory history(file); }),
             ANEMON_CONTAINS(expected) && ANEMON_CONTAINS("ANEMON_RESULTS"));
  CHECK(bytes_of(file) == before);
}

TEST_CASE("processes that begin a history together keep all that they have") {
  const ScratchDirectory folder;
  const auto file = folder / "results.db";
  std::vector<pid_t> children;
  for (int child = 0; child < 4; ++child) {
    children.push_back(in_child([&] {
      ResultHistory history(file);
      for (int i = 0; i < 10; ++i) keep(history, result("of " + std::to_string(child), i + 1));
    }));
  }
  for (const pid_t child : children) CHECK(status_of(child) == 0);
  ResultHistory history(file);
  std::set<std::string> ids;
  for (const KeptResult& each : history.list({})) ids.insert(each.id);
  CHECK(ids.size() == 40);
  for (int child = 0; child < 4; ++child) {
    CHECK(history.list({.model = "of " + std::to_string(child)}).size() == 10);
  }
}

TEST_CASE("a process that is killed while it keeps a result leaves whole ones alone") {
  const ScratchDirectory folder;
  const auto file = folder / "results.db";
  Json large = result("large", 1);
  large["samples"] = std::vector<double>(20'000, 0.125);
  size_t kept = 0;
  for (int round = 0; round < 5; ++round) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = in_child([&] {
      ResultHistory history(file);
      for (;;) {
        Json copy = large;
        history.keep(copy);
        if (::write(ends[1], "k", 1) != 1) ::_exit(1);
      }
    });
    ::close(ends[1]);
    char byte = 0;
    for (int i = 0; i < 3; ++i, ++kept) REQUIRE(::read(ends[0], &byte, 1) == 1);
    ::kill(child, SIGKILL);  // in whatever it is doing
    status_of(child);
    while (::read(ends[0], &byte, 1) == 1) ++kept;  // what it had said before
    ::close(ends[0]);

    ResultHistory history(file);
    const size_t found = history.list({}).size();
    CHECK(found >= kept);
    CHECK(found <= kept + 1);  // kept, and killed before it said so
    kept = found;
    CHECK(at(history.get("last"), "/samples").size() == 20'000);
  }
}

TEST_CASE("a full disk is an error that says so, and costs nothing that was kept") {
  const ScratchDirectory folder;
  const auto file = folder / "results.db";
  ResultHistory history(file);
  const std::string first = keep(history, result("first", 1));
  Json large = result("large", 1);
  large["samples"] = std::vector<double>(100'000, 0.125);

  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit limit{100'000, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  const std::string error = error_of([&] { keep(history, large); });
  ::setrlimit(RLIMIT_FSIZE, &before);

  CHECK_THAT(error, ANEMON_CONTAINS("results.db") && ANEMON_CONTAINS("| make room"));
  CHECK(history.find("last") == first);
  CHECK(text(history.get("last"), "/model/name") == "first");
  keep(history, large);
  CHECK(history.list({}).size() == 2);
}

TEST_CASE("a place where no file can be made is named") {
  const ScratchDirectory folder;
  folder.write("file", "");
  CHECK_THAT(error_of([&] { ResultHistory history(folder / "file" / "results.db"); }),
             ANEMON_CONTAINS("/file"));
  ::symlink((folder / "elsewhere").c_str(), (folder / "link.db").c_str());
  CHECK_THAT(error_of([&] { ResultHistory history(folder / "link.db"); }),
             ANEMON_CONTAINS("symbolic link"));
  CHECK_FALSE(std::filesystem::exists(folder / "elsewhere"));
}

}  // namespace
}  // namespace anemon::profiler
